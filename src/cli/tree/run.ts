import type { Command } from 'commander';
import { examples, implement, notes, usageHint } from '../declare.ts';
import type { Host } from '../declare.ts';
import { actingAgent, leaseOptions } from './options.ts';

/** `rhema run`: a command under locks. */
export function addRunCommand(program: Command, host: Host): void {
  const run = leaseOptions(
    actingAgent(
      program
        .command('run')
        .description(
          'run a command under locks, which are renewed meanwhile and given back on every way out',
        ),
    ),
  )
    .requiredOption(
      '--scope <scopes...>',
      'what to lock, all of it or nothing: scopes, files of them, resources such as @git',
    )
    .option(
      '--no-kill-on-loss',
      'let the command go on when its lease is lost or run is killed; by default it is ended, with code 1',
    )
    .argument('<command...>', 'the command and its arguments, after --')
    .usage('--scope <scopes...> [options] -- <command...>');
  examples(
    run,
    'rhema run --scope src/core --wait -- npm test',
    'rhema run --scope src/core --wait 2m --ttl 30s --agent alice -- ./migrate.sh',
  );
  notes(run, environmentNotes);
  usageHint(run, 'the command comes after --, as in: rhema run --scope src/core -- npm test');
  implement(run, host, async () => (await import('../commands/run.ts')).run);
}

const environmentNotes = `The command finds in its environment:
  RHEMA_AGENT, RHEMA_EPOCH  who it acts as; every rhema command it calls acts so, too
  RHEMA_TOKEN               the fencing token, to be checked by whatever it writes to
  RHEMA_SCOPE               the first of what it holds: a scope, a file, or a resource such as @deploy
  RHEMA_SCOPES              all of it, one a line
  RHEMA_SLOT_DEPLOY         of each resource, here @deploy, the number of the slot that it has
  RHEMA_DEADLINE            when the lease would end if nobody renewed it
  RHEMA_RUN                 a mark, by which run knows again what the command has started

An agent that has joined already is used as it is; else one joins for as long as the command runs.
With --json standard output has one answer, with the command's exitCode, and what the command says goes to standard error.
The exit code is that of the command; 3 and 4 also tell that it was refused, or waited in vain, before it began.

The command has ended before its lease does, so that nobody is let in while it works. When nothing can be renewed any
more, the coordinator being frozen, dead or out of reach, or max_contended_hold being over, it gets SIGTERM 6 s before the
end of the lease (a quarter of a lease shorter than 24 s), and SIGKILL 1 s before it (a twelfth of one shorter than 12 s),
with all that it has started: on Linux each process in its session, whatever group that has made for itself and also when its
parent has ended, looked for again until there is none; elsewhere each process in its group; and what descends from one of
these. On a terminal the command shares the session of the shell: there on Linux each process in it that has the mark
RHEMA_RUN of this run in its environment, elsewhere what descends from the command.
When the lock is lost at once, it gets SIGTERM in the same moment, and SIGKILL 1 s later: when it is revoked, when the agent
leaves, is lost or taken over, and when another command, or the command itself, gives the lock back.
A helper process does the same when run itself is stopped (SIGSTOP), with SIGTERM up to half a second later, and when run is
killed (kill -9), with SIGTERM at once and SIGKILL 5 s later, or 1 s before the end of the lease if that is sooner. Where
flock(1) would go on holding the lock for as long as the command does, here the command ends. Only a process that has left
the session (elsewhere the group), and whose parent has ended, may outlive it: a daemon. With --no-kill-on-loss the command is
never ended, and may work beside the next holder.

When the command has ended and something in its session works on (sh -c 'make &'), the lock is kept, and renewed, until that
has ended, too, as with flock(1): run says so on standard error and names it. Ctrl-C, or kill, tells it to end, and ends it by
force 5 s later, or at once when repeated; the exit code is still that of the command. What is left behind by a command that
ended because run was told to end is ended in the same way. A daemon is not waited for.

The log names the program as the reason of the lock, never its arguments; --reason says more. Of a lock that the agent holds
already the reason stays what it was, unless --reason is given, and the lock is not given back.`;
