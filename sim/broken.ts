/** The simulation on a product in which something is put back as it once was: a copy, compiled with other text in places. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import type * as trials from './trials.ts';

/** One place of the source, and what stands there instead. */
export interface Change {
  /** From the root of the repository. */
  readonly file: string;
  /** Must occur exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

type Trials = typeof trials;

/** Below the root, so that the copies find the same packages. */
const folder = resolve('build/put-back');
const start = 'sim/trials.ts';

export class BrokenSimulations {
  readonly #sources = sourcesFrom(start);
  readonly #compiled = new Map<string, string>();
  #copies = 0;

  /** Throws when a place is not found exactly once. */
  async load(changes: readonly Change[]): Promise<Trials> {
    this.#copies += 1;
    const copy = join(folder, `${process.pid}-${this.#copies}`);
    for (const [file, text] of this.#sources) {
      const changed = changes.filter((change) => change.file === file).reduce(withChange, text);
      const code = changed === text ? this.#compileOnce(file, text) : compile(changed);
      const path = join(copy, file.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, code);
    }
    return (await import(pathToFileURL(join(copy, start.replace(/\.ts$/, '.js'))).href)) as Trials;
  }

  dispose(): void {
    for (let copy = 1; copy <= this.#copies; copy += 1)
      rmSync(join(folder, `${process.pid}-${copy}`), { recursive: true, force: true });
  }

  #compileOnce(file: string, text: string): string {
    const code = this.#compiled.get(file) ?? compile(text);
    this.#compiled.set(file, code);
    return code;
  }
}

function withChange(text: string, { file, find, replace }: Change): string {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`"${find}" occurs ${parts.length - 1} times in ${file}, not once`);
  return parts.join(replace);
}

/** A file and all that it imports of the repository, by path from its root. */
function sourcesFrom(first: string): Map<string, string> {
  const sources = new Map<string, string>();
  const pending = [first];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (sources.has(file)) continue;
    const text = readFileSync(file, 'utf8');
    sources.set(file, text);
    for (const [, target = ''] of text.matchAll(/from '(\.[^']+)'/g))
      pending.push(relative('.', join(dirname(file), target)));
  }
  return sources;
}

function compile(text: string): string {
  return ts.transpileModule(text, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      rewriteRelativeImportExtensions: true,
      verbatimModuleSyntax: true,
    },
  }).outputText;
}
