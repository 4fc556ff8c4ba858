import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  mkdirSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ScopePath } from '../../core/index.ts';
import { readAllowed, writeAllowed } from './allowed-commands.ts';

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'rhema-allowed-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const scope = 'api' as ScopePath;
const test = { scope, run: 'make test', auto: false };

it('keeps what is allowed of one repository, for its user alone, where XDG_STATE_HOME says or under HOME', () => {
  for (const env of [
    { HOME: home },
    { XDG_STATE_HOME: join(home, 'state'), HOME: '/nowhere' },
    { XDG_STATE_HOME: 'relative', HOME: home },
  ]) {
    writeAllowed(env, '/a/.git', [test]);
    expect(readAllowed(env, '/a/.git')).toEqual([test]);
    expect(readAllowed(env, '/b/.git')).toEqual([]);
  }
  expect(statSync(join(home, '.local/state/rhema/allowed')).mode & 0o077).toBe(0);
});

it('replaces what was allowed, and leaves nothing behind once nothing is', () => {
  const env = { HOME: home };
  writeAllowed(env, '/a/.git', [test]);
  writeAllowed(env, '/a/.git', [{ scope, run: 'make', auto: true }]);
  expect(readAllowed(env, '/a/.git')).toEqual([{ scope, run: 'make', auto: true }]);
  writeAllowed(env, '/b/.git', [test]);
  writeAllowed(env, '/a/.git', []);
  expect(readAllowed(env, '/b/.git')).toEqual([test]);
  writeAllowed(env, '/b/.git', []);
  writeAllowed(env, '/b/.git', []);
  expect(existsSync(join(home, '.local/state/rhema'))).toBe(false);
});

it('takes what cannot be read, or leads elsewhere, for nothing allowed', () => {
  const env = { HOME: home };
  writeAllowed(env, '/a/.git', [test]);
  const folder = join(home, '.local/state/rhema/allowed');
  const [name = ''] = readdirSync(folder);
  for (const text of ['{', '[]', '{"commands":[1,{"scope":"api"}]}']) {
    writeFileSync(join(folder, name), text);
    expect(readAllowed(env, '/a/.git')).toEqual([]);
  }
  mkdirSync(join(home, 'other'));
  writeFileSync(join(home, 'other/planted'), JSON.stringify({ commands: [test] }));
  rmSync(join(folder, name));
  symlinkSync(join(home, 'other/planted'), join(folder, name));
  expect(readAllowed(env, '/a/.git')).toEqual([]);
});

it('refuses more than is read back', () => {
  const env = { HOME: home };
  expect(() => writeAllowed(env, '/a/.git', [{ scope, run: 'x'.repeat(70_000), auto: false }])).toThrow(
    'too long to be kept',
  );
  expect(readAllowed(env, '/a/.git')).toEqual([]);
});

it('takes another repository in the same place for another one, and a folder that others can write for none', () => {
  const env = { HOME: home };
  const repository = join(home, 'repository');
  mkdirSync(repository);
  writeAllowed(env, repository, [test]);
  expect(readAllowed(env, repository)).toEqual([test]);
  rmSync(repository, { recursive: true });
  mkdirSync(repository);
  expect(readAllowed(env, repository)).toEqual([]);
  writeAllowed(env, repository, [test]);
  chmodSync(join(home, '.local/state/rhema/allowed'), 0o777);
  expect(readAllowed(env, repository)).toEqual([]);
});
