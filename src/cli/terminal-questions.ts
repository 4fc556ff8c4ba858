import type { Answer, Questions } from './context.ts';

/** Asks on the terminal of this process. The library is loaded at the first question. */
export const terminalQuestions: Questions = {
  confirm: async (message) => {
    const { confirm, isCancel } = await import('@clack/prompts');
    const answer = await confirm({ message });
    return isCancel(answer) ? null : answer;
  },
  select: async <T extends string>(message: string, options: readonly Answer<T>[]) => {
    const { isCancel, select } = await import('@clack/prompts');
    const answer = await select<string>({ message, options: [...options] });
    return isCancel(answer) ? null : (answer as T);
  },
};
