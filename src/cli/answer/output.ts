import { asRevision, type Revision } from '../../core/index.ts';
import { lastingFailure } from '../../protocol/index.ts';
import type { AnswerCode } from './answer-codes.ts';
import { count } from '../../wording/index.ts';
import type { Call, Unread } from '../call.ts';
import { CommandError } from './errors.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import { inOptionWords } from '../format/field-words.ts';
import { line, safe } from '../format/text.ts';
import { fitted } from '../format/width.ts';
import type { Done, Outcome, Refused } from './outcome.ts';

/** Prints what a command hands back and says how the process ends. */
export async function report(call: Call, outcome: Outcome): Promise<ExitCode> {
  const code = await reportOutcome(call, outcome);
  // Nothing else tells an agent in a shell that somebody has said something to it.
  if (call.unread !== null) call.note(unreadText(call, call.unread));
  return code;
}

async function reportOutcome(call: Call, outcome: Outcome): Promise<ExitCode> {
  if (outcome.kind === 'ended') return outcome.exitCode;
  return outcome.kind === 'refused' ? reportRefusal(call, outcome) : reportDone(call, outcome);
}

const unreadText = (call: Call, { agent, count: unread }: Unread): string =>
  line`rhema: ${agent} has ${count(unread, 'unread message')}: ${call.rhema('inbox', '--agent', agent)}`;

/** Beside the answer's own fields. */
const unreadIn = ({ unread }: Call): { readonly unread?: number } =>
  unread === null ? {} : { unread: unread.count };

async function reportDone(call: Call, outcome: Done): Promise<ExitCode> {
  if (call.json)
    call.printAnswer({ ok: true, revision: outcome.revision, ...outcome.data, ...unreadIn(call) });
  else if (!call.quiet) {
    const text = await outcome.text(call.style);
    if (text !== '') call.print(text);
  }
  return exitCodes.done;
}

function reportRefusal(call: Call, outcome: Refused): ExitCode {
  const { code, message, details, revision } = outcome;
  if (call.json) call.printAnswer({ ok: false, revision, code, message, details, ...unreadIn(call) });
  else printProblem(call, code, outcome.lines ?? [safe(message)]);
  return outcome.exitCode;
}

function printProblem(call: Call, code: string, lines: readonly string[]): void {
  const style = call.errorStyle;
  const [first = '', ...rest] = lines;
  const told = [
    `${style.paint('bad', 'rhema:')} ${first} ${style.paint('dim', `(${code})`)}`,
    ...rest.map((text) => `  ${text}`),
  ];
  // A command to copy stays one line, whatever the terminal makes of it.
  const shown = told.map((text) => (text.startsWith('  try: ') ? text : fitted(style, text)));
  call.ports.stderr.write(`${shown.join('\n')}\n`);
}

/** A failure as its thrower describes it: an error with a closed code, perhaps retryable. */
interface Failure {
  readonly code: AnswerCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Turns whatever a command threw into the envelope or a line, and an exit code. */
export async function reportError(call: Call, error: unknown): Promise<ExitCode> {
  const failure = failureOf(error);
  if (failure.code === 'DISABLED') return reportDone(call, disabled);
  printStack(call, error);
  const revision = revisionOf(call, error);
  return reportRefusal(call, { kind: 'refused', exitCode: exitCodeOf(error), revision, ...failure });
}

/** To which position in the log it belongs what is wrong with a question; null: nobody was asked, or nobody answered. */
function revisionOf(call: Call, error: unknown): Revision | null {
  if (error instanceof CommandError) return call.heardRevision;
  const { newest } = failureOf(error).details;
  return typeof newest === 'number' ? asRevision(newest) : null;
}

/** `enabled: false` makes the whole tool step aside: whoever calls it from a script goes on as if it were not there. */
const disabled: Done = {
  kind: 'done',
  revision: null,
  data: { disabled: true },
  text: () => 'coordination is disabled in this repository (agent_coordination.enabled: false)',
};

/** Failures by code; all others end with 1. */
const failureExitCodes: Readonly<Record<string, ExitCode>> = {
  INVALID_INPUT: exitCodes.invalid,
  NOT_JOINED: exitCodes.refused,
};

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommandError) return error.exitCode;
  return failureExitCodes[failureOf(error).code] ?? exitCodes.failure;
}

export function isDisabled(error: unknown): boolean {
  return failureOf(error).code === 'DISABLED';
}

function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { code: 'INTERNAL', message: String(thrown), details: {} };
  const error = lastingFailure(thrown) ?? thrown;
  const { code, details } = error as { readonly code?: unknown; readonly details?: unknown };
  return {
    // Of what others throw the codes are theirs; the reference has those, too.
    code: typeof code === 'string' ? (code as AnswerCode) : 'INTERNAL',
    message: inOptionWords(error.message, (details as { readonly path?: unknown } | undefined)?.path),
    details: typeof details === 'object' && details !== null ? { ...details } : {},
  };
}

function printStack(call: Call, error: unknown): void {
  const { env, stderr } = call.ports;
  if (env['RHEMA_DEBUG'] !== '1' || !(error instanceof Error)) return;
  const lines = (error.stack ?? error.message).split('\n');
  stderr.write(`${lines.map((text) => safe(text)).join('\n')}\n`);
}
