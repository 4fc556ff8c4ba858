import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhema, start } from '../withstand/support/cli.ts';
import { Stage } from './support.ts';

const require = createRequire(import.meta.url);

let stage: Stage;

beforeEach(async () => {
  stage = new Stage();
  await stage.prepare();
});

afterEach(() => stage.sandbox.clear());

/** All files of husky, with mode and text. */
function ofHusky(): Readonly<Record<string, string>> {
  const folder = join(stage.root, '.husky');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.flatMap((name) => {
      const found = lstatSync(join(folder, name));
      return found.isFile() ? [[name, `${found.mode} ${readFileSync(join(folder, name), 'latin1')}`]] : [];
    }),
  );
}

const enforcement = async (): Promise<string> =>
  (await rhema(stage.sandbox, 'doctor')).stdout.split('\n').find((line) => line.includes('enforcement: ')) ??
  '';

it('husky itself: its hooks ask and are run, doctor names them, and uninstall leaves its files as they were', async () => {
  const husky = join(dirname(require.resolve('husky')), 'bin.js');
  const { code, stderr } = await start(stage.sandbox, process.execPath, [husky]).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  stage.put('.husky/pre-commit', 'echo husky ran >&2\n');
  const before = ofHusky();
  expect(await enforcement()).toContain('hooks that do not mention rhema: pre-commit.');
  await stage.ask('hooks', 'install', 'git', '--yes');
  expect(await enforcement()).toMatch(/hooks that mention rhema: .*pre-commit/);
  expect(await enforcement()).not.toContain('do not mention');

  stage.put('api/a.ts', '2\n');
  stage.put('web/b.ts', '2\n');
  const refused = await stage.git(['commit', '-qam', 'all'], { as: 'bob' });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('api/a.ts is held by alice');
  expect(refused.stderr).not.toContain('husky ran');
  const passed = await stage.git(['commit', '-qm', 'b', '--', 'web/b.ts'], { as: 'bob' });
  expect(passed).toMatchObject({ code: 0, stderr: expect.stringContaining('husky ran') as string });
  expect(stage.message()).toContain('Rhema-Agent: bob');

  await stage.ask('hooks', 'uninstall', 'git', '--yes');
  expect(ofHusky()).toEqual(before);
  expect(existsSync(join(stage.root, '.git/hooks/rhema'))).toBe(false);
  expect((await stage.git(['commit', '-qam', 'all'])).code).toBe(0);
});
