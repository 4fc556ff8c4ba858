import type { Command } from 'commander';
import { examples, implement } from '../declare.ts';
import type { Host } from '../declare.ts';

const load = () => import('../commands/safety-violations.ts');

const formatFlag = '--format <format>';
const formatHelp =
  'text, json, sarif (SARIF 2.1.0) or github (annotations of GitHub Actions); text unless --json';

/** `rhema safety`: whether the rules hold. */
export function addSafetyCommands(program: Command, host: Host): void {
  const group = program
    .command('safety')
    .description('whether the rules hold, in the repository and in the state');

  const validate = group
    .command('validate')
    .description(
      'check the working tree: scope files, their graph, the configuration and context files; 3 when they are unsound',
    )
    .option(formatFlag, formatHelp);
  examples(
    validate,
    'rhema safety validate',
    'rhema safety validate --format sarif > rhema.sarif',
    'rhema safety validate --format github',
  );
  implement(validate, host, async () => (await import('../commands/safety-validate.ts')).validate);

  const check = group
    .command('check')
    .description(
      'check every invariant on the current state, the state against its log, and the context files against what was recorded of them; 3 when something does not hold',
    )
    .option('--no-log', 'without replaying the log, which takes seconds where it is long')
    .option(formatFlag, formatHelp);
  examples(check, 'rhema safety check', 'rhema safety check --no-log --json');
  implement(check, host, async () => (await import('../commands/safety-check.ts')).check);

  const violations = group
    .command('violations')
    .description(
      'list what was found to break a rule and is not over: since when, who held it then, and what to do; and what is wrong with the scope files as last read',
    )
    .option('--past', 'also what is over, and how it ended')
    .option('--limit <number>', 'of what is over, at most so many', '50');
  examples(violations, 'rhema safety violations', 'rhema safety violations --past --json');
  implement(violations, host, async () => (await load()).violations);

  const watch = group
    .command('watch')
    .description(
      'tell what begins and ceases to break a rule, until it is stopped; with --json one line for each',
    );
  examples(watch, 'rhema safety watch', 'rhema safety watch --json');
  implement(watch, host, async () => (await load()).watchViolations);
}
