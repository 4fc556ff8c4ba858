import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder for one test, which stands for a common Git directory. */
export function temporaryFolder(name = 'rhema-'): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), name));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A folder whose path is longer than any socket's may be. */
export function deepFolder(root: string): string {
  const path = join(root, 'd'.repeat(60), 'e'.repeat(60));
  mkdirSync(path, { recursive: true });
  return path;
}

/**
 * Runs something for which a folder in the state folder may only be read. Permissions do not bind root, who gives it all to
 * nobody and becomes nobody meanwhile.
 */
export function withReadOnly(folder: string, run: () => void): void {
  const isRoot = process.geteuid?.() === 0;
  chmodSync(folder, 0o555);
  if (isRoot) {
    execFileSync('chown', ['-hR', '65534:65534', dirname(folder)]);
    process.seteuid?.(65_534);
  }
  try {
    run();
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(folder, 0o700);
  }
}
