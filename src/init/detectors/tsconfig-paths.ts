import type { ScopePath } from '../../core/index.ts';
import { readJsonc, tableIn, textIn, textsIn } from '../manifests.ts';
import type { Notices } from '../notices.ts';
import { folderOf, joinPath } from '../paths.ts';
import type { RepositoryTree } from '../tree.ts';

interface Alias {
  /** Before and after the star; `after` null: there is none. */
  readonly before: string;
  readonly after: string | null;
  /** What it stands for, perhaps with a star of its own, seen from the base. */
  readonly target: string;
  readonly base: ScopePath;
}

/** More than this is a loop. */
const extendsMax = 8;

/** `compilerOptions.paths` of the nearest tsconfig.json, by exact names and by names with one star. */
export class PathAliases {
  readonly #tree: RepositoryTree;
  readonly #notices: Notices;
  readonly #byFolder = new Map<ScopePath, readonly Alias[]>();
  readonly #byFile = new Map<string, readonly Alias[]>();

  constructor(tree: RepositoryTree, notices: Notices) {
    this.#tree = tree;
    this.#notices = notices;
  }

  /** The path that a specifier stands for in a folder's files; null when no alias fits. The longest fitting prefix wins. */
  resolve(folder: ScopePath, specifier: string): ScopePath | null {
    let best: Alias | null = null;
    for (const alias of this.#in(folder))
      if (fits(alias, specifier) && (best === null || alias.before.length > best.before.length)) best = alias;
    return best === null ? null : expand(best, specifier);
  }

  #in(folder: ScopePath): readonly Alias[] {
    const known = this.#byFolder.get(folder);
    if (known !== undefined) return known;
    const file = ['tsconfig.json', 'jsconfig.json']
      .map((name) => (folder === '.' ? name : `${folder}/${name}`))
      .find((path) => this.#tree.has(path));
    const above = folder === '.' ? [] : null;
    const aliases = file === undefined ? (above ?? this.#in(folderOf(folder))) : this.#of(file, 0);
    this.#byFolder.set(folder, aliases);
    return aliases;
  }

  #of(file: string, depth: number): readonly Alias[] {
    const known = this.#byFile.get(file);
    if (known !== undefined) return known;
    const config = readJsonc(this.#tree, file, this.#notices) ?? {};
    const options = tableIn(config, 'compilerOptions');
    const own = Object.hasOwn(options, 'paths') ? aliasesOf(file, options) : null;
    const aliases = own ?? this.#inherited(file, textsIn(config, 'extends'), depth);
    this.#byFile.set(file, aliases);
    return aliases;
  }

  /** The last of several bases that has any; those in packages are not looked at. */
  #inherited(file: string, bases: readonly string[], depth: number): readonly Alias[] {
    if (depth >= extendsMax) return [];
    for (const base of bases.toReversed()) {
      const path = joinPath(folderOf(file), base);
      const found = [path, `${path}.json`].find((name) => name !== null && this.#tree.has(name));
      const aliases = typeof found === 'string' && base.startsWith('.') ? this.#of(found, depth + 1) : [];
      if (aliases.length > 0) return aliases;
    }
    return [];
  }
}

function aliasesOf(file: string, options: ReturnType<typeof tableIn>): Alias[] {
  const base = joinPath(folderOf(file), textIn(options, 'baseUrl') ?? '.');
  const paths = tableIn(options, 'paths');
  if (base === null) return [];
  return Object.keys(paths).flatMap((pattern) => {
    const [target] = textsIn(paths, pattern);
    const [before = '', after = null] = pattern.split('*');
    // `*` alone fits every module: nothing that it says would be about this repository.
    return target === undefined || pattern === '*' ? [] : [{ before, after, target, base }];
  });
}

function fits({ before, after }: Alias, specifier: string): boolean {
  if (after === null) return specifier === before;
  return (
    specifier.startsWith(before) &&
    specifier.endsWith(after) &&
    specifier.length >= before.length + after.length
  );
}

function expand({ before, after, target, base }: Alias, specifier: string): ScopePath | null {
  const middle = after === null ? '' : specifier.slice(before.length, specifier.length - after.length);
  return joinPath(
    base,
    target.replace('*', () => middle),
  );
}
