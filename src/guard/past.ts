/**
 * Whether what was committed was in the way of others, by the log: who held what when each commit was made.
 *
 * Git keeps that moment in whole seconds, and a lock may have been granted or given back within one. So a commit is in the way of a
 * lock only where another agent had it through the whole second. A commit is of the agent that its trailers name where the log has
 * granted that agent one of the tokens that they name; of nobody else.
 *
 * Where a lock is asked for (`strict_mode`), a file of a commit must have been locked under one of its tokens, whenever that was: a commit
 * that is made anew, by a rebase, keeps its trailers.
 */
import {
  evolve,
  isFree,
  nameOf,
  scopeOf,
  type AgentId,
  type Entry,
  type Lock,
  type ScopePath,
  type State,
} from '../core/index.ts';
import { startedBy } from './kin.ts';
import { subjectsInIndex, type Subject } from './subjects.ts';

export interface PastCommit {
  readonly id: string;
  /** In whole seconds, rounded down. */
  readonly committedAtMs: number;
  /** What its trailers say. */
  readonly agent: string | null;
  readonly tokens: readonly number[];
  readonly files: readonly string[];
}

export interface PastLog {
  /** Before the first entry. It is taken over, and changed. */
  readonly base: State;
  readonly entries: AsyncIterable<Entry>;
}

/** A file of a commit that another agent had locked, or for which its own had no lock that was asked for. */
export interface PastRefusal<C extends PastCommit> {
  readonly commit: C;
  readonly name: string;
  /** Null: it has none that could be locked. */
  readonly path: ScopePath | null;
  /** The nearest around it. */
  readonly scope: ScopePath;
  /** Those of others that were in the way; none: it was nobody's, and a lock is asked for. */
  readonly locks: readonly Lock[];
}

export interface PastRules {
  /** A lock is asked for of whatever is committed. */
  readonly isStrict: boolean;
}

export interface PastVerdict<C extends PastCommit> {
  /** In the order of the commits. */
  readonly refused: readonly PastRefusal<C>[];
  /** Those from before the log, of which it tells nothing. */
  readonly older: readonly C[];
}

/** Reads the log once, to its end. What is from after its last entry is judged by that. */
export async function judgePast<C extends PastCommit>(
  { base: state, entries }: PastLog,
  commits: readonly C[],
  { isStrict }: PastRules = { isStrict: false },
): Promise<PastVerdict<C>> {
  const grants = new Grants(state);
  const found = commits.map((commit): Found<C> => ({ commit, hits: [], isOlder: false }));
  const moments = found.flatMap(momentsOf).sort((one, other) => one.atMs - other.atMs);
  let next = 0;
  const lookUntil = (endMs: number): void => {
    for (let moment = moments[next]; moment !== undefined && moment.atMs < endMs; moment = moments[++next])
      moment.look(state, moment.atMs);
  };
  for await (const entry of entries) {
    lookUntil(entry.atMs);
    evolve(state, entry);
    grants.add(state, entry);
  }
  lookUntil(Infinity);
  return {
    refused: found.flatMap((each) => refusals(each, grants, isStrict)),
    older: found.filter(({ isOlder }) => isOlder).map(({ commit }) => commit),
  };
}

interface Found<C> {
  readonly commit: C;
  hits: readonly Hit[];
  isOlder: boolean;
}

interface LookAt {
  readonly atMs: number;
  readonly look: (state: State, atMs: number) => void;
}

/** The first and the last of the second in which a commit was made. */
function momentsOf(found: Found<PastCommit>): LookAt[] {
  const { committedAtMs, files } = found.commit;
  const begin = (state: State, atMs: number): void => {
    // What is from before the log is not known, and not free.
    found.isOlder = state.revision === 0 || state.timeMs > atMs;
    if (!found.isOlder) found.hits = hitsIn(state, files);
  };
  const end = (state: State, atMs: number): void => {
    const isHeld = (lock: Lock): boolean => {
      const now = state.locks.get(lock.target);
      return now?.token === lock.token && now.agent === lock.agent && now.deadlineMs > atMs;
    };
    found.hits = found.hits.map((hit) => ({ ...hit, locks: hit.locks.filter(isHeld) }));
  };
  return [
    { atMs: committedAtMs, look: begin },
    { atMs: committedAtMs + 999, look: end },
  ];
}

interface Hit {
  readonly name: string;
  readonly path: ScopePath | null;
  readonly scope: ScopePath;
  readonly locks: readonly HitLock[];
}

/** `startedBy`: the agent that started its holder; null: nobody did. */
type HitLock = Lock & { readonly startedBy: string | null };

function refusals<C extends PastCommit>(
  { commit, hits }: Found<C>,
  grants: Grants,
  isStrict: boolean,
): PastRefusal<C>[] {
  const { agent, tokens } = commit;
  const isProven = tokens.some((token) => agent !== null && grants.get(token)?.agent === agent);
  // Whoever commits what a subagent of its own has locked names that lock's token.
  const isOwn = (lock: HitLock): boolean =>
    (isProven && lock.agent === agent) ||
    (agent !== null && lock.startedBy === agent && tokens.includes(lock.token));
  const isCovered = ({ path, scope }: Hit): boolean =>
    agent !== null &&
    tokens.some((token) => grants.covers(token, agent, path === null ? [scope] : [path, scope]));
  return hits
    .map((hit) => ({ ...hit, locks: hit.locks.filter((lock) => !isOwn(lock)) }))
    .filter((hit) => hit.locks.length > 0 || (isStrict && !isCovered(hit)))
    .map((hit) => ({ commit, ...hit }));
}

interface Granted {
  readonly agent: string;
  /** Of its agent, as {@link HitLock}. */
  readonly startedBy: string | null;
  readonly targets: ReadonlySet<string>;
}

/** To whom the log has granted what, by token. */
class Grants {
  readonly #granted = new Map<number, Granted>();
  /** Of grants up to this one only those are known that were still held then. */
  readonly #knownAfter: number;

  constructor(base: State) {
    this.#knownAfter = base.revision;
    for (const lock of base.locks.values()) this.#keep(base, lock.token, lock.agent, lock.target);
  }

  add(state: State, { revision, events }: Entry): void {
    for (const event of events)
      if (event.kind === 'lock.granted') this.#keep(state, revision, event.agent, nameOf(event));
  }

  get(token: number): Granted | undefined {
    return this.#granted.get(token);
  }

  /** Whether an agent, or one that it has started, was granted one of some targets under a token; of what nobody knows any more it was. */
  covers(token: number, agent: string, targets: readonly string[]): boolean {
    const granted = this.#granted.get(token);
    if (granted === undefined) return token <= this.#knownAfter;
    return (
      (granted.agent === agent || granted.startedBy === agent) &&
      targets.some((one) => granted.targets.has(one))
    );
  }

  #keep(state: State, token: number, agent: string, target: string): void {
    const before = this.#granted.get(token);
    const startedBy = starterOf(state, agent);
    this.#granted.set(token, { agent, startedBy, targets: new Set([...(before?.targets ?? []), target]) });
  }
}

/** Those of some files for which a lock may be asked, each with the locks that cover it. */
function hitsIn(state: State, files: readonly string[]): Hit[] {
  return subjectsInIndex(files).flatMap((subject) => hitOn(state, subject) ?? []);
}

function hitOn(state: State, subject: Subject): Hit | null {
  if ('elsewhere' in subject) return null;
  const path = 'path' in subject ? subject.path : null;
  const scope = scopeOf(state, 'path' in subject ? subject.path : subject.folder);
  if (scope === null || (path !== null && isFree(state.settings, path))) return null;
  const targets = path === null || path === scope ? [scope] : [path, scope];
  const locks = targets.flatMap((target) => {
    const lock = state.locks.get(target);
    // It is the state's own, and changes with it.
    return lock === undefined ? [] : [{ ...lock, startedBy: starterOf(state, lock.agent) }];
  });
  return { name: subject.name, path, scope, locks };
}

function starterOf({ agents }: State, agent: string): string | null {
  const starter = agents.get(agent as AgentId)?.metadata[startedBy];
  return typeof starter === 'string' ? starter : null;
}
