import { expect, it } from 'vitest';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness } from '../testing/harness.ts';

const harnessOf = (terminal: boolean, env: Readonly<Record<string, string>> = {}): Harness =>
  new Harness({ coordinator: new FakeCoordinator({}), terminal, env });

it('without a terminal it says what there is instead', async () => {
  const { code, stderr } = await harnessOf(false).run('top');
  expect([code, stderr]).toEqual([
    2,
    'rhema: rhema top needs a terminal for its keys and its screen: rhema status --watch goes on below the last line, and with --json it writes one line for each change (USAGE)\n',
  ]);
});

it('a terminal that cannot move its cursor is none', async () => {
  const { code, stderr } = await harnessOf(true, { TERM: 'dumb', COLUMNS: '400' }).run('top');
  expect(code).toBe(2);
  expect(stderr).toMatch(/TERM is dumb:.*rhema\s+status --watch/s);
});

it('programs are shown what is for them', async () => {
  const { body } = await harnessOf(true).json('top');
  expect(body).toMatchObject({
    ok: false,
    code: 'USAGE',
    message: expect.stringContaining('rhema status --watch --json'),
  });
});
