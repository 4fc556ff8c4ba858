/** What a new block says, with the reason: how many scopes an agent needs at once, and how many agents there are. */
import { fitsPath, parsePattern, settingBounds, scopeAround, type ScopePath } from '../core/index.ts';
import type { Proposal } from './files/block.ts';
import type { Choices, Situation } from './situation.ts';

/** Whoever changes code changes its test, what documents it, and what records the change. */
const locksMin = 4;
/** A history shorter than this tells little. */
const commitsMin = 20;

export function proposalFor(
  { stage, commits, leftAside, free }: Pick<Situation, 'stage' | 'commits' | 'leftAside' | 'free'>,
  scopes: readonly ScopePath[],
  { agents, hooks }: Pick<Choices, 'agents' | 'hooks'>,
): Proposal {
  return {
    stage: stage ?? 'default',
    ...(hooks
      ? locksWithHooks
      : locksFor(
          (commits ?? []).map((files) => files.filter(needsLock(free))),
          new Set(scopes),
        )),
    maxConcurrentAgents: agents,
    exclude: leftAside.exclude,
    free,
  };
}

/** Whether a file is none of those that are free. */
function needsLock(free: readonly string[]): (file: string) => boolean {
  const patterns = free.flatMap((text) => {
    const parsed = parsePattern(text);
    return parsed.ok ? [parsed.pattern] : [];
  });
  return (file) => !patterns.some((pattern) => fitsPath(pattern, file, 'file'));
}

/** What is locked for an agent it has not asked for, and cannot do without: what it may edit must not end at a number of scopes. */
const locksWithHooks: Pick<Proposal, 'maxLocksPerAgent' | 'locksReason'> = {
  maxLocksPerAgent: settingBounds.maxLocksPerAgent[1],
  locksReason:
    'In how many scopes an agent may hold something: in all, as each file that it edits is locked for it.',
};

function locksFor(
  commits: readonly (readonly string[])[],
  scopes: ReadonlySet<ScopePath>,
): Pick<Proposal, 'maxLocksPerAgent' | 'locksReason'> {
  if (commits.length < commitsMin)
    return { maxLocksPerAgent: locksMin, locksReason: 'How many scopes an agent may hold at once.' };
  const counts = commits.map((files) => scopesTouched(files, scopes)).sort((a, b) => a - b);
  const usual = counts[Math.ceil(counts.length * 0.95) - 1] ?? locksMin;
  const maxLocksPerAgent = Math.min(Math.max(locksMin, usual), settingBounds.maxLocksPerAgent[1]);
  return { maxLocksPerAgent, locksReason: reasonOf(usual, commits.length) };
}

function scopesTouched(files: readonly string[], scopes: ReadonlySet<ScopePath>): number {
  const touched = files.map((file) => scopeAround((path) => scopes.has(path), file as ScopePath));
  return new Set(touched).size;
}

function reasonOf(usual: number, commits: number): string {
  const scopes = usual === 1 ? '1 scope' : `${usual} scopes`;
  const least =
    usual < locksMin
      ? `; fewer than ${locksMin} would be too few for code with its test and documentation`
      : '';
  return `Of the last ${commits} commits of people 95 in 100 changed at most ${scopes}${least}.`;
}
