import type { Key } from 'node:readline';
import type { Answer, Questions } from './context.ts';

/** Asks on the terminal of this process. The library is loaded at the first question. */
export const terminalQuestions: Questions = {
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

/** Ctrl-D ends the input, and a question that nobody can answer any more would never return: it counts as no answer. */
async function untilClosed<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const closing = new AbortController();
  const onKey = (_text: unknown, key: Key | undefined): void => {
    if (key?.ctrl === true && key.name === 'd') closing.abort();
  };
  process.stdin.on('keypress', onKey);
  try {
    return await ask(closing.signal);
  } finally {
    process.stdin.off('keypress', onKey);
  }
}
