import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';

/** `rhema fit`: whether the scopes fit the work. */
export function addFitCommand(program: Command, host: Host): void {
  const fit = program
    .command('fit')
    .description(
      'replay the history of this repository over its scopes: how much more several agents get done than one, what they wait for, and which other choice would give more',
    )
    .option(
      '--commits <number>',
      'the last so many commits of people; of a log, the last so many claims',
      '300',
    )
    .option('--agents <number>', 'for how many agents other choices are compared', '3')
    .option('--from-log', 'what agents have locked here, as the log has it, in place of commits')
    .option('--claim <claim>', 'compare: a file is claimed alone (file), or with its whole scope (scope)')
    .option('--free <patterns...>', 'compare: these files need no lock either')
    .option('--split <patterns...>', 'compare: these folders are scopes as well')
    .option('--locks <number>', 'compare: in how many scopes one agent may hold something')
    .option('--write', 'write the changes that are recommended into the configuration');
  examples(
    fit,
    'rhema fit',
    'rhema fit --agents 5 --claim scope',
    "rhema fit --free 'docs/news/**'",
    'rhema fit --write',
  );
  notes(fit, fitNotes);
  implement(fit, host, async () => (await import('../commands/fit.ts')).fitScopes);
}

const fitNotes = `Each commit is a job: it is taken to need two minutes and one for each of its files, at most ten, and a lock of all that
it touched from its beginning to its end. Agents take the jobs in order, ask for everything at once, and wait. The machine
that does this is the coordinator's own, in simulated time. docs/fit.md tells what is counted, and what is left out.`;
