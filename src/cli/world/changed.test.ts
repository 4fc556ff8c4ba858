/** What is told of changes, on a real repository with the real service and store, opened in this process. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rhemaIn, type Answered } from '../testing/direct.ts';

let repository = '';

beforeAll(async () => {
  repository = mkdtempSync(join(tmpdir(), 'rhema-told-'));
  execFileSync('git', ['init', '--quiet', repository]);
  write('core/rhema.yaml', 'name: core\n');
  write('lib/rhema.yaml', 'name: lib\ndependencies:\n  - path: ../core\n');
  write('app/rhema.yaml', 'name: app\ndependencies:\n  - path: ../lib\n');
  for (const name of ['alice', 'bob']) expect((await rhema('agent', 'join', name)).code).toBe(0);
});
afterAll(() => rmSync(repository, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), text);
}

const rhema = (...words: readonly string[]): Promise<Answered> => rhemaIn(repository, ...words);

it('who holds what depends on a scope, and who gets that scope, are told which files were changed there', async () => {
  expect((await rhema('lock', 'acquire', 'app', '--agent', 'bob', '--ttl', '10m')).code).toBe(0);
  await rhema('lock', 'acquire', 'core', '--agent', 'alice', '--ttl', '10m', '--reason', 'faster');
  write('core/a.ts', 'a\n');
  write('lib/b.ts', 'b\n');
  await rhema('lock', 'release', 'core', '--agent', 'alice');
  const { stderr } = await rhema('lock', 'renew', 'app', '--agent', 'bob');
  expect(stderr).toMatch(
    /^rhema: CHANGED core, on which app depends: alice gave back core \(for: faster\) .* ago; 1 file changed: core\/a\.ts\. Look at it/,
  );
  expect((await rhema('lock', 'renew', 'app', '--agent', 'bob')).stderr).toBe('');
  await rhema('lock', 'release', '--agent', 'bob');
  const granted = await rhema('lock', 'acquire', 'core/a.ts', '--agent', 'bob', '--ttl', '10m', '--json');
  expect(JSON.parse(granted.stdout)).toMatchObject({
    locks: [
      {
        file: 'core/a.ts',
        since: [{ agent: 'alice', reason: 'faster', changed: { files: ['core/a.ts'], count: 1 } }],
      },
    ],
  });
  expect((await rhema('verify-log')).code).toBe(0);
});

it('a file claim tells of its own file only, and completing tells it as well', async () => {
  write('core/c.ts', 'c\n');
  await rhema('agent', 'set', 'completed', '--agent', 'bob');
  await rhema('agent', 'set', 'idle', '--agent', 'bob');
  const { stdout } = await rhema('lock', 'acquire', 'core', '--agent', 'alice', '--ttl', '10m');
  expect(stdout).toMatch(/BEFORE you: bob completed, and gave back core\/a\.ts .* ago; no file changed\./);
  expect((await rhema('verify-log')).code).toBe(0);
});
