/** What a sync works on: the files of the tree that is synced, and what is wrong with them. */
import { contextKinds } from '../../context/index.ts';
import type { ScopePath } from '../../core/index.ts';
import type { Coordinator, DeclaredSyncs, ScopeProblem } from '../../protocol/index.ts';
import {
  ownDigests,
  survey,
  type Examined,
  type Look,
  type ScopeCommand,
  type Survey,
  type SyncProblem,
} from '../../sync/index.ts';
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
  /** What scopes say is to be run when they are synced, as of the last look, or scan. */
  readonly commands: ReadonlyMap<ScopePath, ScopeCommand>;
  /** Scopes that there are, though what is said of them cannot be used. */
  readonly unread: readonly ScopePath[];
  /** Reads the scope files, once for each look. */
  scan(): Promise<Scan>;
  /** `declared`: what the coordinator has just seen in the scope files, which then need not be read here; null: it cannot say. */
  look(scopes: readonly ScopePath[], declared: DeclaredSyncs | null): Promise<Look>;
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
  return new Ground(call, { ...here, worktree: root }, root);
}

/** What is to be synced of some scopes, or of all. */
export function surveyOf(
  ground: SyncGround,
  coordinator: Coordinator,
  scopes: readonly ScopePath[],
): Promise<Survey> {
  const look: SyncGround['look'] = (paths, declared) => ground.look(paths, declared);
  return survey({ coordinator, look }, { scopes });
}

class Ground implements SyncGround {
  readonly repository: Repository;
  readonly root: string;
  readonly #call: Call;
  #read: Promise<Read> | null = null;
  #said: Pick<SyncGround, 'commands' | 'unread'> = { commands: new Map(), unread: [] };

  constructor(call: Call, repository: Repository, root: string) {
    this.#call = call;
    this.repository = repository;
    this.root = root;
  }

  get commands(): SyncGround['commands'] {
    return this.#said.commands;
  }

  get unread(): readonly ScopePath[] {
    return this.#said.unread;
  }

  async scan(): Promise<Scan> {
    return (await this.#once()).scan;
  }

  /** What was declared before may be declared no more: each look forgets what was read. */
  async look(scopes: readonly ScopePath[], declared: DeclaredSyncs | null): Promise<Look> {
    this.#read = null;
    if (declared === null) await this.#once();
    else this.#said = { commands: new Map(declared.commands), unread: declared.unread };
    const { commands } = this;
    const { now } = await this.#call.world.syncs.content(this.root);
    return { own: ownDigests(scopes, now), commands };
  }

  async examine(scope: ScopePath): Promise<Examined> {
    const { scan, files } = await this.#once();
    const isUnread = scan.sync.unread.includes(scope);
    const ofDefinition = scan.problems.flatMap((problem) => definitionProblem(problem, scope));
    return { problems: [...ofDefinition, ...contextProblems(files, scope)], isUnread };
  }

  #once(): Promise<Read> {
    return (this.#read ??= whileTelling(this.#call, 'reading the scope files', () => this.#readFiles()));
  }

  async #readFiles(): Promise<Read> {
    const { inspection } = this.#call.world;
    const scan = await inspection.scan(this.repository);
    this.#said = scan.sync;
    return { scan, files: new ContextFiles(this.repository, inspection, scan.definitions) };
  }
}

interface Read {
  readonly scan: Scan;
  readonly files: ContextFiles;
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
