/** `npm run chaos -- --rounds 1000 --seed 7`: kills agents and owners until it is told enough, or until something is lost. */
import { parseArgs } from 'node:util';
import { killRounds, type KillReport } from './kill.ts';

/** Rounds on one repository; the next ones get a new one, under the next seed, so that each can be repeated alone. */
const roundsPerRun = 50;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
process.exitCode = await chaos(wholeNumber('rounds', values.rounds), wholeNumber('seed', values.seed));

async function chaos(rounds: number, firstSeed: number): Promise<number> {
  for (let done = 0, seed = firstSeed; done < rounds; done += roundsPerRun, seed += 1) {
    const report = await killRounds(Math.min(roundsPerRun, rounds - done), seed);
    process.stdout.write(`${describe(report)}\n`);
    if (report.faults.length > 0) return 1;
  }
  return 0;
}

function describe({ seed, killed, committed, acknowledged, faults }: KillReport): string {
  const kills = Object.entries(killed).map(([victim, times]) => `${victim} ${times}`);
  const summary = `seed ${seed}: killed ${kills.join(', ')}; ${committed} commands in the log, ${acknowledged} answers`;
  if (faults.length === 0) return `${summary}; nothing lost`;
  return [
    summary,
    ...faults.map((fault) => `  ${fault}`),
    `repeat with: --rounds ${roundsPerRun} --seed ${seed}`,
  ].join('\n');
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`--${name} ${text}: it is a whole number`);
}
