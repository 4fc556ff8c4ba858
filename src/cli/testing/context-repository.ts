/** For tests of context files: a repository with a scope, on disk, and the command line against the real service and store. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { rhemaIn, type Answered } from './direct.ts';

export const todos = 'src/core/.rhema/todos.yaml';
export const inCore = ['--scope', 'src/core'] as const;

/** A new one for each test of a file, with the scopes `.` and `src/core`. */
export class ContextRepository {
  path = '';

  constructor() {
    beforeEach(() => {
      this.path = mkdtempSync(join(tmpdir(), 'rhema-context-'));
      execFileSync('git', ['init', '--quiet', this.path]);
      this.write('rhema.yaml', 'name: root\n');
      this.write('src/core/rhema.yaml', 'name: core\n');
    });
    afterEach(() => rmSync(this.path, { recursive: true, force: true }));
  }

  write = (path: string, text: string): void => {
    mkdirSync(dirname(join(this.path, path)), { recursive: true });
    writeFileSync(join(this.path, path), text);
  };

  read = (path = todos): string => readFileSync(join(this.path, path), 'utf8');

  rhema = (...words: readonly string[]): Promise<Answered> => rhemaIn(this.path, ...words);

  context = (...words: readonly string[]): Promise<Answered> => this.rhema('context', ...words);
}
