/** How well the scopes of a repository fit the work that was done in it, and which other choice would fit better. */
import type { FilePath, ScopePath } from '../core/index.ts';
import { changed, changedBy, splitOf, type Change } from './change.ts';
import { Needs, type Choice } from './choice.ts';
import {
  gainOf,
  gainUnder,
  hottestOf,
  jobFigures,
  timeOfOne,
  type Gain,
  type HotTarget,
  type JobFigures,
} from './figures.ts';
import type { Job } from './job.ts';
import type { Observer } from './machine.ts';
import { recommend, type Recommended } from './recommend.ts';
import { replay, type Manner, type Replayed } from './replay.ts';

export interface FitInput {
  /** In the order in which they were done; at least one. */
  readonly jobs: readonly Job[];
  /** As the repository is coordinated now. */
  readonly choice: Choice;
  /** For how many agents other choices are compared. */
  readonly agents: number;
  /** What somebody asks about, all of it together; none: nothing. */
  readonly asked: readonly Change[];
  /** Patterns of files that need no lock in other repositories either, such as lockfiles, and that are not free here. */
  readonly freeable: readonly string[];
  /** Options that something acts on: others are not recommended. */
  readonly settable: ReadonlySet<Change['key']>;
}

export interface Fit {
  readonly jobs: JobFigures;
  /** By number of agents, under the present choice. */
  readonly gains: readonly TeamGain[];
  /** With as many agents as were asked about. */
  readonly hottest: readonly HotTarget[];
  readonly others: readonly Other[];
  /** Null: nothing that is known here would be better. */
  readonly recommended: Recommended | null;
}

/** What so many agents get done of which each waits for its next job, with all that it needs locked from beginning to end. */
export interface TeamGain extends Gain {
  /**
   * The gain of agents whose clients have hooks: each file is locked when it is first edited, and an agent that is refused takes
   * another of the next four jobs, and waits only where all are taken.
   */
  readonly withHooks: number;
}

/** Another choice, and what it would give agents that wait. */
export interface Other {
  /** Empty: the choice is the present one, and agents ask for locks in another way. */
  readonly changes: readonly Change[];
  /** In how many steps, at most, an agent asks for what its job needs. */
  readonly steps: number;
  /** Somebody asked about it. */
  readonly isAsked: boolean;
  readonly gain: Gain;
}

/** Beside those that were asked about. */
const agentsCompared = [2, 3, 5, 8];
const hottestMax = 5;
/** An agent that finds its next job taken looks at so many in all. */
const jobsLookedAt = 4;
/** An agent that asks as its work goes asks so often. */
const stepsTaken = 10;

/** Replays the jobs some fifteen times; a second or a few for 300 jobs. */
export function fit(input: FitInput): Fit {
  const { jobs, choice, agents } = input;
  const oneMs = timeOfOne(jobs, choice);
  const counts = [...new Set([...agentsCompared, agents])].sort((a, b) => a - b);
  const replays = counts.map((count) => replay(jobs, choice, inTurn(count)));
  const asAsked = replays[counts.indexOf(agents)];
  const gains = replays.map((one) => teamGain(one, replay(jobs, choice, hooked(one.agents)), oneMs));
  const present = gains[counts.indexOf(agents)];
  if (asAsked === undefined || present === undefined)
    throw new Error('the agents asked about are among those');
  return {
    jobs: jobFigures(jobs, choice),
    gains,
    hottest: hottestOf(jobs, choice, asAsked, hottestMax),
    others: othersOf(input, oneMs),
    recommended: recommend(input, present, oneMs),
  };
}

/** Each waits for the job that is next. */
const inTurn = (agents: number): Manner => ({ agents, ahead: 1, steps: 1 });
const hooked = (agents: number): Manner => ({ agents, ahead: jobsLookedAt, steps: stepsTaken });

function teamGain(waiting: Replayed, withHooks: Replayed, oneMs: number): TeamGain {
  return { ...gainOf(waiting, oneMs), withHooks: gainOf(withHooks, oneMs).gain };
}

/** The gain alone, of three replays. `observe` may throw to end it. */
export function gainFor(
  { jobs, choice, agents }: Pick<FitInput, 'jobs' | 'choice' | 'agents'>,
  observe: Observer,
): TeamGain {
  const replayed = (manner: Manner): Replayed => replay(jobs, choice, manner, observe);
  const { elapsedMs: oneMs } = replayed(inTurn(1));
  return teamGain(replayed(inTurn(agents)), replayed(hooked(agents)), oneMs);
}

function othersOf(input: FitInput, oneMs: number): Other[] {
  const { jobs, choice, agents, asked } = input;
  const other = (changes: readonly Change[], { steps = 1, isAsked = false }): Other => ({
    changes,
    steps,
    isAsked,
    gain: gainUnder(jobs, changedBy(choice, changes, jobs), { agents, ahead: 1, steps }, oneMs),
  });
  return [
    ...(asked.length === 0 ? [] : [other(asked, { isAsked: true })]),
    ...alternatives(input)
      .filter((changes) => !isSameChange(changes, asked))
      .map((changes) => other(changes, {})),
    other([], { steps: stepsTaken }),
  ];
}

/** In whichever order they stand. */
function isSameChange(some: readonly Change[], others: readonly Change[]): boolean {
  const texts = (changes: readonly Change[]): string =>
    changes
      .map((one) => JSON.stringify(one))
      .sort()
      .join();
  return texts(some) === texts(others);
}

/** What somebody may wonder about. */
function alternatives({ jobs, choice, freeable }: FitInput): Change[][] {
  const { claimLevel: claim, maxLocksPerAgent } = choice.settings;
  const found: Change[][] = [[{ key: 'claim', value: claim === 'file' ? 'scope' : 'file' }]];
  if (maxLocksPerAgent > 1) found.push([{ key: 'max_locks_per_agent', value: 1 }]);
  const split = hottestSplit(jobs, changed(choice, { key: 'claim', value: 'scope' }, jobs));
  if (split !== null)
    found.push([
      ...(claim === 'scope' ? [] : [{ key: 'claim', value: 'scope' } as const]),
      { key: 'split', add: [split] },
    ]);
  if (freeable.length > 0) found.push([{ key: 'free', add: freeable }]);
  return found;
}

/** For the scope that most jobs need, of those that have folders. */
export function hottestSplit(jobs: readonly Job[], choice: Choice): string | null {
  const needs = new Needs(choice);
  const counts = new Map<ScopePath, number>();
  for (const job of jobs)
    for (const scope of needs.of(job).scopes) counts.set(scope, (counts.get(scope) ?? 0) + 1);
  const files = jobs.flatMap((job): readonly FilePath[] => job.files);
  const hottest = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  for (const [scope] of hottest) {
    const inIt = files.filter((file) => needs.scopeOf(file) === scope);
    const pattern = splitOf(scope, inIt);
    if (pattern !== null) return pattern;
  }
  return null;
}
