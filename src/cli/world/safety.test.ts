import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rhemaIn } from '../testing/direct.ts';

/** `rhema safety` on real files, against the real service and store, opened in this process. */
let repository = '';
const todos = 'core/.rhema/todos.yaml';
const good = 'todos: []\n';

beforeAll(async () => {
  repository = mkdtempSync(join(tmpdir(), 'rhema-safety-'));
  execFileSync('git', ['init', '--quiet', repository]);
  write('rhema.yaml', 'name: root\n');
  write('core/rhema.yaml', 'name: core\n');
  write(todos, good);
  expect((await rhemaIn(repository, 'context', 'record', todos)).code).toBe(0);
});
afterAll(() => rmSync(repository, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), text);
}

interface Checked {
  readonly code: number;
  readonly rules: readonly string[];
}

async function check(): Promise<Checked> {
  const { code, stdout } = await rhemaIn(repository, 'safety', 'check', '--json');
  const answer = JSON.parse(stdout) as { findings?: Found[]; details?: { findings: Found[] } };
  return { code, rules: (answer.findings ?? answer.details?.findings ?? []).map(({ rule }) => rule) };
}
type Found = { readonly rule: string };

describe('safety check', () => {
  it('finds a state that its log leads to, and files as recorded, sound', async () => {
    const { code, stdout } = await rhemaIn(repository, 'safety', 'check');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        /all hold\n\d+ entries of the log lead to this very state\n1 context file as recorded\n$/,
      ),
    ]);
  });

  it.each([
    ['changed', 'todos: [] # by hand\n', 'CONTEXT_FILE_CHANGED'],
    ['emptied', ' \n', 'CONTEXT_FILE_BROKEN'],
    ['no YAML any more', '}{', 'CONTEXT_FILE_BROKEN'],
    ['left in a merge', `<<<<<<< HEAD\n${good}=======\n>>>>>>> other\n`, 'CONTEXT_FILE_BROKEN'],
  ])('finds a recorded file that was %s', async (_how, text, rule) => {
    write(todos, text);
    expect(await check()).toEqual({ code: 3, rules: [rule] });
    write(todos, good);
  });

  it('finds a recorded file that is gone', async () => {
    rmSync(join(repository, todos));
    expect(await check()).toEqual({ code: 3, rules: ['CONTEXT_FILE_GONE'] });
    write(todos, good);
  });
});

describe('what a check has found', () => {
  it('is kept in the log from then to the check that finds it no more', async () => {
    write(todos, '}{');
    await check();
    await check();
    expect((await rhemaIn(repository, 'safety', 'violations')).stdout).toContain(
      `CONTEXT_FILE_BROKEN (ContextConsistency) on ${todos} since `,
    );
    write(todos, good);
    expect(await check()).toEqual({ code: 0, rules: [] });
    const { stdout } = await rhemaIn(repository, 'safety', 'violations', '--past', '--json');
    const { open, past } = JSON.parse(stdout) as { open: unknown[]; past: unknown[] };
    expect(open).toEqual([]);
    expect(past.at(-1)).toMatchObject({ rule: 'CONTEXT_FILE_BROKEN', subject: todos, end: 'mended' });
    expect((await rhemaIn(repository, 'verify-log')).code).toBe(0);
  });
});
