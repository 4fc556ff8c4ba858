import { defaultSettings, type ClaimLevel, type Settings } from '../../src/core/index.ts';
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
    files: names.filter((name) => !name.endsWith('!')).map(filePath),
    scopes: names.filter((name) => name.endsWith('!')).map((name) => scopePath(name.slice(0, -1))),
    workMs: (minutes * minuteMs) as Job['workMs'],
  };
}

export const jobs = (...texts: readonly string[]): Job[] => texts.map(job);

type Over = Partial<Settings> & { readonly claim?: ClaimLevel; readonly free?: readonly string[] };

export function choice(scopes: string, { claim = 'file', free = [], ...settings }: Over = {}): Choice {
  return {
    scopes: scopes.split(' ').map(scopePath),
    settings: {
      ...defaultSettings,
      maxConcurrentAgents: 8,
      maxLocksPerAgent: 4,
      claimLevel: claim,
      freePaths: free,
      ...settings,
    },
  };
}
