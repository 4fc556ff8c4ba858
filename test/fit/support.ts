import { defaultSettings, type Settings } from '../../src/core/index.ts';
import type { Choice } from '../../src/fit/index.ts';
import type { Job } from '../../src/fit/index.ts';
import { filePath, scopePath } from '../support/machine.ts';

export const minuteMs = 60_000;

/** `a/x a/y 3`: two files, three minutes; `a!` a whole scope. */
export function job(text: string): Job {
  const words = text.split(' ');
  const names = words.filter((word) => !/^\d+$/.test(word));
  const minutes = Number(words.find((word) => /^\d+$/.test(word)) ?? 3);
  return {
    name: text,
    files: names.filter((name) => !name.endsWith('!')).map(filePath),
    scopes: names.filter((name) => name.endsWith('!')).map((name) => scopePath(name.slice(0, -1))),
    workMs: (minutes * minuteMs) as Job['workMs'],
  };
}

export const jobs = (...texts: readonly string[]): Job[] => texts.map(job);

export function choice(
  scopes: string,
  { claim = 'file', free = [], ...settings }: Partial<Pick<Choice, 'claim' | 'free'> & Settings> = {},
): Choice {
  return {
    claim,
    free,
    scopes: scopes.split(' ').map(scopePath),
    settings: { ...defaultSettings, maxConcurrentAgents: 8, maxLocksPerAgent: 4, ...settings },
  };
}
