import { Command, CommanderError } from 'commander';
import { Call } from './call.ts';
import type { CliContext } from './context.ts';
import { examples } from './declare.ts';
import type { Host } from './declare.ts';
import { usageError } from './errors.ts';
import type { CommandError } from './errors.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { reportError } from './output.ts';
import { addAgentCommands } from './tree/agent.ts';
import { addHelpCommand } from './tree/help.ts';
import { addInitCommand } from './tree/init.ts';
import { addLockCommands } from './tree/lock.ts';
import { addMcpCommand } from './tree/mcp.ts';
import { addObservingCommands } from './tree/observe.ts';
import { addRunCommand } from './tree/run.ts';
import { addSafetyCommands } from './tree/safety.ts';
import { addScopeCommands } from './tree/scope.ts';
import { addSyncCommands } from './tree/sync.ts';
import { addToolCommands } from './tree/tools.ts';
import { addVerifyCommand } from './tree/verify.ts';

/** Carries out one command line (without `node` and the script) and says how the process ends. */
export async function runCli(args: readonly string[], context: CliContext): Promise<ExitCode> {
  const host: Host = { context, exitCode: exitCodes.done };
  const program = createProgram(host);
  try {
    await program.parseAsync(args, { from: 'user' });
    return host.exitCode;
  } catch (error) {
    return reportUnparsed(args, context, error);
  }
}

/** The tree of all commands. */
export function createProgram(host: Host): Command {
  const program = new Command('rhema')
    .description('Coordination for several coding agents on one Git repository.')
    .option('--json', 'answer with one JSON object on one line')
    .option('--direct', 'open the log in this process, without the background process')
    .option('-C, --directory <dir>', 'as if started in this folder')
    .option('--no-color', 'no colours; NO_COLOR and FORCE_COLOR are respected as well')
    .option('-q, --quiet', 'only the exit code and errors')
    .option('-V, --version', 'print the version');
  program.on('option:version', () => {
    host.context.stdout.write(`${host.context.version()}\n`);
    throw new CommanderError(exitCodes.done, 'commander.version', '');
  });
  examples(
    program,
    'rhema agent join alice',
    'rhema lock acquire src/core --agent alice --wait',
    'rhema status',
  );
  addInitCommand(program, host);
  addLockCommands(program, host);
  addAgentCommands(program, host);
  addRunCommand(program, host);
  addObservingCommands(program, host);
  addSyncCommands(program, host);
  addScopeCommands(program, host);
  addSafetyCommands(program, host);
  addVerifyCommand(program, host);
  addMcpCommand(program, host);
  addToolCommands(program, host);
  addHelpCommand(program, host);
  settle(program, host.context);
  return program;
}

/** What all commands of the tree have in common: nothing is printed or ended behind our back. */
function settle(command: Command, context: CliContext): void {
  command
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      // A usage error is told by `reportUnparsed`, as JSON where that is asked for; help that was forced is shown here.
      writeErr: (text) => {
        if (!text.startsWith('error:')) context.stderr.write(text);
      },
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const child of command.commands) settle(child, context);
}

/** The words were no command: nothing was opened yet, so the global options are found by looking at the words. */
async function reportUnparsed(
  args: readonly string[],
  context: CliContext,
  error: unknown,
): Promise<ExitCode> {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  const call = new Call(
    context,
    { json: own.includes('--json'), color: !own.includes('--no-color') },
    context.cwd,
  );
  if (!(error instanceof CommanderError)) return reportError(call, error);
  if (error.exitCode === 0) return exitCodes.done;
  if (error.code === 'commander.help') return exitCodes.invalid;
  return reportError(call, usageErrorOf(error));
}

function usageErrorOf(error: CommanderError): CommandError {
  return usageError(error.message.replace(/^error: /, '').replace(/\n\s*/g, ' '));
}
