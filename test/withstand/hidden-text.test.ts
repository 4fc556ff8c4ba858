/** Whatever hides in a text of others, no command shows it as it is: not to a terminal, nor to a model that runs it. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { statePaths } from '../../src/client/index.ts';
import { rhema, start } from './support/cli.ts';
import { cliMain } from './support/paths.ts';
import { Sandbox } from './support/sandbox.ts';

/** What a folder may have in its name, and what any text may have. */
const inNames = '\u200b\u202e\ufe0f\u{e0041}\u3164\ue000\u2800\u034f\u00ad';
const inTexts = `${inNames}\u0085\u009b31m\u2028\u00a0\u{f0000}`;
const hides = /[\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u00a0\u0080-\u009f]/u;
const hiddenIn = (text: string): string[] => text.split('\n').filter((line) => hides.test(line));

const api = `api${inNames}`;
let sandbox: Sandbox;

beforeAll(() => {
  sandbox = new Sandbox({ web: [] }, { lock_timeout: '60s', [`unknown${inNames}`]: inNames });
  const put = (path: string, text: string): string => sandbox.write(`repository/${path}`, text);
  put(`${api}/rhema.yaml`, 'name: api\nscope_type: service\nversion: 1.0.0\n');
  put(`broken${inNames}/rhema.yaml`, `name: x\n  wrong${inNames}: [ ${inNames}\n`);
  put('named/rhema.yaml', `name: "n${inNames}"\nscope_type: "t${inNames}"\nversion: "1${inNames}"\n`);
  put('leading/rhema.yaml', `name: leading\ndependencies: [{ path: "no${inNames}" }]\n`);
  put(
    `${api}/todos.yaml`,
    contextOf('todos', { id: inTexts, title: inTexts, status: inTexts, [inTexts]: inTexts }),
  );
  put('web/todos.yaml', `todos: [ ${inNames}`);
  put('package.json', JSON.stringify({ name: inNames, workspaces: ['packages/*', `gone${inNames}/*`] }));
  put('packages/one/package.json', JSON.stringify({ name: `one${inNames}`, version: inTexts }));
  put(`packages/two${inNames}/package.json`, `{ "name": "two${inNames}", `);
  put('Cargo.toml', `[workspace]\nmembers = ["c${inNames}"]\n[wrong${inNames}\n`);
  sandbox.git('checkout', '--quiet', '-b', `branch${inNames}`);
});
afterAll(() => sandbox.clear());

const contextOf = (key: string, entry: Readonly<Record<string, string>>): string =>
  JSON.stringify({ [key]: [{ ...entry, context: { related_files: [inTexts] } }] });

const asAlice = ['--agent', 'alice'];
const commands: readonly (readonly string[])[] = [
  ['status'],
  ['doctor'],
  ['scope', 'list'],
  ['scope', 'tree'],
  ['scope', 'show', api],
  ['scope', 'show', `none${inTexts}`],
  ['scope', 'refresh', '--dry-run'],
  ['config', 'check'],
  ['config', 'explain'],
  ['config', 'explain', `none${inTexts}`],
  ['init', '--dry-run'],
  ['agent', 'join', 'alice', '--task', inTexts, '--program', inTexts],
  ['agent', 'join', `bob${inTexts}`],
  ['lock', 'acquire', api, ...asAlice, '--reason', inTexts],
  ['lock', 'acquire', `none${inTexts}`, ...asAlice],
  ['lock', 'acquire', api, ...asAlice, '--ttl', `1${inTexts}`],
  ['agent', 'set', 'working', ...asAlice, '--message', inTexts],
  ['agent', 'set', 'blocked', ...asAlice, '--reason', inTexts],
  ['why', api],
  ['why', 'alice'],
  ['why', `none${inTexts}`],
  ['agent', 'list'],
  ['lock', 'list'],
  ['sync', 'start', 'web', ...asAlice],
  ['sync', 'plan'],
  ['sync', 'status'],
  ['lock', 'revoke', api, '--reason', inTexts],
  ['lock', 'history', api],
  ['run', '--scope', api, '--', `none${inTexts}`],
  ['run', '--scope', `none${inTexts}`, '--', 'true'],
  ['log'],
  ['log', '--export'],
  ['log', '--event', `none${inTexts}`],
  ['verify-log'],
  ['verify-log', `none${inTexts}`],
  ['safety', 'check'],
  ['context', 'list'],
  ['context', 'check'],
  ['context', 'show', 'todos', '--scope', api],
  ['context', 'show', 'todos', '--scope', 'web'],
  ['context', 'show', 'todos', inTexts, '--scope', api],
  ['context', 'show', `none${inTexts}`],
  ['__complete', '--', 'context', 'show', `${api}/todos.yaml`, ''],
  ['daemon', 'status'],
  ['daemon', 'logs'],
  ['mcp', '--client-config', `none${inTexts}`],
  ['-C', `none${inTexts}`, 'status'],
  ['--git-dir', `none${inTexts}`, 'status'],
  ['help', `none${inTexts}`],
  [`none${inTexts}`],
  ['status', `--none${inTexts}`],
  ['__complete', '--', 'lock', 'acquire', ''],
];

async function expectNothingHidden(...words: readonly string[]): Promise<void> {
  const { stdout, stderr } = await rhema(sandbox, ...words);
  const said = stdout + stderr;
  expect({ words, hidden: hiddenIn(said) }).toEqual({ words, hidden: [] });
  expect(said).not.toContain('INTERNAL');
}

it('no command shows what hides in a text', async () => {
  for (const words of commands) await expectNothingHidden(...words);
}, 120_000);

it('nor does it as JSON', async () => {
  for (const words of [
    ['scope', 'list'],
    ['log'],
    ['status'],
    ['context', 'list'],
    ['context', 'check'],
    ['scope', 'show', `none${inTexts}`],
  ])
    await expectNothingHidden('--json', ...words);
});

it('nor does the stack of a failure', async () => {
  const wrong = [cliMain, '-C', `none${inTexts}`, 'status'];
  const { stderr } = await start(sandbox, process.execPath, wrong, { RHEMA_DEBUG: '1' }).ended;
  expect(stderr).toContain('RepositoryError: ');
  expect(hiddenIn(stderr)).toEqual([]);
});

it('nor does the coordinator in its log', async () => {
  const copy = join(sandbox.folder, `copy${inNames}`);
  cpSync(sandbox.worktree, copy, { recursive: true, filter: (path) => !/\.git\/rhema/.test(path) });
  await rhema(sandbox, '-C', copy, 'status');
  const said = readFileSync(statePaths(join(copy, '.git')).log, 'utf8');
  expect(said).toContain('copy\\u200b');
  expect(hiddenIn(said)).toEqual([]);
});

it('an export says the same as the log', async () => {
  const { stdout } = await rhema(sandbox, 'log', '--export');
  const entries: unknown[] = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  expect(JSON.stringify(entries)).toContain(api);
  expect(stdout).not.toContain(api);
  const file = sandbox.write('export.jsonl', stdout);
  expect(await rhema(sandbox, 'verify-log', file)).toMatchObject({ code: 0 });
});
