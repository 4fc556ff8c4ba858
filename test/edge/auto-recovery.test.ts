/** A file that breaks under a running coordinator, with `auto_recovery` on and off. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { rhema, rhemaJson } from '../withstand/support/cli.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';
import { until } from '../withstand/support/until.ts';

let sandbox: Sandbox;
afterEach(() => sandbox.clear());

const notes = 'api/.rhema/todos.yaml';
const located = (path = notes): string => join(sandbox.worktree, path);
const good = 'todos: []\n';

async function begin(autoRecovery: boolean): Promise<void> {
  sandbox = new Sandbox({ api: [] }, { safety_validation: { auto_recovery: autoRecovery } });
  sandbox.write(`repository/${notes}`, good);
  sandbox.git('add', '--all');
  sandbox.git('commit', '--quiet', '--message=notes');
  expect(await rhema(sandbox, 'context', 'record', notes)).toMatchObject({ code: 0 });
}

interface Told {
  readonly open: readonly { readonly rule: string; readonly subject: string }[];
  readonly past: readonly { readonly rule: string; readonly end: string; readonly cause: string | null }[];
}

async function violations(): Promise<Told> {
  const { envelope } = await rhemaJson(sandbox, 'safety', 'violations', '--past');
  return envelope as unknown as Told;
}

it('on: what was recorded is put back, the cause is in the log, and what lay there can be had again', async () => {
  await begin(true);
  writeFileSync(located(), Uint8Array.of(0, 255, 254, 125));
  await until('the file is as it was', () => readFileSync(located(), 'utf8') === good);
  await until('a violation is over', async () => (await violations()).past.length > 0);
  const { open, past } = await violations();
  expect(open).toEqual([]);
  expect(past).toMatchObject([{ rule: 'CONTEXT_FILE_BROKEN', subject: notes, end: 'repaired' }]);
  expect(past[0]?.cause).toContain('what was recorded at revision');
  const { envelope } = await rhemaJson(sandbox, 'context', 'history', notes);
  expect((envelope as unknown as { versions: unknown[] }).versions).toHaveLength(3);
  expect(await rhema(sandbox, 'verify-log')).toMatchObject({ code: 0 });
});

it('on: a file that is gone comes back, and one that Git has removed does not', async () => {
  await begin(true);
  rmSync(located());
  await until('a violation is over', async () => (await violations()).past.length > 0);
  expect(readFileSync(located(), 'utf8')).toBe(good);
  sandbox.git('rm', '--quiet', notes);
  await until('a violation is open', async () => (await violations()).open.length > 0);
  expect((await violations()).open).toMatchObject([{ rule: 'CONTEXT_FILE_GONE', subject: notes }]);
  expect(() => readFileSync(located())).toThrow('ENOENT');
});

it('off: it is told, and nothing is written', async () => {
  await begin(false);
  writeFileSync(located(), '}{');
  await until('a violation is open', async () => (await violations()).open.length > 0);
  expect((await violations()).open).toMatchObject([{ rule: 'CONTEXT_FILE_BROKEN', subject: notes }]);
  expect(readFileSync(located(), 'utf8')).toBe('}{');
  writeFileSync(located(), good);
  await until('a violation is over', async () => (await violations()).past.length > 0);
  expect((await violations()).past).toMatchObject([{ end: 'mended' }]);
});
