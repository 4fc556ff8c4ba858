import type { AnswerCode } from './answer-codes.ts';
import { exitCodes } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';

/** A command cannot go on; the message says what is wrong and what to do. Ends the process with `exitCode`. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: AnswerCode;
  readonly exitCode: ExitCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: AnswerCode,
    exitCode: ExitCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
    this.details = details;
  }
}

/** A word that was typed cannot be used. */
export function invalidInput(message: string, details: Readonly<Record<string, unknown>> = {}): CommandError {
  return new CommandError('INVALID_INPUT', exitCodes.invalid, message, details);
}

/** The words do not make a command. */
export function usageError(message: string): CommandError {
  return new CommandError('USAGE', exitCodes.invalid, message);
}

/** The value of a parsed input, or {@link invalidInput} with its problem. */
export function valueOf<T>(
  parsed: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string },
  name?: string,
): T {
  if (parsed.ok) return parsed.value;
  throw invalidInput(name === undefined ? parsed.problem : `${name}: ${parsed.problem}`);
}
