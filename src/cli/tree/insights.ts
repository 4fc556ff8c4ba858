import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';

/** `rhema insights`: what a log shows of the work. */
export function addInsightsCommand(program: Command, host: Host): void {
  const insights = program
    .command('insights')
    .description(
      'what was busiest, who waited for whom and for how long, what went wrong, and what would help',
    )
    .option('--since <time>', 'from then on: 10m ago, 14:02 or ISO 8601; else all of the log that is kept');
  notes(
    insights,
    `Read from the log alone, and nothing is changed. Each finding names its entries (@1200), and one thing to try: a command, or a
line of rhema.yaml. What is below the thresholds in docs/insights.md is not told.`,
  );
  examples(
    insights,
    'rhema insights',
    'rhema insights --since "1d ago"',
    'rhema insights --since 09:00 --json',
  );
  implement(insights, host, async () => (await import('../commands/insights.ts')).showInsights);
}
