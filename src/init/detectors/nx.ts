import type { ScopePath } from '../../core/index.ts';
import type { Detector } from './detector.ts';
import type { Unit, UnitType } from './unit.ts';
import { isTable, readJsonc, tableIn, textIn, type Table } from './manifests.ts';
import type { Notices } from '../notices.ts';
import { baseName, folderOf, isSample } from '../paths.ts';
import type { RepositoryTree } from '../tree/tree.ts';
import { NxProjects } from './nx-projects.ts';

interface NxProject {
  readonly folder: ScopePath;
  readonly file: string;
  readonly configuration: Table;
}

/**
 * Nx projects by project.json, and what they declare to depend on. What Nx infers from manifests and imports, the other
 * detectors find, and what stands in package.json is read with it.
 */
export const nxDetector: Detector = {
  title: 'project.json',
  detect: (tree, notices) => {
    const found = tree.has('nx.json') ? findProjects(tree, notices) : [];
    return {
      units: found.map(unitOf),
      addLinks: (folders, links) => {
        const projects = new NxProjects(folders);
        for (const { folder, file, configuration } of found)
          for (const target of projects.declaredIn(configuration, {}))
            links.add(folder, target, 'required', file);
      },
    };
  },
};

function findProjects(tree: RepositoryTree, notices: Notices): NxProject[] {
  const defaults = tableIn(readJsonc(tree, 'nx.json', notices), 'targetDefaults');
  return tree.named('project.json').flatMap((file): NxProject[] => {
    if (isSample(folderOf(file))) return [];
    const configuration = readJsonc(tree, file, notices);
    if (configuration === null) return [];
    return [{ folder: folderOf(file), file, configuration: withDefaults(configuration, defaults) }];
  });
}

/** What nx.json says about a target's name holds for every project that has the target. */
function withDefaults(configuration: Table, defaults: Table): Table {
  const targets = Object.entries(tableIn(configuration, 'targets')).map(([name, target]) => [
    name,
    isTable(target) ? { ...tableIn(defaults, name), ...target } : target,
  ]);
  return { ...configuration, targets: Object.fromEntries(targets) as Table };
}

function unitOf({ folder, file, configuration }: NxProject): Unit {
  const name = textIn(configuration, 'name') ?? baseName(folder);
  const type: UnitType = configuration['projectType'] === 'application' ? 'application' : 'library';
  return { path: folder, names: [name], type, source: file };
}
