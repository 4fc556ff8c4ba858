import type { ScopePath } from '../../core/index.ts';
import type { Detector } from '../detector.ts';
import type { Links } from '../links.ts';
import { isTable, readJsonc, tableIn, textsIn, type Table } from '../manifests.ts';
import { folderOf, isSample } from '../paths.ts';
import type { ScopeFolders } from '../scope-folders.ts';

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
        for (const one of read) addTaskLinks(one, folders, links);
      },
    };
  },
};

/** A task without a package's name is that of the package whose turbo.json it stands in; at the top, of all. */
function addTaskLinks({ folder, file, configuration }: TurboFile, folders: ScopeFolders, links: Links): void {
  const tasks = { ...tableIn(configuration, 'pipeline'), ...tableIn(configuration, 'tasks') };
  for (const [task, definition] of Object.entries(tasks)) {
    const name = packageOf(task);
    const from = name === null ? (folder === '.' ? null : folders.known(folder)) : folders.named(name);
    if (from === null || !isTable(definition)) continue;
    for (const awaited of textsIn(definition, 'dependsOn')) {
      const target = folders.named(packageOf(awaited) ?? '');
      if (target !== null) links.add(from, target, 'required', file);
    }
  }
}

/** `@acme/ui` of `@acme/ui#build`; null for a task of no certain package. */
function packageOf(task: string): string | null {
  const end = task.indexOf('#');
  return end <= 0 ? null : task.slice(0, end);
}
