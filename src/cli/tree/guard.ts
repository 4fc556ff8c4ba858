import type { Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';

/** `rhema guard`: whether what is about to be written is in the way of others. */
export function addGuardCommands(program: Command, host: Host): void {
  const group = program.command('guard').description('stop what would write where somebody else works');
  const check = group
    .command('check')
    .description(
      'whether files, or what is staged for a commit, may be written now, or a shell command line run, or commits that were made were in the way of others then; 3 where not',
    )
    .argument('[paths...]', 'files and folders; they need not exist')
    .option('--staged', 'what a commit of the index would change')
    .option('--command <text>', 'what a shell command line would write; it is not run')
    .option(
      '--range <range>',
      'commits that were made, such as origin/main..: by the log, who held what when each was made',
    )
    .option(
      '--log <file>',
      'with --range: the log to go by, such as an export of another machine (- is standard input)',
    )
    .option(
      '--format <format>',
      'with --range: text, json, sarif (SARIF 2.1.0) or github (annotations of GitHub Actions)',
    )
    .option(
      '--agent <agent>',
      'who writes (default: $RHEMA_AGENT; without both, somebody who takes no part)',
    );
  notes(
    check,
    'Refused is what another agent has locked: the file, its whole scope or, of a folder, anything below. What is outside of the repository, ignored by Git, in no scope or free passes; what nobody holds passes unless strict_mode is on. Nothing is locked by this.\n\nOf a command line, what its text says is judged: redirections, the usual commands that write, and those that they are given to, such as by sh -c or xargs. What cannot be known is listed, and not refused. Of Git is refused, as in the clients of agents, what would take along what others have not committed yet in this working tree.\n\nA commit of a range is refused for what another agent had locked through the whole second in which it was made. It is of the agent that its trailer Rhema-Agent names, where the log has granted that agent the token that Rhema-Token names.',
  );
  examples(
    check,
    'rhema guard check src/login.ts',
    'rhema guard check --staged',
    'rhema guard check --staged --agent alice --json',
    `rhema guard check --command "cd src && sed -i 's/a/b/' login.ts"`,
    'rhema guard check --range origin/main..',
    'rhema guard check --range origin/main.. --log coordination.jsonl --format sarif',
  );
  implement(check, host, async () => (await import('../commands/guard-check.ts')).guardCheck);
}
