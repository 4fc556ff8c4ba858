import { setTimeout as pause } from 'node:timers/promises';

const lookEveryMs = 5;
const deadlineDefaultMs = 30_000;

/** Waits for a condition to become true, and returns what it found. Throws when that takes too long. */
export async function until<T>(
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  deadlineMs: number = deadlineDefaultMs,
): Promise<T> {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > giveUpAt) throw new Error(`waited ${deadlineMs} ms in vain: ${what}`);
    await pause(lookEveryMs);
  }
}
