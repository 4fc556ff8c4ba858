/** Records logs of real and of simulated runs. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { simulatedLog } from '../../sim/simulate.ts';
import { statePaths } from '../../src/client/index.ts';
import { initialState, type Entry, type State } from '../../src/core/index.ts';
import { openLogFile } from '../../src/daemon/index.ts';
import { killRounds } from '../withstand/kill.ts';
import { dist, packageRoot } from '../withstand/support/paths.ts';
import { storyOfDead, storyOfFiles, storyOfSlots, type Story } from './stories.ts';

export interface RecordedLog {
  readonly name: string;
  readonly entries: readonly Entry[];
  /** What the first entry follows. */
  readonly base: State;
}

const recorded = (name: string, entries: readonly Entry[]): RecordedLog => ({
  name,
  entries,
  base: initialState(),
});

const stories: Readonly<Record<string, () => Story>> = {
  'files of scopes': storyOfFiles,
  'slots of resources': storyOfSlots,
  'processes that end': storyOfDead,
};

const shortSeeds = Array.from({ length: 14 }, (_, place) => place + 1);
const longSeed = 7;
const longSteps = 1_500;
const shortSteps = 150;
const killSeeds = [1, 2];
const rounds = 25;

export async function* recordAll(): AsyncGenerator<RecordedLog> {
  for (const [name, tell] of Object.entries(stories)) {
    const { machine, log } = tell();
    yield { name, entries: log, base: initialState(machine.initialSettings) };
  }
  for (const seed of shortSeeds)
    yield recorded(`simulation, seed ${seed}`, await simulatedLog(seed, shortSteps));
  const long = await simulatedLog(longSeed, longSteps);
  yield recorded(`simulation, seed ${longSeed}, ${longSteps} steps`, long);
  for (const seed of killSeeds) {
    const { entries } = await killRounds(rounds, seed);
    yield recorded(`processes killed, ${rounds} rounds, seed ${seed}`, entries);
  }
  yield recorded('`npm start`', await recordDemo());
}

/** The log that the demo leaves in its clone. */
async function recordDemo(): Promise<readonly Entry[]> {
  const main = join(dist, 'demo', 'main.js');
  const said = execFileSync(process.execPath, [main, '--keep'], { cwd: packageRoot, encoding: 'utf8' });
  const worktree = /^a clone of .* in (.*)$/m.exec(said)?.[1];
  if (worktree === undefined) throw new Error(`the demo does not say where its clone is:\n${said}`);
  try {
    return await entriesIn(statePaths(join(worktree, '.git')).database);
  } finally {
    rmSync(dirname(worktree), { recursive: true, force: true });
  }
}

async function entriesIn(path: string): Promise<readonly Entry[]> {
  const log = await openLogFile(path);
  const entries: Entry[] = [];
  for await (const record of log.records) if (record.kind === 'entry') entries.push(record.entry);
  log.close();
  return entries;
}
