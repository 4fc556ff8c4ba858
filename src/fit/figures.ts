/** Figures of jobs and of replays. */
import { targetsOf, type RejectionCode, type Wish } from '../core/index.ts';
import { Needs, type Choice } from './choice.ts';
import type { Job } from './job.ts';
import { replay, type Manner, type Replayed } from './replay.ts';

/** How many, of jobs in order of size: in the middle, and what nine of ten and 99 of a hundred do not exceed. */
export interface Spread {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** All 0 where there are no values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percent: number): number => sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0;
  return { p50: at(50), p90: at(90), p99: at(99) };
}

/** How much of what jobs touch needs a lock. */
export interface JobFigures {
  readonly files: Spread;
  /** Files and scopes that must be locked for it. */
  readonly targets: Spread;
  /** In how many scopes those are. */
  readonly scopes: Spread;
}

export function jobFigures(jobs: readonly Job[], choice: Choice): JobFigures {
  const needs = new Needs(choice);
  const wishes = jobs.map((job) => needs.of(job));
  return {
    files: spreadOf(jobs.map(({ files }) => files.length)),
    targets: spreadOf(wishes.map((wish) => targetsOf(wish).length)),
    scopes: spreadOf(wishes.map((wish) => scopesIn(needs, wish))),
  };
}

/** In how many scopes is what somebody needs a lock of. */
export const scopesIn = (needs: Needs, { scopes, files = [] }: Wish): number =>
  new Set([...scopes, ...files.map((file) => needs.scopeOf(file))]).size;

/** What so many agents got done. */
export interface Gain {
  readonly agents: number;
  /** In how much less time than one agent alone: at most `agents`. */
  readonly gain: number;
  /** Jobs that had to wait. */
  readonly waits: number;
  /** Which part of the agents' time was spent waiting, 0 to 1. */
  readonly waitedShare: number;
  readonly waitedInVain: number;
  readonly leasesLost: number;
  readonly refusals: Readonly<Partial<Record<RejectionCode, number>>>;
  /** Those of the refusals that kept agents from waiting for each other for ever. */
  readonly deadlocksRefused: number;
}

/** `oneMs`: how long one agent needs. */
export function gainOf(replayed: Replayed, oneMs: number): Gain {
  const { agents, elapsedMs, waits, waitedMs, waitedInVain, leasesLost, refusals } = replayed;
  return {
    agents,
    gain: elapsedMs === 0 ? 1 : oneMs / elapsedMs,
    waits,
    waitedShare: elapsedMs === 0 ? 0 : waitedMs / (agents * elapsedMs),
    waitedInVain,
    leasesLost,
    refusals: Object.fromEntries(refusals),
    deadlocksRefused: refusals.get('WOULD_DEADLOCK') ?? 0,
  };
}

/** Done by one agent, nobody waits for anybody: that takes the same time under every choice. */
export function timeOfOne(jobs: readonly Job[], choice: Choice): number {
  return replay(jobs, choice, { agents: 1, ahead: 1, steps: 1 }).elapsedMs;
}

export function gainUnder(jobs: readonly Job[], choice: Choice, manner: Manner, oneMs: number): Gain {
  return gainOf(replay(jobs, choice, manner), oneMs);
}

/** A target that many jobs need. */
export interface HotTarget {
  /** A path; null: not a target, but a place among the agents that may hold something at once. */
  readonly target: string | null;
  /** Which part of the jobs needs it, 0 to 1. */
  readonly jobsShare: number;
  /** Which part of all waiting was for it, 0 to 1. */
  readonly waitedShare: number;
}

/** Those that were waited for longest, the first of them first. */
export function hottestOf(
  jobs: readonly Job[],
  choice: Choice,
  { waitedFor, waitedMs }: Replayed,
  max: number,
): HotTarget[] {
  const longest = [...waitedFor].sort(([a, aMs], [b, bMs]) => bMs - aMs || ((a ?? '') < (b ?? '') ? -1 : 1));
  const needs = new Needs(choice);
  const wishes = jobs.map((job) => new Set<string>(targetsOf(needs.of(job))));
  return longest.slice(0, max).map(([target, ms]) => ({
    target,
    jobsShare: target === null ? 0 : wishes.filter((wish) => wish.has(target)).length / jobs.length,
    waitedShare: waitedMs === 0 ? 0 : ms / waitedMs,
  }));
}
