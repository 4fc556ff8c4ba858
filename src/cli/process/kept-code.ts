import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import nodeModule, { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** What V8 made of a file. `stamp`: another one whenever the file may be another. */
interface Kept {
  readonly stamp: string;
  readonly code: Buffer;
}

interface Loaded {
  readonly stamp: string;
  readonly script: Script;
}

/**
 * What `enableCompileCache` does, for a Node that has none: the files of the program are run from what V8 made of them at an
 * earlier start of the same command. Each command has a file of its own, with the functions that it uses. What lies there is run as it
 * is, so it lies where nobody but this user can write.
 */
export class KeptCode {
  readonly #path: string;
  readonly #kept: ReadonlyMap<string, Kept>;
  /** Files that V8 had to read anew. */
  readonly #fresh = new Map<string, Loaded>();

  constructor(path: string) {
    this.#path = path;
    this.#kept = readKept(path);
  }

  /** What a CommonJS file exports. Those beside it that it asks for are loaded in the same way. */
  load(file: string): unknown {
    const native = createRequire(file);
    const known = native.cache[file];
    if (known !== undefined) return known.exports;
    const module = new nodeModule(file);
    module.filename = file;
    native.cache[file] = module;
    const require = (id: string): unknown =>
      id.startsWith('./') ? this.load(join(dirname(file), id)) : (native(id) as unknown);
    try {
      const run = this.#script(file).runInThisContext() as Wrapper;
      run.call(module.exports, module.exports, require, module, file, dirname(file));
    } catch (error) {
      Reflect.deleteProperty(native.cache, file);
      throw error;
    }
    module.loaded = true;
    return module.exports;
  }

  /** To be called at the end, when what was used is known. Never fails: the next start is only as slow as this one. */
  keep(): void {
    if (this.#fresh.size === 0) return;
    const all = new Map(this.#kept);
    for (const [name, { stamp, script }] of this.#fresh)
      all.set(name, { stamp, code: script.createCachedData() });
    const unfinished = `${this.#path}.${process.pid}`;
    try {
      // V8 trusts what it wrote: after a loss of power there must be all of it, or nothing.
      writeFileSync(unfinished, textOf(all), { mode: 0o600, flag: 'wx', flush: true });
      renameSync(unfinished, this.#path);
    } catch {
      rmSync(unfinished, { force: true });
    }
  }

  #script(file: string): Script {
    const source = `(function (exports, require, module, __filename, __dirname) { ${readFileSync(file, 'utf8')}\n})`;
    const [name, stamp] = [basename(file), stampOf(file)];
    const kept = this.#kept.get(name);
    const cachedData = kept?.stamp === stamp ? kept.code : undefined;
    const script = new Script(source, { filename: file, cachedData });
    if (cachedData === undefined || script.cachedDataRejected === true)
      this.#fresh.set(name, { stamp, script });
    return script;
  }
}

type Wrapper = (
  exports: unknown,
  require: (id: string) => unknown,
  module: NodeJS.Module,
  file: string,
  folder: string,
) => void;

/** V8 compares no more of a source than its length. The time of the change of a file is not set by whoever installs it. */
function stampOf(file: string): string {
  const { dev, ino, size, ctimeMs } = statSync(file);
  return `${file} ${dev} ${ino} ${size} ${ctimeMs}`;
}

/** One line that says what follows, and that. */
function textOf(all: ReadonlyMap<string, Kept>): Buffer {
  const list = [...all].map(([name, { stamp, code }]) => [name, stamp, code.length]);
  return Buffer.concat([
    Buffer.from(`${JSON.stringify(list)}\n`),
    ...[...all.values()].map(({ code }) => code),
  ]);
}

/** Nothing where there is none, or it is damaged: V8 looks by itself whether it can use the code. */
function readKept(path: string): ReadonlyMap<string, Kept> {
  const kept = new Map<string, Kept>();
  try {
    const all = readFileSync(path);
    let from = all.indexOf('\n') + 1;
    const list = JSON.parse(all.toString('utf8', 0, from)) as readonly (readonly [string, string, number])[];
    for (const [name, stamp, length] of list) {
      kept.set(name, { stamp, code: all.subarray(from, from + length) });
      from += length;
    }
    return from === all.length ? kept : new Map();
  } catch {
    return new Map();
  }
}
