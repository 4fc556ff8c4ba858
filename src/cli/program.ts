import { Command, CommanderError } from 'commander';
import { Call } from './call.ts';
import type { ProcessPorts, Output } from './process/ports.ts';
import { examples } from './declare.ts';
import type { Host } from './declare.ts';
import { exitCodes } from './answer/exit-codes.ts';
import type { ExitCode } from './answer/exit-codes.ts';
import { styleOf } from './format/style.ts';
import { jsonLine } from './format/text.ts';
import { helpFitted } from './format/help-text.ts';
import { reportError } from './answer/output.ts';
import { addAgentCommands } from './tree/agent.ts';
import { addCommitCommand } from './tree/commit.ts';
import { addContextCommands } from './tree/context.ts';
import { addFitCommand } from './tree/fit.ts';
import { addHelpCommand } from './tree/help.ts';
import { addHooksCommands } from './tree/hooks.ts';
import { addInitCommand } from './tree/init.ts';
import { addInsightsCommand } from './tree/insights.ts';
import { addLockCommands } from './tree/lock.ts';
import { addMcpCommand } from './tree/mcp.ts';
import { addMigrateCommand } from './tree/migrate.ts';
import { addMessageCommands } from './tree/messages.ts';
import { addObservingCommands } from './tree/observe.ts';
import { addRadarCommand } from './tree/radar.ts';
import { addRunCommand } from './tree/run.ts';
import { addSafetyCommands } from './tree/safety.ts';
import { addServeCommands } from './tree/serve.ts';
import { addScopeCommands } from './tree/scope.ts';
import { addGitHookCommand } from './tree/git-hook.ts';
import { addGuardCommands } from './tree/guard.ts';
import { addHookCommand } from './tree/hook.ts';
import { addImpactCommand } from './tree/impact.ts';
import { addSyncCommands } from './tree/sync.ts';
import { addUninstallCommand } from './tree/uninstall.ts';
import { addToolCommands } from './tree/tools.ts';
import { addTopCommand } from './tree/top.ts';
import { addTraceCommands } from './tree/trace.ts';
import { addVerifyCommand } from './tree/verify.ts';
import { addWebhookCommands } from './tree/webhook.ts';
import { usageErrorOf } from './answer/usage.ts';

/** Carries out one command line (without `node` and the script) and says how the process ends. */
export async function runCli(args: readonly string[], ports: ProcessPorts): Promise<ExitCode> {
  const json = wordsOf(args).includes('--json');
  const host: Host = { ports, exitCode: exitCodes.done, ...(json ? { keptBack: [] } : {}) };
  const program = createProgram(host, args);
  try {
    await program.parseAsync(args, { from: 'user' });
    tellKeptBack(host);
    return host.exitCode;
  } catch (error) {
    return reportUnparsed(args, host, error);
  }
}

/** Without those of a command that `run` is to start. */
const wordsOf = (args: readonly string[]): readonly string[] =>
  args.includes('--') ? args.slice(0, args.indexOf('--')) : args;

function tellKeptBack({ ports, keptBack }: Host): void {
  const help = keptBack?.join('') ?? '';
  if (help !== '') ports.stdout.write(`${jsonLine({ ok: true, revision: null, help })}\n`);
}

interface Branch {
  /** The first words of its commands; those that look at the whole tree are left out. */
  readonly words: readonly string[];
  readonly grow: (program: Command, host: Host) => void;
}

/** In the order of the help. */
const branches: readonly Branch[] = [
  { words: ['init'], grow: addInitCommand },
  { words: ['migrate'], grow: addMigrateCommand },
  { words: ['fit'], grow: addFitCommand },
  { words: ['lock'], grow: addLockCommands },
  { words: ['agent'], grow: addAgentCommands },
  { words: ['run'], grow: addRunCommand },
  { words: ['commit'], grow: addCommitCommand },
  { words: ['status', 'log', 'why'], grow: addObservingCommands },
  { words: ['top'], grow: addTopCommand },
  { words: ['insights'], grow: addInsightsCommand },
  { words: ['trace'], grow: addTraceCommands },
  { words: ['radar'], grow: addRadarCommand },
  { words: ['guard'], grow: addGuardCommands },
  { words: ['hook'], grow: addHookCommand },
  { words: ['hooks'], grow: addHooksCommands },
  { words: ['git-hook'], grow: addGitHookCommand },
  { words: ['say', 'inbox'], grow: addMessageCommands },
  { words: ['sync'], grow: addSyncCommands },
  { words: ['impact'], grow: addImpactCommand },
  { words: ['scope'], grow: addScopeCommands },
  { words: ['context'], grow: addContextCommands },
  { words: ['safety'], grow: addSafetyCommands },
  { words: ['verify-log'], grow: addVerifyCommand },
  { words: ['mcp'], grow: addMcpCommand },
  { words: ['serve', 'token', 'login', 'logout', 'whoami'], grow: addServeCommands },
  { words: ['webhook'], grow: addWebhookCommands },
  { words: ['daemon', 'config', 'doctor', 'completion'], grow: addToolCommands },
  { words: ['uninstall'], grow: addUninstallCommand },
  { words: [], grow: addHelpCommand },
];

/**
 * The tree of all commands; where the words of a command line are given, of no more than they need: to declare all commands
 * takes longer than to carry one out.
 */
export function createProgram(host: Host, args: readonly string[] = []): Command {
  const program = new Command('rhema')
    .description('Coordination for several coding agents on one Git repository.')
    .option('--json', 'answer with one JSON object on one line')
    .option('--direct', 'open the log in this process, without the background process')
    .option(
      '--server <url>',
      'coordinate by a server (rhema serve) elsewhere; else RHEMA_SERVER, else as rhema login said',
    )
    .option('-C, --directory <dir>', 'as if started in this folder')
    .option('--git-dir <dir>', 'as if GIT_DIR named this folder')
    .option('--no-color', 'no colours; NO_COLOR and FORCE_COLOR are respected as well')
    .option('-q, --quiet', 'only the exit code and errors')
    .option('-V, --version', 'print the version');
  program.on('option:version', () => {
    const version = host.ports.version();
    const json = host.keptBack !== undefined;
    host.ports.stdout.write(`${json ? jsonLine({ ok: true, revision: null, version }) : version}\n`);
    throw new CommanderError(exitCodes.done, 'commander.version', '');
  });
  examples(
    program,
    'rhema agent join alice',
    'rhema lock acquire src/core --agent alice --wait',
    'rhema status',
  );
  const called = calledWord(program, args);
  const branch = branches.find(({ words }) => called !== null && words.includes(called));
  for (const { grow } of branch === undefined ? branches : [branch]) grow(program, host);
  settle(program, host);
  return program;
}

/** The first word that is no option; null where there is none, or where an option is unknown. */
function calledWord(program: Command, args: readonly string[]): string | null {
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    if (!word.startsWith('-')) return word;
    const option = program.options.find(({ short, long }) => word === short || word === long);
    if (option === undefined) return null;
    if (option.required) index += 1;
  }
  return null;
}

/** What all commands of the tree have in common: nothing is printed or ended behind our back. */
function settle(command: Command, host: Host): void {
  const { ports, keptBack } = host;
  const fit = (stream: Output, text: string): string => helpFitted(styleOf(ports.env, stream, true), text);
  command
    .helpCommand(false)
    .exitOverride((error) => {
      host.misread = command;
      throw error;
    })
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) =>
        void (keptBack === undefined ? ports.stdout.write(fit(ports.stdout, text)) : keptBack.push(text)),
      // A usage error is told by `reportUnparsed`, as JSON where that is asked for; help that was forced is shown here.
      writeErr: (text) => {
        if (keptBack === undefined && !text.startsWith('error:')) ports.stderr.write(fit(ports.stderr, text));
      },
      getOutHelpWidth: () => widthOf(ports.stdout),
      getErrHelpWidth: () => widthOf(ports.stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const child of command.commands) settle(child, host);
}

/** On a terminal nothing is broken here: `helpFitted` does that. */
const widthOf = ({ isTTY }: Output): number => (isTTY ? 1_000 : 80);

/** The words were no command: nothing was opened yet, so the global options are found by looking at the words. */
async function reportUnparsed(args: readonly string[], host: Host, error: unknown): Promise<ExitCode> {
  const { ports } = host;
  const json = host.keptBack !== undefined;
  const call = new Call(ports, { json, color: !wordsOf(args).includes('--no-color') }, ports.cwd);
  if (!(error instanceof CommanderError)) return reportError(call, error);
  if (error.exitCode === 0) {
    tellKeptBack(host);
    return exitCodes.done;
  }
  if (error.code === 'commander.help' && !json) return exitCodes.invalid;
  return reportError(call, usageErrorOf(error, host.misread));
}
