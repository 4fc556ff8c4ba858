/** What a sync works on: the files of the tree that is synced, and what is wrong with them. */
import { contextKinds } from '../../context/index.ts';
import { scopeAround, type ScopePath } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { ownDigests, type Look, type SyncProblem } from '../../sync/index.ts';
import type { Call } from '../call.ts';
import { invalidInput } from '../answer/errors.ts';
import { line } from '../format/text.ts';
import { whileTelling } from '../process/live-line.ts';
import type { Repository, Scan } from '../world/world.ts';
import { ContextFiles } from './context-files.ts';

export interface SyncGround {
  readonly repository: Repository;
  /** The top of the working tree. */
  readonly root: string;
  readonly scan: Scan;
  look(scopes: readonly ScopePath[]): Promise<Look>;
  /** What is wrong with a scope's definition and context files. */
  examine(scope: ScopePath): Promise<readonly SyncProblem[]>;
}

/** Of a linked working tree the main one is synced: there is one graph, and one status of each scope. */
export async function syncGround(call: Call): Promise<SyncGround> {
  const here = await call.repository();
  const root = call.world.syncs.tree(here);
  if (root === null)
    throw invalidInput('this repository has no working tree to be synced: go to a clone or a worktree of it');
  if (here.worktree !== null && here.worktree !== root)
    call.note(line`rhema: what is synced is the working tree ${root}`);
  const repository = { ...here, worktree: root };
  const scan = await whileTelling(call, 'reading the scope files', () =>
    call.world.inspection.scan(repository),
  );
  const files = new ContextFiles(repository, call.world.inspection, scan.definitions);
  const ofDefinitions = problemsByScope(files, scan.problems);
  return {
    repository,
    root,
    scan,
    look: async (scopes) => ({
      own: ownDigests(scopes, (await call.world.syncs.content(root)).now),
      commands: scan.sync.commands,
    }),
    examine: async (scope) => [...(ofDefinitions.get(scope) ?? []), ...contextProblems(files, scope)],
  };
}

function contextProblems(files: ContextFiles, scope: ScopePath): SyncProblem[] {
  return contextKinds.flatMap((kind) => {
    const file = files.find(scope, kind);
    return file === null ? [] : (files.examine(file)?.report.problems ?? []);
  });
}

function problemsByScope(
  files: ContextFiles,
  problems: readonly ScopeProblem[],
): ReadonlyMap<ScopePath, readonly SyncProblem[]> {
  const found = new Map<ScopePath, SyncProblem[]>();
  for (const { file, code, ...problem } of problems) {
    const scope = file === null ? null : scopeAround((path) => files.hasScope(path), file as ScopePath);
    if (file === null || scope === null) continue;
    found.set(scope, [...(found.get(scope) ?? []), { ...problem, file, rule: code }]);
  }
  return found;
}
