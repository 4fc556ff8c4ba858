import type { Command } from 'commander';
import { examples, implement } from '../declare.ts';
import type { Host } from '../declare.ts';

const load = () => import('../commands/safety.ts');

/** `rhema safety`: whether the rules hold. */
export function addSafetyCommands(program: Command, host: Host): void {
  const group = program
    .command('safety')
    .description('whether the rules hold, in the repository and in the state');

  const validate = group
    .command('validate')
    .description(
      'check the working tree: scope files, their graph and the configuration; 3 when they are unsound',
    );
  examples(validate, 'rhema safety validate', 'rhema safety validate --json');
  implement(validate, host, async () => (await load()).validate);

  const check = group
    .command('check')
    .description('check every invariant on the current state; 3 when one does not hold');
  examples(check, 'rhema safety check');
  implement(check, host, async () => (await load()).check);

  const violations = group
    .command('violations')
    .description(
      'list what does not hold: invariants of the state, and problems of the scope files as last read',
    );
  examples(violations, 'rhema safety violations --json');
  implement(violations, host, async () => (await load()).violations);
}
