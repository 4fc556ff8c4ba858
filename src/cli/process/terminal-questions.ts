import type { Key } from 'node:readline';
import type { Answer, Questions } from './ports.ts';
import { CommandError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { columnsOf } from '../format/style.ts';
import { exitCodeAfter } from './signals.ts';

/** Asks on the terminal of this process. The library is loaded at the first question. */
export const terminalQuestions: Questions = {
  secret: async (message) => {
    const { isCancel, password } = await import('@clack/prompts');
    const answer = await untilClosed((signal) => password({ message, signal }));
    return isCancel(answer) ? null : answer;
  },
  confirm: async (message) => {
    const { confirm, isCancel } = await import('@clack/prompts');
    const answer = await untilClosed((signal) => confirm({ message, signal }));
    return isCancel(answer) ? null : answer;
  },
  select: async <T extends string>(message: string, options: readonly Answer<T>[]) => {
    const { isCancel, select } = await import('@clack/prompts');
    const answer = await untilClosed((signal) => select<string>({ message, options: [...options], signal }));
    return isCancel(answer) ? null : (answer as T);
  },
};

/**
 * While a question stands the terminal hands over Ctrl-C and Ctrl-D as keys. For the library the first is an answer like
 * Escape, and the second nothing at all: a question that nobody can answer any more would never return.
 */
async function untilClosed<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  sizeUnlessKnown(process.stdout, process.env);
  const closing = new AbortController();
  const onKey = (_text: unknown, key: Key | undefined): void => {
    if (key?.ctrl === true && key.name === 'c') closing.abort(interrupted());
    if (key?.ctrl === true && key.name === 'd') closing.abort(unanswered());
  };
  const onEnd = (): void => closing.abort(unanswered());
  process.stdin.on('keypress', onKey).on('end', onEnd);
  try {
    const answer = await ask(closing.signal);
    closing.signal.throwIfAborted();
    return answer;
  } finally {
    process.stdin.off('keypress', onKey).off('end', onEnd);
  }
}

/** Questions come before anything is written. */
/** The library takes a terminal of 0 columns, as one is that does not know its size, at its word: it gives each letter a line. */
export function sizeUnlessKnown(
  stream: { columns: number; rows: number },
  env: Readonly<Record<string, string | undefined>>,
): void {
  if (stream.columns === 0) stream.columns = columnsOf(env);
  if (stream.rows === 0) stream.rows = rowsUnlessKnown;
}

const rowsUnlessKnown = 24;

function interrupted(): CommandError {
  return new CommandError('INTERRUPTED', exitCodeAfter('SIGINT'), 'interrupted: nothing was written');
}

function unanswered(): CommandError {
  const message = 'nothing was written: the input ended before the question was answered';
  return new CommandError('CONFIRMATION_NEEDED', exitCodes.invalid, message);
}
