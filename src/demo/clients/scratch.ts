import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ScopePath } from '../../core/index.ts';
import type { Stage } from '../stage.ts';

/** The one scope that the clients take turns on. */
export const contendedScope = 'api' as ScopePath;
/** A context file in it. */
export const contendedFile = `${contendedScope}/notes.yaml`;

/** Leases short enough to see one end, and long enough for a busy machine to renew in time. */
const files: Readonly<Record<string, string>> = {
  'rhema.yaml': `name: scratch
scope_type: repository
version: 1.0.0
agent_coordination:
  lock_timeout: 6s
  session_timeout: 8s
`,
  [`${contendedScope}/rhema.yaml`]: 'name: api\nscope_type: service\nversion: 1.0.0\n',
  [contendedFile]: 'notes: []\n',
};

/** A new repository in a temporary folder, with one scope. */
export function prepareScratch(): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'rhema-clients-play-'));
  const worktree = join(folder, 'repository');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(worktree, path)), { recursive: true });
    writeFileSync(join(worktree, path), text);
  }
  execFileSync('git', ['init', '--quiet', worktree], { stdio: 'inherit' });
  const clear = (): void => rmSync(folder, { recursive: true, force: true });
  return { folder, worktree, commonDir: join(worktree, '.git'), served: null, clear };
}
