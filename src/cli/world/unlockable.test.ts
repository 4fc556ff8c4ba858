import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rhemaIn } from '../testing/direct.ts';

/** Names that no file of the repository has, asked of the real coordinator on a real tree. */
let repository = '';

beforeAll(async () => {
  repository = realpathSync(mkdtempSync(join(tmpdir(), 'rhema-names-')));
  execFileSync('git', ['init', '--quiet', repository]);
  mkdirSync(join(repository, 'api'));
  writeFileSync(join(repository, 'rhema.yaml'), 'name: top\n');
  writeFileSync(join(repository, 'api/a.ts'), '');
  symlinkSync('/etc', join(repository, 'api/etc'));
  await rhemaIn(repository, 'agent', 'join', 'bob');
});
afterAll(() => rmSync(repository, { recursive: true, force: true }));

const garbled = 'api/a\uFFFDb';

it.each([
  ['api/*.ts', 'is a pattern, and no file is called so'],
  ['api/etc/passwd', 'leads out of the repository'],
  [garbled, 'is no name in UTF-8'],
])('%s is nothing to ask about, and nothing to lock', async (name, told) => {
  for (const words of [
    ['why', name],
    ['lock', 'acquire', name, '--agent', 'bob'],
  ]) {
    const { code, stderr } = await rhemaIn(repository, ...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(told)]);
  }
  expect((await rhemaIn(repository, 'log', '--scope', name)).stdout).toContain(told);
});

it('a file that is there under such a name is one like any other', async () => {
  writeFileSync(join(repository, garbled), '');
  const { code, stdout } = await rhemaIn(repository, 'why', garbled);
  expect([code, stdout]).toEqual([0, expect.stringContaining('it is in the top scope')]);
});

it('what was changed under a name that is no UTF-8 is left out of what is locked', async () => {
  execFileSync('git', ['-C', repository, 'add', 'api/a.ts', 'rhema.yaml']);
  rmSync(join(repository, garbled), { force: true });
  const bytes = Buffer.concat([Buffer.from(join(repository, 'api/c')), Buffer.from([0xff])]);
  writeFileSync(bytes, '');
  const { stdout } = await rhemaIn(repository, 'lock', 'acquire', '--changed', '--agent', 'bob');
  expect(stdout).toContain('left out, since nothing can be locked there: api/c\uFFFD');
  expect(stdout).not.toContain('bob holds api/c');
});
