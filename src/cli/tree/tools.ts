import type { Command } from 'commander';
import type { CompleteInput } from '../commands/complete.ts';
import { examples, implement } from '../declare.ts';
import type { Host } from '../declare.ts';

/** The tool itself: its process, configuration, health, and shell completion. */
export function addToolCommands(program: Command, host: Host): void {
  addDaemon(program, host);
  addConfig(program, host);
  addDoctor(program, host);
  addCompletion(program, host);
}

function addDaemon(program: Command, host: Host): void {
  const load = () => import('../commands/daemon.ts');
  const group = program
    .command('daemon')
    .description('the background process that owns the log; it starts and leaves by itself');

  const status = group.command('status').description('whether it runs, and how it is');
  examples(status, 'rhema daemon status --json');
  implement(status, host, async () => (await load()).daemonStatus);

  const stop = group
    .command('stop')
    .description(
      'let it finish what runs, and leave; where it does not, its process is killed: nothing that was told is lost',
    );
  examples(stop, 'rhema daemon stop');
  implement(stop, host, async () => (await load()).daemonStop);

  const restart = group
    .command('restart')
    .description(
      'let it finish and leave, and start one of this version: what is held or waited for stays so; after an update',
    );
  examples(restart, 'rhema daemon restart');
  implement(restart, host, async () => (await load()).daemonRestart);

  const logs = group
    .command('logs')
    .description('what it has written about itself')
    .option('--lines <number>', 'the last so many lines', '50')
    .option('-f, --follow', 'go on with what is yet to come');
  examples(logs, 'rhema daemon logs --lines 200', 'rhema daemon logs --follow');
  implement(logs, host, async () => (await load()).daemonLogs);

  const run = group.command('run', { hidden: true }).description('be that process, in the foreground');
  implement(run, host, async () => (await load()).daemonRun);
}

function addConfig(program: Command, host: Host): void {
  const load = () => import('../commands/config.ts');
  const group = program.command('config').description('the agent_coordination block of the root scope');

  const show = group.command('show').description('every option, its value, and where the value comes from');
  examples(show, 'rhema config show', 'rhema config show --json');
  implement(show, host, async () => (await load()).showConfig);

  const explain = group
    .command('explain')
    .description('what an option means, its default and its bounds')
    .argument('[key]', 'such as lock_timeout; none: all');
  examples(explain, 'rhema config explain lock_timeout');
  implement(explain, host, async () => (await load()).explainConfig);

  const check = group
    .command('check')
    .description('what is wrong with the configuration; 3 when something is');
  examples(check, 'rhema config check');
  implement(check, host, async () => (await load()).checkConfig);
}

function addDoctor(program: Command, host: Host): void {
  const doctor = program
    .command('doctor')
    .description(
      'check Git, the repository, the log, the process and the sessions, each finding with its remedy; where the clone is coordinated by a server elsewhere, that server',
    );
  examples(doctor, 'rhema doctor', 'rhema doctor --json', 'rhema doctor --server http://127.0.0.1:7421');
  implement(doctor, host, async () => (await import('../commands/doctor.ts')).doctor);
}

function addCompletion(program: Command, host: Host): void {
  const completion = program
    .command('completion')
    .description('a script that completes commands, options, scopes and agents in your shell')
    .argument('<shell>', 'bash, zsh or fish');
  examples(
    completion,
    'source <(rhema completion bash)',
    'rhema completion zsh > "${fpath[1]}/_rhema"',
    'rhema completion fish > ~/.config/fish/completions/rhema.fish',
  );
  implement(completion, host, async () => (await import('../commands/completion.ts')).completionScript);

  const complete = program
    .command('__complete', { hidden: true })
    .description('the words that may come next, one a line')
    .option('--shell <shell>', 'who asks')
    .option('--breaks <characters>', 'of bash: where it begins a word anew')
    .argument('[words...]', 'the words so far, the last one unfinished; of bash: the line up to the cursor');
  implement(complete, host, async () => {
    const { completeWords } = await import('../commands/complete.ts');
    return (call, input: CompleteInput) => completeWords(call, program, input);
  });
}
