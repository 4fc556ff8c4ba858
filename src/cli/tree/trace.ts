import { Option, type Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';

/** `rhema trace`: the log as a picture over time. */
export function addTraceCommands(program: Command, host: Host): void {
  const group = program.command('trace').description('the log as a picture over time');
  const load = () => import('../commands/trace.ts');
  const traceExport = group
    .command('export')
    .description('who held, waited for and synced what, when, for a viewer of traces')
    .addOption(
      new Option('--format <format>', 'trace events in JSON, for https://ui.perfetto.dev or chrome://tracing')
        .choices(['perfetto'])
        .default('perfetto'),
    )
    .option('--since <time>', 'from then on: 10m ago, 14:02 or ISO 8601; else all of the log that is kept')
    .option('--out <file>', 'write there; else to standard output');
  notes(
    traceExport,
    `Each agent is a track: what it held, waited for and synced are slices, messages and revocations are marks, and an arrow leads
from what gave a lock free to who got it then. docs/trace.md has more.`,
  );
  examples(
    traceExport,
    'rhema trace export --out day.json --since "8h ago"',
    'rhema trace export > trace.json',
  );
  implement(traceExport, host, async () => (await load()).exportTrace);
}
