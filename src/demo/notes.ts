import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScopePath } from '../core/index.ts';
import { notesFile } from './report.ts';

/** The file that agents edit in a scope. */
export class Notes {
  readonly #path: string;

  constructor(worktree: string, scope: ScopePath) {
    this.#path = join(worktree, scope, notesFile);
  }

  /** Null before the first write. */
  read(): string | null {
    try {
      return readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  }

  /** All or nothing, also when the process is killed. */
  write(text: string): void {
    const fresh = `${this.#path}.${process.pid}`;
    writeFileSync(fresh, text);
    renameSync(fresh, this.#path);
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
