/** What a sync works on: the files of the tree that is synced, and what is wrong with them. */
import { contextKinds } from '../../context/index.ts';
import type { ScopePath } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { ownDigests, type Examined, type Look, type SyncProblem } from '../../sync/index.ts';
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
  examine(scope: ScopePath): Promise<Examined>;
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
  const scan = (): Promise<Scan> => call.world.inspection.scan(repository);
  const first = await whileTelling(call, 'reading the scope files', scan);
  return new Ground(call, repository, root, first);
}

class Ground implements SyncGround {
  readonly repository: Repository;
  readonly root: string;
  readonly #call: Call;
  #scan: Scan;
  #files: ContextFiles;
  #isFirstLook = true;

  constructor(call: Call, repository: Repository, root: string, scan: Scan) {
    this.#call = call;
    this.repository = repository;
    this.root = root;
    this.#scan = scan;
    this.#files = this.#filesOf(scan);
  }

  get scan(): Scan {
    return this.#scan;
  }

  /** Each look but the first reads the scope files anew: what was declared before may be declared no more. */
  async look(scopes: readonly ScopePath[]): Promise<Look> {
    if (!this.#isFirstLook) {
      this.#scan = await this.#call.world.inspection.scan(this.repository);
      this.#files = this.#filesOf(this.#scan);
    }
    this.#isFirstLook = false;
    const { now } = await this.#call.world.syncs.content(this.root);
    return { own: ownDigests(scopes, now), commands: this.#scan.sync.commands };
  }

  async examine(scope: ScopePath): Promise<Examined> {
    const isUnread = this.#scan.sync.unread.includes(scope);
    const ofDefinition = this.#scan.problems.flatMap((problem) => definitionProblem(problem, scope));
    return { problems: [...ofDefinition, ...contextProblems(this.#files, scope)], isUnread };
  }

  #filesOf({ definitions }: Scan): ContextFiles {
    return new ContextFiles(this.repository, this.#call.world.inspection, definitions);
  }
}

/** Of the scope's own file, whether or not it makes a scope. */
function definitionProblem({ file, code, ...problem }: ScopeProblem, scope: ScopePath): SyncProblem[] {
  if (file === null || definedBy(file) !== scope) return [];
  return [{ ...problem, file, rule: code }];
}

const definedBy = (file: string): string => file.replace(/(^|\/)(\.rhema\/)?[^/]+$/, '') || '.';

function contextProblems(files: ContextFiles, scope: ScopePath): SyncProblem[] {
  return contextKinds.flatMap((kind) => {
    const file = files.find(scope, kind);
    return file === null ? [] : (files.examine(file)?.report.problems ?? []);
  });
}
