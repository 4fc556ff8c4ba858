import type { ScopePath } from '../../core/index.ts';
import type { Detector } from './detector.ts';
import type { Links } from '../graph/links.ts';
import { isTable, readJson, readJsonc, tableIn, textsIn, type Table } from './manifests.ts';
import { Notices } from '../notices.ts';
import { folderOf, isSample, top } from '../paths.ts';
import type { ScopeFolders } from './scope-folders.ts';
import type { RepositoryTree } from '../tree/tree.ts';

interface TurboFile {
  readonly folder: ScopePath;
  readonly file: string;
  readonly configuration: Table;
}

/** Turborepo: tasks of one package that wait for tasks of another (`web#build` for `ui#build`). It has no packages of its own. */
export const turboDetector: Detector = {
  title: 'turbo.json',
  detect: (tree, notices) => {
    const files = ['turbo.json', 'turbo.jsonc'].flatMap((name) => tree.named(name));
    const read = files.flatMap((file): TurboFile[] => {
      if (isSample(folderOf(file))) return [];
      const configuration = readJsonc(tree, file, notices);
      return configuration === null ? [] : [{ folder: folderOf(file), file, configuration }];
    });
    return {
      units: [],
      addLinks: (folders, links) => {
        const packages = new PackagesWithScripts(tree, folders);
        for (const one of read) addTaskLinks(one, { folders, packages }, links);
      },
    };
  },
};

interface Known {
  readonly folders: ScopeFolders;
  readonly packages: PackagesWithScripts;
}

function addTaskLinks({ folder, file, configuration }: TurboFile, known: Known, links: Links): void {
  const tasks = { ...tableIn(configuration, 'pipeline'), ...tableIn(configuration, 'tasks') };
  for (const [task, definition] of Object.entries(tasks)) {
    const awaited = isTable(definition) ? textsIn(definition, 'dependsOn') : [];
    const targets = awaited.flatMap((one) => known.folders.named(packageOf(one) ?? '') ?? []);
    if (targets.length === 0) continue;
    for (const from of packagesOf(task, folder, known))
      for (const target of targets) links.add(from, target, 'required', file);
  }
}

/**
 * The packages that have a task. One without a package's name is that of the package whose turbo.json it stands in; at the
 * top, of all that have a script of that name. `//` is the top package.
 */
function packagesOf(task: string, folder: ScopePath, { folders, packages }: Known): readonly ScopePath[] {
  const name = packageOf(task);
  if (name === null && folder === top) return packages.having(task);
  const path = name === '//' ? top : name === null ? folders.known(folder) : folders.named(name);
  return path === null ? [] : [path];
}

/** `@acme/ui` of `@acme/ui#build`; null for a task of no certain package. */
function packageOf(task: string): string | null {
  const end = task.indexOf('#');
  return end <= 0 ? null : task.slice(0, end);
}

/** Read only when a task of all packages awaits one of a certain package, which is rare. */
class PackagesWithScripts {
  readonly #tree: RepositoryTree;
  readonly #folders: ScopeFolders;
  #byScript: ReadonlyMap<string, readonly ScopePath[]> | null = null;

  constructor(tree: RepositoryTree, folders: ScopeFolders) {
    this.#tree = tree;
    this.#folders = folders;
  }

  having(script: string): readonly ScopePath[] {
    this.#byScript ??= this.#read();
    return this.#byScript.get(script) ?? [];
  }

  #read(): Map<string, ScopePath[]> {
    const byScript = new Map<string, ScopePath[]>();
    // What is wrong with a manifest was noted where its package was looked for.
    const noted = new Notices();
    for (const file of this.#tree.named('package.json')) {
      const folder = folderOf(file);
      if (folder === top || !this.#folders.has(folder)) continue;
      for (const script of Object.keys(tableIn(readJson(this.#tree, file, noted), 'scripts')))
        if (byScript.get(script)?.push(folder) === undefined) byScript.set(script, [folder]);
    }
    return byScript;
  }
}
