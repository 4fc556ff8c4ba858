import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Call } from './call.ts';
import type { GlobalOptions } from './call.ts';
import type { ProcessPorts } from './process/ports.ts';
import type { ExitCode } from './answer/exit-codes.ts';
import type { Outcome } from './answer/outcome.ts';
import { report, reportError } from './answer/output.ts';
import { hereNote, reaches } from './reach.ts';

/** Carries out a command. `input` has its arguments and options by name, in the shape that its declaration gives. */
export type Handler<Input> = (call: Call, input: Input) => Promise<Outcome>;

/** Where a command's tree meets the process: what its ports are, and how it ended. */
export interface Host {
  readonly ports: ProcessPorts;
  exitCode: ExitCode;
  /** Help and the like, kept back to be told in one JSON object; absent where it is printed as it comes. */
  readonly keptBack?: string[];
  /** The command whose words were not understood. */
  misread?: Command;
}

/**
 * Gives a command its implementation, loaded only when the command is called, so that no command pays for the code of
 * another.
 */
export function implement<Input>(command: Command, host: Host, load: () => Promise<Handler<Input>>): Command {
  if (reaches[commandPath(command)] === 'here') addNote(command, hereNote);
  return command.action(async () => {
    const call = callOf(command, host.ports);
    host.exitCode = await perform(call, async () => (await load())(call, inputOf<Input>(command)));
  });
}

async function perform(call: Call, work: () => Promise<Outcome>): Promise<ExitCode> {
  try {
    return await performed(call, work);
  } finally {
    await call.close();
  }
}

/** What the agent that acted has to know stands beside the answer, whatever that is. */
async function performed(call: Call, work: () => Promise<Outcome>): Promise<ExitCode> {
  const answer = await work().then(
    (outcome) => () => report(call, outcome),
    (error: unknown) => () => reportError(call, error),
  );
  if (call.acting === null || !call.isConnected) return answer();
  return (await import('./commands/news.ts')).withNews(call, call.acting, answer);
}

function callOf(command: Command, ports: ProcessPorts): Call {
  const options = command.optsWithGlobals<GlobalOptions>();
  return new Call(ports, options, resolve(ports.cwd, options.directory ?? '.'));
}

/** The one place where the declared shape of a command's words is trusted to be the one its handler expects. */
function inputOf<Input>(command: Command): Input {
  const input: Record<string, unknown> = { ...command.opts() };
  for (const [index, argument] of command.registeredArguments.entries())
    input[argument.name()] = command.processedArgs[index];
  return input as Input;
}

/** What a command's help has beside its arguments and options; docs/cli.md has it, too. */
interface Explanation {
  readonly examples: readonly string[];
  readonly notes: string;
  /** What whoever misspells it should know; only told then. */
  readonly usageHint?: string;
}

const explanations = new WeakMap<Command, Explanation>();

export function explanationOf(command: Command): Explanation {
  return explanations.get(command) ?? { examples: [], notes: '' };
}

export function examples(command: Command, ...lines: readonly string[]): Command {
  explanations.set(command, { ...explanationOf(command), examples: lines });
  return command.addHelpText('after', `\nExamples:\n${lines.map((text) => `  ${text}`).join('\n')}`);
}

/** Told when the words of the command are not understood. */
export function usageHint(command: Command, text: string): Command {
  explanations.set(command, { ...explanationOf(command), usageHint: text });
  return command;
}

/** Paragraphs, and lists indented by two spaces. */
export function notes(command: Command, text: string): Command {
  explanations.set(command, { ...explanationOf(command), notes: text });
  return command.addHelpText('after', `\n${text}`);
}

function addNote(command: Command, text: string): void {
  const before = explanationOf(command).notes;
  notes(command, text);
  explanations.set(command, {
    ...explanationOf(command),
    notes: before === '' ? text : `${before}\n\n${text}`,
  });
}

/** The words that name a command: `lock acquire`. */
export function commandPath(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at?.parent; at = at.parent) names.unshift(at.name());
  return names.join(' ');
}
