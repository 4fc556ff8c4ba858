/** Git's own files are damaged: what is said, and what is kept. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhema, rhemaJson } from '../withstand/support/cli.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';
import { until } from '../withstand/support/until.ts';

let sandbox: Sandbox;
const notes = 'api/.rhema/todos.yaml';

beforeEach(async () => {
  sandbox = new Sandbox({ api: [], web: [] });
  sandbox.write(`repository/${notes}`, 'todos: []\n');
  expect(await rhema(sandbox, 'context', 'record', notes)).toMatchObject({ code: 0 });
  await rhemaJson(sandbox, 'agent', 'join', 'alice');
  await rhemaJson(sandbox, 'lock', 'acquire', 'web', '--agent', 'alice', '--ttl', '10m');
});
afterEach(() => sandbox.clear());

const inGit = (...names: readonly string[]): string => join(sandbox.commonDir, ...names);

/** Every object that is a file of its own. */
function damageObjects(): void {
  for (const folder of readdirSync(inGit('objects')).filter((name) => /^[0-9a-f]{2}$/.test(name)))
    for (const name of readdirSync(inGit('objects', folder))) {
      rmSync(inGit('objects', folder, name));
      writeFileSync(inGit('objects', folder, name), 'damaged');
    }
}

it.each([
  ['index', () => writeFileSync(inGit('index'), 'damaged')],
  ['objects', damageObjects],
  ['ref', () => writeFileSync(inGit('refs/heads/main'), 'damaged\n')],
])('a damaged %s ends no lock, and stops nobody from giving it back', async (_what, damage) => {
  damage();
  const status = await rhemaJson(sandbox, 'status');
  expect(status).toMatchObject({ exitCode: 0, envelope: { locks: [{ scope: 'web', agent: 'alice' }] } });
  const released = await rhemaJson(sandbox, 'lock', 'release', 'web', '--agent', 'alice');
  expect(released.exitCode).toBe(0);
  expect(await rhema(sandbox, 'verify-log')).toMatchObject({ code: 0 });
});

it('what cannot be read from a damaged object is not put back by guessing', async () => {
  damageObjects();
  writeFileSync(join(sandbox.worktree, notes), '}{');
  await until('a violation is open', async () => {
    const { envelope } = await rhemaJson(sandbox, 'safety', 'violations');
    return (envelope['open'] as unknown[]).length > 0;
  });
  expect((await rhemaJson(sandbox, 'safety', 'check')).exitCode).toBe(3);
  expect(readFileSync(join(sandbox.worktree, notes), 'utf8')).toBe('}{');
});
