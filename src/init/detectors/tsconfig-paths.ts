import type { ScopePath } from '../../core/index.ts';
import { tableIn, textIn, textsIn } from './manifests.ts';
import { folderOf, joinPath } from '../paths.ts';
import type { RepositoryTree } from '../tree/tree.ts';
import { ModuleFiles } from './module-files.ts';
import { configFolder, type Tsconfig, type Tsconfigs } from './tsconfig.ts';

interface Alias {
  /** Before and after the star. */
  readonly before: string;
  readonly after: string;
  /** What it stands for, perhaps with a star of its own; the first one that is there counts. */
  readonly targets: readonly ScopePath[];
}

/** What `compilerOptions.paths` says. */
interface Aliases {
  readonly exact: ReadonlyMap<string, readonly ScopePath[]>;
  /** The longest beginning first: it wins. */
  readonly starred: readonly Alias[];
}

interface Names {
  readonly aliases: Aliases;
  /** `baseUrl`: a name may be a path that is seen from there. */
  readonly base: ScopePath | null;
}

/** What names that are no paths stand for: `paths` and `baseUrl` of the configuration that holds for a folder. */
export class PathAliases {
  readonly #configs: Tsconfigs;
  readonly #files: ModuleFiles;
  /** By the configurations that hold, which many folders share. */
  readonly #names = new Map<readonly Tsconfig[], readonly Names[]>();
  /** Many configurations inherit the same aliases. */
  readonly #aliases = new Map<string, Aliases>();

  constructor(tree: RepositoryTree, configs: Tsconfigs) {
    this.#configs = configs;
    this.#files = new ModuleFiles(tree);
  }

  /** The file or folder that a specifier in a folder's files leads to; null when nothing is there. */
  existing(folder: ScopePath, specifier: string): ScopePath | null {
    for (const { aliases, base } of this.#in(folder)) {
      const seen = base === null ? null : joinPath(base, specifier);
      const paths = seen === null ? targetsOf(aliases, specifier) : [...targetsOf(aliases, specifier), seen];
      const found = paths.find((path) => this.#files.has(path));
      if (found !== undefined) return found;
    }
    return null;
  }

  /** Where a specifier leads if what is not there is made when the code is built; `*` alone says nothing about that. */
  supposed(folder: ScopePath, specifier: string): ScopePath | null {
    for (const { aliases } of this.#in(folder)) {
      const [first] = targetsOf({ ...aliases, starred: aliases.starred.filter(isTelling) }, specifier);
      if (first !== undefined) return first;
    }
    return null;
  }

  #in(folder: ScopePath): readonly Names[] {
    const configs = this.#configs.nearest(folder);
    const known = this.#names.get(configs);
    if (known !== undefined) return known;
    const names = configs
      .map((config) => this.#namesOf(config))
      .filter(({ aliases, base }) => base !== null || aliases.exact.size + aliases.starred.length > 0);
    this.#names.set(configs, names);
    return names;
  }

  #namesOf(config: Tsconfig): Names {
    const base = this.#baseFor(config);
    return { base, aliases: this.#aliasesFor(config, base) };
  }

  #baseFor(config: Tsconfig): ScopePath | null {
    const definition = this.#configs.whereSet('baseUrl', config);
    const url = definition === null ? null : textIn(definition.options, 'baseUrl');
    return definition === null || url === null ? null : pathSeenFrom(folderOf(definition.file), url, config);
  }

  #aliasesFor(config: Tsconfig, base: ScopePath | null): Aliases {
    const definition = this.#configs.whereSet('paths', config);
    if (definition === null) return none;
    const from = base ?? folderOf(definition.file);
    const key = [definition.file, from, definition.usesConfigFolder ? config.file : ''].join('\n');
    const aliases = this.#aliases.get(key) ?? aliasesOf(definition, from, config);
    this.#aliases.set(key, aliases);
    return aliases;
  }
}

const none: Aliases = { exact: new Map(), starred: [] };

function isTelling({ before, after }: Alias): boolean {
  return before !== '' || after !== '';
}

function pathSeenFrom(folder: ScopePath, text: string, { file }: Tsconfig): ScopePath | null {
  if (!text.startsWith(configFolder)) return joinPath(folder, text);
  return joinPath(folderOf(file), `./${text.slice(configFolder.length)}`);
}

function aliasesOf(definition: Tsconfig, base: ScopePath, config: Tsconfig): Aliases {
  const paths = tableIn(definition.options, 'paths');
  const exact = new Map<string, readonly ScopePath[]>();
  const starred: Alias[] = [];
  for (const pattern of Object.keys(paths)) {
    const targets = textsIn(paths, pattern).flatMap((target) => pathSeenFrom(base, target, config) ?? []);
    const [before = '', after = null] = pattern.split('*');
    if (after === null) exact.set(pattern, targets);
    else starred.push({ before, after, targets });
  }
  return { exact, starred: starred.sort((a, b) => b.before.length - a.before.length) };
}

/** Where a name may lead by the alias that fits it best. */
function targetsOf({ exact, starred }: Aliases, specifier: string): readonly ScopePath[] {
  const known = exact.get(specifier);
  if (known !== undefined) return known;
  const best = starred.find((alias) => fits(alias, specifier));
  if (best === undefined) return [];
  const middle = specifier.slice(best.before.length, specifier.length - best.after.length);
  return best.targets.flatMap(
    (target) =>
      joinPath(
        '.',
        target.replace('*', () => middle),
      ) ?? [],
  );
}

function fits({ before, after }: Alias, specifier: string): boolean {
  return (
    specifier.length >= before.length + after.length &&
    specifier.startsWith(before) &&
    specifier.endsWith(after)
  );
}
