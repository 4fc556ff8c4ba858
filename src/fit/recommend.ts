/** Which changes of the configuration are worth it. */
import { changedBy, type Change } from './change.ts';
import { Needs, type Choice } from './choice.ts';
import { gainUnder, scopesIn, type Gain } from './figures.ts';
import type { Job } from './job.ts';

export interface Recommended {
  readonly changes: readonly Change[];
  /** What they give together. */
  readonly gain: Gain;
}

interface Question {
  readonly jobs: readonly Job[];
  readonly choice: Choice;
  readonly agents: number;
  readonly freeable: readonly string[];
  readonly settable: ReadonlySet<Change['key']>;
}

/** A change that brings less than this is not worth a line in a file. */
export const gainMin = 0.05;
/** So many jobs in a hundred may be more than an agent gets at once before more is recommended. */
const refusedShareMax = 0.05;
/** What an agent may hold is made to suffice for so many jobs in a hundred. */
const sufficesForShare = 0.95;

/**
 * All that may help is tried together, since one change may help only beside another; then each is left out that is not missed.
 * A split is not among them: where files are claimed it changes nothing, and to claim files brings more.
 */
export function recommend(question: Question, present: Gain, oneMs: number): Recommended | null {
  const gainWith = (changes: readonly Change[]): Gain =>
    changes.length === 0
      ? present
      : gainUnder(
          question.jobs,
          changedBy(question.choice, changes, question.jobs),
          { agents: question.agents, ahead: 1, steps: 1 },
          oneMs,
        );
  const needed = moreLocks(question, present);
  const least = gainWith(needed);
  let [changes, gain] = [[...needed, ...helpful(question)], least];
  if (changes.length > needed.length) gain = gainWith(changes);
  if (gain.gain < least.gain + gainMin) [changes, gain] = [needed, least];
  for (const change of changes.filter((one) => !needed.includes(one))) {
    const others = changes.filter((one) => one !== change);
    const without = gainWith(others);
    if (without.gain >= gain.gain - gainMin) [changes, gain] = [others, without];
  }
  return changes.length === 0 ? null : { changes, gain };
}

/** Being refused less is worth a little time: work in pieces leaves others what is half done. */
function moreLocks({ jobs, choice, settable }: Question, { refusals }: Gain): Change[] {
  const value = scopesNeeded(jobs, choice);
  const isRefused = (refusals.LOCK_LIMIT_REACHED ?? 0) > jobs.length * refusedShareMax;
  const isMore = isRefused && value > choice.settings.maxLocksPerAgent && settable.has(maxLocks);
  return isMore ? [{ key: maxLocks, value }] : [];
}

const maxLocks = 'max_locks_per_agent';

/** Those first that one would rather do without. */
function helpful({ choice, agents, freeable, settable }: Question): Change[] {
  const found: Change[] = [];
  if (choice.settings.claimLevel === 'scope') found.push({ key: 'claim', value: 'file' });
  if (choice.settings.maxConcurrentAgents < agents)
    found.push({ key: 'max_concurrent_agents', value: agents });
  if (freeable.length > 0) found.push({ key: 'free', add: freeable });
  return found.filter(({ key }) => settable.has(key));
}

function scopesNeeded(jobs: readonly Job[], choice: Choice): number {
  const needs = new Needs(choice);
  const counts = jobs.map((job) => scopesIn(needs, needs.of(job))).sort((a, b) => a - b);
  return counts[Math.ceil(counts.length * sufficesForShare) - 1] ?? 0;
}
