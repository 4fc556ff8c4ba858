import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { onTestFinished, vi } from 'vitest';

const nobody = 65_534;

/**
 * Does something with a folder as a user whom permissions bind. They do not bind root, who gives the folder away and becomes
 * nobody meanwhile.
 */
export async function asBound<T>(folder: string, work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  execFileSync('chown', ['-hR', `${nobody}:${nobody}`, folder]);
  // Git gives up on a home whose configuration it may not look for.
  vi.stubEnv('HOME', folder);
  process.seteuid?.(nobody);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    vi.unstubAllEnvs();
  }
}

/** Nobody may enter the folder until the test has ended. */
export function closeFolder(folder: string): void {
  chmodSync(folder, 0o000);
  onTestFinished(() => chmodSync(folder, 0o700));
}
