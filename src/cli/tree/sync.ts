import { Option, type Command } from 'commander';
import { examples, implement, notes } from '../declare.ts';
import type { Host } from '../declare.ts';
import { actingAgent } from './options.ts';

const load = () => import('../commands/sync.ts');
const scopeHelp = 'folder of the scope';

/** `rhema sync`: scopes brought up to date in the order of their dependencies. */
export function addSyncCommands(program: Command, host: Host): void {
  const group = program
    .command('sync')
    .description('bring scopes up to date in the order of their dependencies');
  addRun(group, host);
  addViews(group, host);
  addRunCommands(group, host);
  addOperatorCommands(group, host);
}

function addRun(group: Command, host: Host): void {
  const run = actingAgent(
    group
      .command('run')
      .description(
        'bring scopes up to date: check them, run what they declare, record what they were synced as',
      )
      .argument('[scopes...]', 'these scopes and what they depend on; none: all'),
  )
    .option('--all', 'all scopes, whichever are named')
    .option('--jobs <number>', 'how many commands run at once (default: the processors of this machine)')
    .option('--dry-run', 'only say what would be synced, in which order and why')
    .option('--no-retry', 'leave a command that fails at its first failure')
    .option('--allow-commands', 'run what the scopes declare without having been asked about it, as in CI')
    .addOption(new Option('--auto', 'as the coordinator does it by itself').hideHelp());
  notes(
    run,
    'A scope is synced after all that it depends on: its definition and its context files are checked, and the command under sync.run of its scope file is run in its folder, if there is one and you have allowed it. What is as it was synced is left out. A failure is retried after a pause, as often as max_retries says, and holds back what depends on it. See docs/sync.md.',
  );
  examples(run, 'rhema sync run', 'rhema sync run src/api --dry-run', 'rhema sync run --jobs 2 --no-retry');
  implement(run, host, async () => (await import('../commands/sync-run.ts')).syncRun);

  const output = group
    .command('output')
    .description('what the last command of a scope has said, its last 48 KiB')
    .argument('<scope>', scopeHelp);
  examples(output, 'rhema sync output src/core');
  implement(output, host, async () => (await import('../commands/sync-output.ts')).syncOutput);

  const allow = group
    .command('allow')
    .description(
      'let the commands be run that scopes declare now; each is shown, and another one has to be allowed anew',
    )
    .option(
      '--auto',
      "also when nobody has asked for a sync: a checkout of somebody's branch then runs what is in it",
    )
    .option('-y, --yes', 'without being asked');
  examples(allow, 'rhema sync allow');
  implement(allow, host, async () => (await import('../commands/sync-allow.ts')).syncAllow);
}

function addViews(group: Command, host: Host): void {
  const status = group
    .command('status')
    .description('the sync status of scopes: why it is so, and what comes next')
    .argument('[scopes...]', 'folders of scopes; none: all that were ever synced');
  examples(status, 'rhema sync status', 'rhema sync status src/core --json');
  implement(status, host, async () => (await import('../commands/sync-status.ts')).syncStatus);

  const plan = group
    .command('plan')
    .description(
      'what is to be synced and in which order; the scopes of one step can be synced at the same time',
    )
    .argument('[scopes...]', 'these scopes and what they depend on; none: all');
  examples(plan, 'rhema sync plan', 'rhema sync plan src/api');
  implement(plan, host, async () => (await import('../commands/sync-plan.ts')).syncPlan);
}

function addRunCommands(group: Command, host: Host): void {
  const start = actingAgent(
    group.command('start').description('begin to sync a scope whose dependencies are all completed'),
  ).argument('<scope>', scopeHelp);
  examples(start, 'rhema sync start src/core --agent alice');
  implement(start, host, async () => (await load()).startSync);

  const complete = ofRun(group.command('complete').description('end a sync run with success'))
    .option('--digest <hex>', 'digest of what the scope is now')
    .option('--against <scope=digest...>', 'digests of the dependencies that it was synced against');
  examples(complete, 'rhema sync complete src/core --run 42 --agent alice');
  implement(complete, host, async () => (await load()).completeSync);

  const fail = ofRun(group.command('fail').description('end a sync run with an error'))
    .requiredOption('--error <text>', 'what went wrong')
    .usage('--run <number> --error <text> [options] <scope>');
  examples(fail, 'rhema sync fail src/core --run 42 --error "schema is invalid" --agent alice');
  implement(fail, host, async () => (await load()).failSync);
}

function ofRun(command: Command): Command {
  return actingAgent(command)
    .argument('<scope>', scopeHelp)
    .requiredOption('--run <number>', 'the run, as its start has told')
    .usage('--run <number> [options] <scope>');
}

function addOperatorCommands(group: Command, host: Host): void {
  const retry = group
    .command('retry')
    .description('let a failed sync be started again, within its budget of retries')
    .argument('<scope>', scopeHelp);
  examples(retry, 'rhema sync retry src/core');
  implement(retry, host, async () => (await load()).retrySync);

  const reset = group
    .command('reset')
    .description('let a failed sync be started again whatever its budget, which is renewed')
    .argument('<scope>', scopeHelp);
  examples(reset, 'rhema sync reset src/core');
  implement(reset, host, async () => (await load()).resetSync);

  const abort = group
    .command('abort')
    .description('end a running sync without a verdict')
    .argument('<scope>', scopeHelp)
    .option('--reason <text>', 'why, for the log');
  examples(abort, 'rhema sync abort src/core --reason "started by mistake"');
  implement(abort, host, async () => (await load()).abortSync);

  const invalidate = group
    .command('invalidate')
    .description('declare that a scope has changed: it and all that depends on it is to be synced again')
    .argument('<scope>', scopeHelp)
    .option('--reason <text>', 'why, for the log');
  examples(invalidate, 'rhema sync invalidate src/core');
  implement(invalidate, host, async () => (await load()).invalidateSync);
}
