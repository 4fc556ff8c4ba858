import type { ScopePath } from '../../core/index.ts';
import { readJsonc, tableIn, textIn, textsIn, isTable, type Table } from './manifests.ts';
import type { Notices } from '../notices.ts';
import { folderOf, joinPath, top } from '../paths.ts';
import type { RepositoryTree } from '../tree/tree.ts';
import { entryTargets, packageName, type Packages } from './package-entries.ts';

/** A tsconfig.json, or a file of that kind under another name. */
export interface Tsconfig {
  readonly file: string;
  readonly options: Table;
  /** Its aliases depend on who inherits them. */
  readonly usesConfigFolder: boolean;
  /** The files that it extends, as far as they are here; the last one counts most. */
  readonly bases: readonly string[];
  /** Folders or files of the projects that it references, as far as they are here. */
  readonly references: readonly ScopePath[];
  /** Which files belong to it stands in it. */
  readonly namesFiles: boolean;
}

/** Stands for the folder of the configuration that inherits what it is written in. */
export const configFolder = '${configDir}';

/** More than this is a loop. */
const extendsMax = 8;

/** The files of TypeScript's configuration, each read once. */
export class Tsconfigs {
  readonly #tree: RepositoryTree;
  readonly #packages: Packages;
  readonly #notices: Notices;
  readonly #byFile = new Map<string, Tsconfig>();
  readonly #nearest = new Map<ScopePath, readonly Tsconfig[]>();
  readonly #settings = new Map<string, Tsconfig | null>();

  constructor(tree: RepositoryTree, packages: Packages, notices: Notices) {
    this.#tree = tree;
    this.#packages = packages;
    this.#notices = notices;
  }

  read(file: string): Tsconfig {
    const known = this.#byFile.get(file) ?? this.#load(file);
    this.#byFile.set(file, known);
    return known;
  }

  #load(file: string): Tsconfig {
    const config = readJsonc(this.#tree, file, this.#notices) ?? {};
    const options = tableIn(config, 'compilerOptions');
    return {
      file,
      options,
      usesConfigFolder: usesConfigFolder(tableIn(options, 'paths')),
      bases: textsIn(config, 'extends').flatMap((base) => this.#baseOf(file, base) ?? []),
      references: this.#referencesOf(file, config['references']),
      namesFiles: [...textsIn(config, 'files'), ...textsIn(config, 'include')].length > 0,
    };
  }

  #referencesOf(file: string, references: unknown): ScopePath[] {
    const list = Array.isArray(references) ? (references as unknown[]).filter(isTable) : [];
    return list.flatMap((reference) => {
      const path = joinPath(folderOf(file), textIn(reference, 'path') ?? '');
      return path !== null && (this.#tree.has(path) || this.#tree.folders.has(path)) ? [path] : [];
    });
  }

  /** By a path, or by the name of a package of this repository. */
  #baseOf(file: string, base: string): string | null {
    if (base.startsWith('.')) return this.#existing(joinPath(folderOf(file), base));
    const name = packageName(base);
    const folder = this.#packages.byName.get(name) ?? null;
    if (folder === null) return null;
    const inside = base.slice(name.length + 1);
    const manifest = this.#packages.manifests.get(folder) ?? {};
    const exported = entryTargets(tableIn(manifest, 'exports'), inside === '' ? '.' : `./${inside}`);
    const usual = inside === '' ? (textIn(manifest, 'tsconfig') ?? 'tsconfig.json') : inside;
    return [usual, ...exported].map((path) => this.#existing(joinPath(folder, path))).find(Boolean) ?? null;
  }

  #existing(path: ScopePath | null): string | null {
    if (path === null) return null;
    return [path, `${path}.json`, `${path}/tsconfig.json`].find((file) => this.#tree.has(file)) ?? null;
  }

  /**
   * Those that may say what a folder's files import: the nearest, and those beside it that it references, since the nearest
   * may be but a list of them. Nx keeps what holds for all projects in tsconfig.base.json at the top.
   */
  nearest(folder: ScopePath): readonly Tsconfig[] {
    const known = this.#nearest.get(folder);
    if (known !== undefined) return known;
    const names = folder === top ? [...usualNames, 'tsconfig.base.json'] : usualNames;
    const files = names
      .map((name) => (folder === top ? name : `${folder}/${name}`))
      .filter((file) => this.#tree.has(file));
    const configs = files.flatMap((file) => this.#withParts(file));
    const found = configs.length > 0 || folder === top ? configs : this.nearest(folderOf(folder));
    this.#nearest.set(folder, found);
    return found;
  }

  #withParts(file: string): Tsconfig[] {
    const config = this.read(file);
    const beside = config.references.filter(
      (path) => path !== file && this.#tree.has(path) && folderOf(path) === folderOf(file),
    );
    return [config, ...beside.map((path) => this.read(path))];
  }

  /** Where an option is set that holds for a configuration: in itself, or else in the last of its bases that sets it. */
  whereSet(option: string, config: Tsconfig, depth = 0): Tsconfig | null {
    if (Object.hasOwn(config.options, option)) return config;
    const key = `${option}\n${config.file}`;
    const known = this.#settings.get(key);
    if (known !== undefined || depth >= extendsMax) return known ?? null;
    this.#settings.set(key, null);
    for (const base of config.bases.toReversed()) {
      const found = this.whereSet(option, this.read(base), depth + 1);
      if (found === null) continue;
      this.#settings.set(key, found);
      return found;
    }
    return null;
  }
}

function usesConfigFolder(paths: Table): boolean {
  return Object.keys(paths).some((name) =>
    textsIn(paths, name).some((path) => path.startsWith(configFolder)),
  );
}

const usualNames = ['tsconfig.json', 'jsconfig.json'];
