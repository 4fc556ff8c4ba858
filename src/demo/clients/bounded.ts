/** Waits for a play, but not for ever, and not after whoever watches it has had enough (Ctrl-C): then it fails, and is cleared away. */
export async function bounded<T>(limitMs: number, play: Promise<T>): Promise<T> {
  let [onTime, onSignal] = [(): void => undefined, (): void => undefined];
  const ended = new Promise<never>((_, reject) => {
    onTime = () => reject(new Error(`not done after ${limitMs / 1000} s: a client waits for ever`));
    onSignal = () => reject(new Interrupted('interrupted; nothing of it is left'));
  });
  const timer = setTimeout(onTime, limitMs);
  for (const signal of signals) process.once(signal, onSignal);
  try {
    return await Promise.race([play, ended]);
  } finally {
    clearTimeout(timer);
    for (const signal of signals) process.removeListener(signal, onSignal);
  }
}

const signals = ['SIGINT', 'SIGTERM'] as const;

/** Not the fault of a play. */
export class Interrupted extends Error {}
