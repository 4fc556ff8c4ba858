/**
 * Whether what somebody is about to write is in the way of others. Whoever asks need not take part: a person, a hook, a script.
 *
 * In the way is a lock that another agent holds on the path, on the whole scope that it is in or, where the path is a folder, on
 * anything below it. What is outside of the repository, ignored, in no scope or free is nobody's business. What nobody holds may be
 * written, unless the repository asks for a lock ({@link strictly}).
 */
import { nameOf, type AgentId, type ScopePath } from '../core/index.ts';
import { scopesOfPaths, type PathAround } from '../participant/index.ts';
import type { Coordinator, LockView, StatusAnswer } from '../protocol/index.ts';
import type { Elsewhere, Subject } from './subjects.ts';

export type Reason = Elsewhere | 'ignored' | 'noScope' | 'free' | 'held' | 'unheld' | 'heldByOther';

export interface Verdict {
  /** As it was named. */
  readonly name: string;
  /** Of the repository; null: it has none that could be locked. */
  readonly path: ScopePath | null;
  readonly passes: boolean;
  readonly because: Reason;
  /** The nearest around it. */
  readonly scope: ScopePath | null;
  /** Those of others that are in the way. */
  readonly locks: readonly LockView[];
}

export interface Judging {
  /** Who is about to write, with all for whom it speaks; empty: somebody who takes no part. */
  readonly own: ReadonlySet<AgentId>;
  /** Whether Git ignores a path. */
  readonly isIgnored: (path: ScopePath) => boolean;
}

/** One verdict for each subject, in their order, by what `status` has told; asks for the scopes of as many paths as it takes. */
export async function judge(
  coordinator: Pick<Coordinator, 'query'>,
  { locks }: Pick<StatusAnswer, 'locks'>,
  subjects: readonly Subject[],
  judging: Judging,
): Promise<readonly Verdict[]> {
  const places = [...new Set(subjects.flatMap(placeIn))];
  const around = new Map<ScopePath, PathAround>();
  for (const [index, found] of (await scopesOfPaths(coordinator, places)).entries())
    around.set(places[index] as ScopePath, found);
  const others = locks.filter(({ agent }) => !judging.own.has(agent));
  const own = locks.filter(({ agent }) => judging.own.has(agent));
  return subjects.map((subject) => verdictOn(subject, { around, others, own }, judging));
}

/** The same where `strict_mode` is on: what nobody holds is refused. */
export const strictly = (verdicts: readonly Verdict[]): readonly Verdict[] =>
  verdicts.map((verdict) => (verdict.because === 'unheld' ? { ...verdict, passes: false } : verdict));

interface Known {
  readonly around: ReadonlyMap<ScopePath, PathAround>;
  readonly others: readonly LockView[];
  readonly own: readonly LockView[];
}

function placeIn(subject: Subject): ScopePath[] {
  if ('elsewhere' in subject) return [];
  return ['path' in subject ? subject.path : subject.folder];
}

function verdictOn(subject: Subject, { around, others, own }: Known, judging: Judging): Verdict {
  const { name } = subject;
  const path = 'path' in subject ? subject.path : null;
  const [place] = placeIn(subject);
  const found = place === undefined ? undefined : around.get(place);
  const scope = found?.scope ?? null;
  const verdict = (passes: boolean, because: Reason, locks: readonly LockView[] = []): Verdict => ({
    name,
    path,
    passes,
    because,
    scope,
    locks,
  });
  if ('elsewhere' in subject) return verdict(true, subject.elsewhere);
  if (path !== null && judging.isIgnored(path)) return verdict(true, 'ignored');
  if (scope === null) return verdict(true, 'noScope');
  if (path !== null && found?.isFree === true) return verdict(true, 'free');
  const inTheWay = others.filter((lock) => covers(lock, path, scope) || isBelow(lock, subject));
  if (inTheWay.length > 0) return verdict(false, 'heldByOther', inTheWay);
  return own.some((lock) => covers(lock, path, scope)) ? verdict(true, 'held') : verdict(true, 'unheld');
}

/** Whether it is of the path itself or of its whole scope. */
function covers(lock: LockView, path: ScopePath | null, scope: ScopePath): boolean {
  const target = targetOf(lock);
  return target === scope || (path !== null && target === path);
}

/** A file has nothing below it, and a folder may be gone by now: so it is not looked at what lies there. */
function isBelow(lock: LockView, subject: Subject): boolean {
  const target = targetOf(lock);
  if (target === null || !('path' in subject)) return false;
  const { path, matches } = subject;
  if (path !== '.' && !target.startsWith(`${path}/`)) return false;
  const below = path === '.' ? target : target.slice(path.length + 1);
  return matches?.(below, lock.file === undefined) ?? true;
}

/** Null: of a resource. */
const targetOf = (lock: LockView): string | null => (lock.resource === undefined ? nameOf(lock) : null);
