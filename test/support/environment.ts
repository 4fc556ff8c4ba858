import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Should what is tried be killed, an owner that it started leaves by itself after this long. */
const idleExit = '60s';

/** What was compiled is kept for all tests in one place, which is not among what a test looks at. */
const caches = join(import.meta.dirname, '../../node_modules/.cache');
mkdirSync(caches, { recursive: true, mode: 0o700 });

/** Of the caller's environment only what does not belong to a repository, an agent or its client; Git reads no one's settings. */
export function environmentIn(home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:GIT|RHEMA|VITEST|CLAUDE)/.test(name));
  const identity = { NAME: 'Test', EMAIL: 'test@example.org' };
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    XDG_CACHE_HOME: caches,
    XDG_STATE_HOME: join(home, '.local/state'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: identity.NAME,
    GIT_AUTHOR_EMAIL: identity.EMAIL,
    GIT_COMMITTER_NAME: identity.NAME,
    GIT_COMMITTER_EMAIL: identity.EMAIL,
    RHEMA_IDLE_EXIT: idleExit,
    NO_COLOR: '1',
  };
}
