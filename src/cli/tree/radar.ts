import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';

/** `rhema radar`: what will clash. */
export function addRadarCommand(program: Command, host: Host): void {
  const radar = program
    .command('radar')
    .description(
      'which files will clash when working trees come together, as they are now, with what is not committed; 3 when some do',
    )
    .option(
      '--branches',
      'also local branches that are ahead of the main working tree and checked out nowhere',
    )
    .option('--agent <name>', 'only what concerns this agent')
    .option('--watch', 'look again and again, and tell what has changed; with --json one line for each look')
    .option('--every <duration>', 'with --watch: between two looks; 10s unless given');
  notes(
    radar,
    `Each two are merged for trial, outside of the repository: no tree, index or branch is changed, and no program that the
configuration names is started. What was merged before is remembered, and told by rhema status and the hooks of agents.`,
  );
  examples(radar, 'rhema radar', 'rhema radar --branches --json', 'rhema radar --watch --every 30s');
  implement(radar, host, async () => (await import('../commands/radar.ts')).showRadar);
}
