/**
 * Asks TLC whether recorded logs are behaviours of the specification, and prints one line of a table for each. From the
 * root of the repository, after `npm run build`:
 *
 *     npx tsc -p test/trace
 *     node build/test/trace/main.js FILE...    logs and exports of logs
 *     node build/test/trace/main.js --record   records logs first: simulations, killed processes, the demo
 *
 * Exit code 1 when one is rejected. Needs Java and TLC.
 */
import { parseArgs } from 'node:util';
import { decodeState, initialState, type Entry, type State } from '../../src/core/index.ts';
import { realLogs } from '../../src/cli/world/real-logs.ts';
import { recordAll } from './record.ts';
import { validateTrace, type TraceVerdict } from './validate.ts';

interface Recording {
  readonly entries: readonly Entry[];
  readonly base: State;
}

async function readLog(path: string): Promise<Recording> {
  const log = await realLogs.open(path);
  try {
    const entries: Entry[] = [];
    for await (const record of log.records) if (record.kind === 'entry') entries.push(record.entry);
    return { entries, base: log.base === null ? initialState() : decodeState(log.base.body) };
  } finally {
    log.close();
  }
}

async function judge(name: string, { entries, base }: Recording): Promise<void> {
  const startedAt = performance.now();
  const verdict = await validateTrace(entries, base);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  row(
    name,
    String(entries.length),
    String(verdict.consumed),
    String(verdict.outside),
    `${seconds} s`,
    told(verdict),
  );
  if (verdict.rejected !== null) process.exitCode = 1;
}

function told({ rejected }: TraceVerdict): string {
  return rejected === null ? 'accepted' : `**rejected** at revision ${rejected.revision}: ${rejected.why}`;
}

function row(...cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { record: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  row('log', 'entries', 'consumed', 'settings', 'time', 'result');
  row('---', '---', '---', '---', '---', '---');
  for (const path of positionals) await judge(path, await readLog(path));
  if (!values.record) return;
  for await (const { name, ...recording } of recordAll()) await judge(name, recording);
}

await main();
