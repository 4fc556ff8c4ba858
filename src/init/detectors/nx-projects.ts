import picomatch from 'picomatch';
import type { ScopePath } from '../../core/index.ts';
import { isBounded } from './globs.ts';
import { isTable, tableIn, textsIn, type Table } from './manifests.ts';
import { baseName, top } from '../paths.ts';
import type { ScopeFolders } from './scope-folders.ts';

/** What Nx calls a project has one of these manifests. */
const manifestNames: ReadonlySet<string> = new Set(['package.json', 'project.json']);

/** The projects that a project's own configuration names: in project.json, or under `nx` in package.json. */
export class NxProjects {
  readonly #folders: ScopeFolders;
  /** In a large workspace every project may have the same pattern. */
  readonly #byPattern = new Map<string, readonly ScopePath[]>();

  constructor(folders: ScopeFolders) {
    this.#folders = folders;
  }

  /** `implicitDependencies`, and targets that wait for those of named projects. `tasks` are further ones of its own. */
  declaredIn(configuration: Table, tasks: Table): ScopePath[] {
    const targets = tableIn(configuration, 'targets');
    const own = { ...tasks, ...targets };
    const awaited = Object.values(targets)
      .filter(isTable)
      .flatMap((target) => this.#awaitedBy(target, own));
    return [...this.#selected(textsIn(configuration, 'implicitDependencies')), ...awaited];
  }

  /** `dependsOn: ["shared:build", { projects: ["shared"], target: "build" }]`; a task of its own may have a colon, too. */
  #awaitedBy({ dependsOn }: Table, own: Table): ScopePath[] {
    const awaited: readonly unknown[] = Array.isArray(dependsOn) ? dependsOn : [];
    return awaited.flatMap((one) => {
      if (isTable(one)) return this.#selected(textsIn(one, 'projects').filter(isProject));
      if (typeof one !== 'string' || Object.hasOwn(own, one)) return [];
      const project = /^([^:^]+):/.exec(one)?.[1];
      return project === undefined ? [] : (this.#folders.named(project) ?? []);
    });
  }

  /** Pattern after pattern adds projects; with `!` it takes out what those before it have added. */
  #selected(patterns: readonly string[]): ScopePath[] {
    const chosen = new Set<ScopePath>();
    for (const pattern of patterns)
      if (pattern.startsWith('!')) for (const path of this.#fitting(pattern.slice(1))) chosen.delete(path);
      else for (const path of this.#fitting(pattern)) chosen.add(path);
    return [...chosen];
  }

  #fitting(pattern: string): readonly ScopePath[] {
    const known = this.#byPattern.get(pattern) ?? this.#find(pattern);
    this.#byPattern.set(pattern, known);
    return known;
  }

  /** The top folder holds what all others share: only its own name means it. */
  #find(pattern: string): ScopePath[] {
    const exact = this.#folders.named(pattern);
    if (exact !== null) return [exact];
    if (!/[*?{}[\]()]/.test(pattern) || !isBounded(pattern)) return [];
    const matches = pattern === '*' ? () => true : picomatch(pattern);
    return this.#folders.units
      .filter(({ path, source }) => path !== top && manifestNames.has(baseName(source)))
      .filter(({ names }) => names.some((name) => matches(name)))
      .map(({ path }) => path);
  }
}

/** These words stand for the project itself, and for what it depends on anyway. */
function isProject(name: string): boolean {
  return name !== 'self' && name !== 'dependencies';
}
