import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';

/** `rhema top`: on the whole terminal. */
export function addTopCommand(program: Command, host: Host): void {
  const top = program
    .command('top')
    .description(
      'agents, locks, the queue and violations on the whole terminal, kept up to date; ? shows the keys',
    );
  notes(
    top,
    `Sort, filter, look into an agent or a lock, revoke a lock. A lost connection is shown, and resumed. Without a terminal:
rhema status --watch.`,
  );
  examples(top, 'rhema top', 'rhema top --server http://127.0.0.1:7421');
  implement(top, host, async () => (await import('../commands/top.ts')).showTop);
}
