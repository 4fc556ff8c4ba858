import { namesOf, parseScopePath, shownTarget, targetOf, wishOfNames } from '../core/index.ts';
import type {
  FencingToken,
  FilePath,
  FormerHolders,
  GotLock,
  Rejection,
  ResourceName,
  ScopePath,
} from '../core/index.ts';
import { invalidInput } from '../protocol/index.ts';
import type { HeldLock, LeaseLoss } from '../participant/index.ts';
import { lockEndText } from '../wording/index.ts';
import { RefusedError } from './refused-error.ts';

/** What was acquired, renewed until it is given back. */
export class Lock {
  /** Held as a whole. */
  readonly scopes: readonly ScopePath[];
  readonly files: readonly FilePath[];
  readonly resources: readonly ResourceName[];
  /** Which slot of each resource it has, from 1. */
  readonly slots: Readonly<Record<ResourceName, number>>;
  /** Grows with every grant: pass it to whatever must refuse a writer who was overtaken. */
  readonly token: FencingToken;
  /** Aborts with a `LOCK_LOST` when the lock is lost, or is about to be: then nothing more may be written under it. */
  readonly signal: AbortSignal;
  readonly #held: HeldLock;

  /** Made by `acquire`. */
  constructor(held: HeldLock) {
    this.#held = held;
    const { scopes, files = [], resources = [] } = wishOfNames(held.locks);
    this.scopes = scopes;
    this.files = files;
    this.resources = resources;
    this.slots = Object.fromEntries(
      held.locks.flatMap(({ resource, slot }) => (resource === undefined ? [] : [[resource, slot]])),
    );
    this.token = held.token;
    const lost = new AbortController();
    this.signal = lost.signal;
    this.onLost((error) => lost.abort(error));
  }

  /** Calls back once when the lock is lost, at once if it is already. */
  onLost(callback: (error: RefusedError) => void): void {
    const { lost } = this.#held;
    const tell = (): void => callback(this.#lossError());
    if (lost.aborted) tell();
    else lost.addEventListener('abort', tell, { once: true });
  }

  get isLost(): boolean {
    return this.#held.loss !== null;
  }

  /**
   * Changes a context file: `path` is relative to the repository, and in one of the lock's scopes or one of its files; `before` is null where
   * there is no file yet. Throws a `RefusedError`, such as `STALE_FENCING_TOKEN` when the lock was lost meanwhile.
   */
  async write(path: string, change: (before: string | null) => string): Promise<void> {
    const written = await this.#held.write(pathOf('path', path), change);
    if (written.kind === 'refused') throw refusedBy(written.reply.rejection);
    if (written.kind === 'elsewhere') throw elsewhere(path, written, this.#named);
  }

  /**
   * Who held what since the agent held it last, for what, and which files changed: what the agent knows of these may be
   * outdated. Locks that nobody held are left out.
   */
  formerHolders(): Promise<readonly (GotLock & FormerHolders)[]> {
    return this.#held.formerHolders();
  }

  /** Gives back exactly what was granted. Throws `LOCK_LOST` when some of it was lost before. */
  async release(): Promise<void> {
    const gone = await this.#held.release();
    if (this.isLost || gone.length > 0) throw this.#lossError();
  }

  get #named(): string {
    return namesOf(this).join(', ');
  }

  #lossError(): RefusedError {
    const { loss } = this.#held;
    const why = loss === null ? 'it was not held any more when it was given back' : lossText(loss);
    return new RefusedError(
      'LOCK_LOST',
      `the lock on ${this.#named} (token ${this.token}) was lost: ${why}; look at what was written since, and acquire it again`,
      { scopes: this.scopes, files: this.files, resources: this.resources, token: this.token },
    );
  }
}

function lossText({ end }: LeaseLoss): string {
  switch (end.kind) {
    case 'logged':
      return lockEndText(end.event, { by: end.by, whose: "the agent's", as: bare });
    case 'refused':
      return end.rejection.message;
    case 'missing':
      return `${shownTarget(targetOf(end.lock))} is no longer held under it`;
    case 'notRenewed':
      return 'its lease could not be renewed in time';
  }
}

/** A program shows it as it likes. */
export const bare = { agent: String, name: String, text: String };

function elsewhere(
  named: string,
  { path, scope }: { readonly path: ScopePath; readonly scope: ScopePath | null },
  held: string,
): RefusedError {
  const file = pathOf('path', named) === path ? named : `${named} leads to ${path}, which`;
  const [where, remedy] =
    scope === null
      ? ['in no scope', 'name a file of those']
      : [`of ${scope}`, 'acquire the scope that has it'];
  const message = `${file} is ${where}, and this lock is on ${held}: ${remedy}`;
  return new RefusedError('LOCK_NOT_HELD', message, { path, scope });
}

export function refusedBy({ code, message, details }: Rejection): RefusedError {
  return new RefusedError(code, message, details);
}

/** A path of the repository. Throws `INVALID_INPUT`. */
export function pathOf(field: string, text: string): ScopePath {
  const parsed = parseScopePath(text);
  if (parsed.ok) return parsed.value;
  throw invalidInput(field, parsed.problem);
}
