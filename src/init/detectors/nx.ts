import type { ScopePath } from '../../core/index.ts';
import type { Detector, Unit, UnitType } from '../detector.ts';
import { isTable, readJsonc, tableIn, textIn, textsIn, type Table } from '../manifests.ts';
import { baseName, folderOf, isSample } from '../paths.ts';

interface NxProject {
  readonly folder: ScopePath;
  readonly file: string;
  readonly configuration: Table;
}

/**
 * Nx projects by project.json, and what they declare to depend on: `implicitDependencies`, and targets that wait for those
 * of named projects. What Nx infers from manifests and imports, the other detectors find.
 */
export const nxDetector: Detector = {
  title: 'project.json',
  detect: (tree, notices) => {
    const projects = tree.named('nx.json').includes('nx.json')
      ? tree.named('project.json').flatMap((file): NxProject[] => {
          if (isSample(folderOf(file))) return [];
          const configuration = readJsonc(tree, file, notices);
          return configuration === null ? [] : [{ folder: folderOf(file), file, configuration }];
        })
      : [];
    return {
      units: projects.map(unitOf),
      addLinks: (folders, links) => {
        for (const { folder, file, configuration } of projects)
          for (const name of declaredProjects(configuration)) {
            const target = folders.named(name);
            if (target !== null) links.add(folder, target, 'required', file);
          }
      },
    };
  },
};

function unitOf({ folder, file, configuration }: NxProject): Unit {
  const name = textIn(configuration, 'name') ?? baseName(folder);
  const type: UnitType = configuration['projectType'] === 'application' ? 'application' : 'library';
  return { path: folder, names: [name], type, source: file };
}

function declaredProjects(configuration: Table): string[] {
  const implied = textsIn(configuration, 'implicitDependencies').filter((name) => !/[!*]/.test(name));
  const targets = Object.values(tableIn(configuration, 'targets')).filter(isTable);
  return [...implied, ...targets.flatMap(awaitedProjects)];
}

/** `dependsOn: [{ projects: ["shared"], target: "build" }]` */
function awaitedProjects(target: Table): string[] {
  const { dependsOn } = target;
  if (!Array.isArray(dependsOn)) return [];
  const names = (dependsOn as unknown[]).filter(isTable).flatMap((one) => textsIn(one, 'projects'));
  return names.filter((name) => name !== 'self' && name !== 'dependencies');
}
