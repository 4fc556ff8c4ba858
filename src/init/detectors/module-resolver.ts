import { builtinModules } from 'node:module';
import type { ScopePath } from '../../core/index.ts';
import { tableIn } from './manifests.ts';
import { folderOf, joinPath, top } from '../paths.ts';
import type { RepositoryTree } from '../tree/tree.ts';
import { entryTargets, packageName } from './package-entries.ts';
import type { PackageMeanings } from './package-meanings.ts';
import type { Tsconfigs } from './tsconfig.ts';
import { PathAliases } from './tsconfig-paths.ts';

const builtIn: ReadonlySet<string> = new Set(builtinModules);

/** Finds the paths of the repository that a module's name stands for. */
export class ModuleResolver {
  readonly #packages: PackageMeanings;
  readonly #aliases: PathAliases;

  constructor(tree: RepositoryTree, packages: PackageMeanings, configs: Tsconfigs) {
    this.#packages = packages;
    this.#aliases = new PathAliases(tree, configs);
  }

  /** Mostly one; several where conditions decide, and none when it leads elsewhere. */
  resolve(folder: ScopePath, specifier: string): readonly ScopePath[] {
    if (/^\.{1,2}(?:\/|$)/.test(specifier)) return listOf(joinPath(folder, specifier));
    const imported = specifier.startsWith('#') ? this.#importsOf(folder, specifier) : [];
    if (imported.length > 0) return imported;
    const aliased = this.#aliases.existing(folder, specifier);
    if (aliased !== null) return [aliased];
    return listOf(this.#packageOf(folder, specifier) ?? this.#aliases.supposed(folder, specifier));
  }

  /** Node's own module wins over a package of the same name. */
  #packageOf(folder: ScopePath, specifier: string): ScopePath | null {
    return builtIn.has(specifier) ? null : this.#packages.ofName(folder, packageName(specifier));
  }

  /** `imports` of the package that a folder belongs to: paths in it, or names of other packages. */
  #importsOf(folder: ScopePath, specifier: string): ScopePath[] {
    const { manifests } = this.#packages;
    let home = folder;
    while (home !== top && !manifests.has(home)) home = folderOf(home);
    const targets = entryTargets(tableIn(manifests.get(home), 'imports'), specifier);
    return targets.flatMap((target) =>
      listOf(target.startsWith('.') ? joinPath(home, target) : this.#packageOf(folder, target)),
    );
  }
}

function listOf(path: ScopePath | null): readonly ScopePath[] {
  return path === null ? [] : [path];
}
