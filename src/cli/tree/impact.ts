import type { Command } from 'commander';
import { examples, implement } from '../declare.ts';
import type { Host } from '../declare.ts';

/** `rhema impact`: what a change reaches. */
export function addImpactCommand(program: Command, host: Host): void {
  const impact = program
    .command('impact')
    .description('which scopes depend on a change, who works there, and what is synced again because of it')
    .argument('<changes...>', 'files, scopes, or a range of commits such as main..HEAD');
  examples(
    impact,
    'rhema impact src/core',
    'rhema impact src/core/login.ts',
    'rhema impact main..HEAD --json',
  );
  implement(impact, host, async () => (await import('../commands/impact.ts')).showImpact);
}
