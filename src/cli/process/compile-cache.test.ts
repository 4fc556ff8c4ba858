import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import nodeModule from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, it } from 'vitest';
import { compiledFolder } from './compile-cache.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

let home = '';
beforeEach(() => (home = folderOfTest('rhema-compiled-')));

it('what was compiled is kept in a folder below the home, or the named one for caches, that only its user may enter', () => {
  expect(compiledFolder({ HOME: home })).toBe(join(home, '.cache/rhema'));
  expect(statSync(join(home, '.cache/rhema')).mode & 0o777).toBe(0o700);
  const caches = join(home, 'caches');
  mkdirSync(caches);
  expect(compiledFolder({ HOME: home, XDG_CACHE_HOME: caches })).toBe(join(caches, 'rhema'));
});

it('it is kept nowhere when there is no home, or others can write where it would be', () => {
  expect(compiledFolder({ HOME: join(home, 'gone') })).toBeNull();
  mkdirSync(join(home, '.cache'));
  chmodSync(join(home, '.cache'), 0o777);
  expect(compiledFolder({ HOME: home })).toBeNull();
  chmodSync(join(home, '.cache'), 0o755);
  mkdirSync(join(home, 'elsewhere'));
  symlinkSync(join(home, 'elsewhere'), join(home, '.cache/rhema'));
  expect(compiledFolder({ HOME: home })).toBeNull();
});

it.runIf(process.getuid?.() === 0)(
  'root keeps nothing in the home of another user, who could write there',
  () => {
    mkdirSync(join(home, '.cache'));
    for (const path of [join(home, '.cache'), home]) chownSync(path, 54_321, 54_321);
    expect(compiledFolder({ HOME: home })).toBeNull();
    expect(compiledFolder({ HOME: home, XDG_CACHE_HOME: join(home, '.cache') })).toBeNull();
  },
);

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

it.runIf('enableCompileCache' in nodeModule)('the program keeps what Node has compiled of it', () => {
  const env = { ...process.env, HOME: home, XDG_CACHE_HOME: '', TMPDIR: join(home, 'tmp') };
  execFileSync(process.execPath, [main, '--version'], { env });
  const [version = ''] = readdirSync(join(home, '.cache/rhema'));
  expect(readdirSync(join(home, '.cache/rhema', version)).length).toBeGreaterThan(1);
  expect(existsSync(join(home, 'tmp'))).toBe(false);
});

it.skipIf('enableCompileCache' in nodeModule)('the program keeps what was compiled for each command', () => {
  const env = { ...process.env, HOME: home, XDG_CACHE_HOME: '' };
  const run = (...args: readonly string[]): string =>
    execFileSync(process.execPath, [main, ...args], { env, encoding: 'utf8' });
  const names = (): string[] =>
    readdirSync(join(home, '.cache/rhema')).map((name) => name.replace(/-[0-9a-f]{8}\.code$/, ''));
  const said = run('--version');
  expect(run('--version')).toBe(said);
  expect(names()).toEqual(['other']);
  expect(() => run('nonsense')).toThrow();
  run('completion', 'bash');
  expect(names().toSorted()).toEqual(['completion', 'other']);
});
