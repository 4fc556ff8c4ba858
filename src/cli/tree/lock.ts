import type { Command } from 'commander';
import { examples, implement } from '../declare.ts';
import type { Host } from '../declare.ts';
import { actingAgent, leaseOptions, tokenOption } from './options.ts';

const load = () => import('../commands/lock.ts');

const nameHelp = 'a file, there or not yet; the folder of a scope; or a resource, as @deploy';
const namesHelp = 'files, there or not yet; folders of scopes; resources, as @deploy';

/** `rhema lock`: what overlaps has one holder. */
export function addLockCommands(program: Command, host: Host): void {
  const group = program
    .command('lock')
    .description('take files, scopes and resources, give them back, see who has them');
  addAcquire(group, host);
  addHolderCommands(group, host);
  addQueueCommands(group, host);
  addViews(group, host);
}

function addAcquire(group: Command, host: Host): void {
  const acquire = leaseOptions(
    actingAgent(
      group
        .command('acquire')
        .description('take locks on files, whole scopes or resources, all of them or none'),
    ),
    'else lock_timeout, or 15 min for a person at a terminal',
  )
    .argument('[names...]', namesHelp)
    .option('--changed', 'every file that you have changed since the last commit, or made')
    .option('--all', 'every scope, as for a release');
  examples(
    acquire,
    'rhema lock acquire src/core/login.ts test/login.test.ts --agent alice --reason "refactor auth"',
    'rhema lock acquire src/core --agent alice',
    'rhema lock acquire @deploy --agent alice',
    'rhema lock acquire --changed --agent alice',
    'rhema lock acquire src/core --agent alice --wait 30s --ttl 5m',
    'rhema lock acquire src/core --agent alice --json',
  );
  implement(acquire, host, async () => (await import('../commands/lock-acquire.ts')).acquireLock);
}

function addHolderCommands(group: Command, host: Host): void {
  const release = tokenOption(
    actingAgent(group.command('release').description('give locks back: the named ones, or all')),
  ).argument('[names...]', `${namesHelp}; none: all that the agent holds`);
  examples(release, 'rhema lock release src/core --agent alice', 'rhema lock release --agent alice');
  implement(release, host, async () => (await load()).releaseLock);

  const renew = tokenOption(
    actingAgent(group.command('renew').description('move the deadline of a held lock')),
  )
    .argument('<lock>', nameHelp)
    .option(
      '--ttl <duration>',
      'length of the lease from now on, which is never less than what is left of it; else as before',
    );
  examples(
    renew,
    'rhema lock renew src/core --agent alice',
    'rhema lock renew src/core --ttl 10m --agent alice',
  );
  implement(renew, host, async () => (await load()).renewLock);
}

function addQueueCommands(group: Command, host: Host): void {
  const cancel = actingAgent(group.command('cancel').description('give up the ticket: stop waiting'));
  examples(cancel, 'rhema lock cancel --agent bob');
  implement(cancel, host, async () => (await load()).cancelWait);

  const revoke = group
    .command('revoke')
    .description(
      "take a lock back from its holder, as an operator; the holder's token is worthless from then on",
    )
    .argument('<lock>', nameHelp)
    .option('--slot <number>', 'of a resource that several may have at once: whose slot, 1 unless given')
    .option('--reason <text>', 'why, for the log');
  examples(revoke, 'rhema lock revoke src/core --reason "its agent hangs"');
  implement(revoke, host, async () => (await load()).revokeLock);
}

function addViews(group: Command, host: Host): void {
  const list = group.command('list').description('who holds what, and who waits');
  examples(list, 'rhema lock list');
  implement(list, host, async () => (await load()).listLocks);

  const history = group
    .command('history')
    .description('what happened to a lock, and to those who waited for it')
    .argument('[lock]', `${nameHelp}; none: all`)
    .option('--limit <number>', 'at most so many entries', '50');
  examples(history, 'rhema lock history src/core', 'rhema lock history --limit 10 --json');
  implement(history, host, async () => (await import('../commands/log.ts')).lockHistory);
}
