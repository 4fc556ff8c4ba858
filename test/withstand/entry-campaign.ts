/** `npm run entries -- --operations 10000 --seed 1`: many writers change entries of one context file, and none may be lost. */
import { parseArgs } from 'node:util';
import { entryCampaign, type EntryReport } from './entries.ts';

const { values } = parseArgs({
  options: { operations: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const report = await entryCampaign(Number(values.operations), Number(values.seed));
process.stdout.write(`${describe(report)}\n`);
process.exitCode = report.faults.length > 0 ? 1 : 0;

function describe({ seed, done, refused, elapsedMs, faults }: EntryReport): string {
  const ways = Object.entries(done).map(([way, count]) => `${way} ${count}`);
  const summary = `seed ${seed}, ${(elapsedMs / 1_000).toFixed(0)} s: ${ways.join(', ')}; ${refused} refused`;
  return faults.length === 0
    ? `${summary}; nothing lost`
    : [summary, ...faults.map((one) => `  ${one}`)].join('\n');
}
