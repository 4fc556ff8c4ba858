/** One run of the experiment: the agents do their jobs in one of the ways, and what became of their work is counted. */
import { Random } from '../../sim/random.ts';
import { workThrough } from './agent.ts';
import { Client } from './client.ts';
import { fateOf, type Fate } from './fate.ts';
import { prepare, type Ground, type Way } from './ground.ts';
import { agentNames, planJobs } from './jobs.ts';
import type { Asking, Part } from './part.ts';
import { start } from './run.ts';
import { interleave } from './schedule.ts';
import { Tally } from './tally.ts';

export interface Trial {
  readonly way: Way;
  readonly seed: number;
  readonly jobs: number;
  /** Empty; the repository is made there. */
  readonly folder: string;
  /** The command line. */
  readonly cli: string;
  readonly onJobDone: () => void;
}

export interface Outcome extends Fate {
  readonly written: number;
  readonly refusals: number;
  readonly waits: number;
  readonly failedCommits: number;
  readonly seconds: number;
}

/** With `locks`, who does not ask. */
export const neverAsks: string = agentNames[agentNames.length - 1] as string;

export async function runTrial(trial: Trial): Promise<Outcome> {
  const ground = prepare(trial.folder, trial.way, trial.cli);
  const tally = new Tally();
  const began = performance.now();
  try {
    const parts = [...planJobs(trial.seed, trial.jobs)].map(([name, jobs], index): Part => ({
      client: new Client(ground, name, index + 1),
      jobs,
      asking: trial.way === 'locks' && name !== neverAsks ? askingAs(ground, name) : null,
      tally,
      isServed: (agent) => isServed(ground, agent),
      onJobDone: trial.onJobDone,
    }));
    // Chance of its own: which step comes next does not hang on how many jobs there are.
    await interleave(parts.map(workThrough), new Random(trial.seed + scheduleOffset));
  } finally {
    ground.leave();
  }
  const seconds = (performance.now() - began) / 1_000;
  const { written, ...counted } = tally;
  return { ...fateOf(ground, written), ...counted, written: written.size, seconds };
}

const scheduleOffset = 1_000_000;

function askingAs(ground: Ground, agent: string): Asking {
  const rhema = (...args: readonly string[]): string => ground.rhema(...args).join(' ');
  return {
    join: rhema('agent', 'join', agent),
    acquire: (files) => rhema('lock', 'acquire', ...files, '--ttl', '10m', '--agent', agent),
  };
}

async function isServed(ground: Ground, agent: string): Promise<boolean> {
  const { stdout } = await start(ground.rhema('lock', 'list', '--json'), ground).ended;
  const { waiters } = JSON.parse(stdout) as { readonly waiters: readonly { readonly agent: string }[] };
  return waiters.every((waiter) => waiter.agent !== agent);
}
