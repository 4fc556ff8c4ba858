import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhemaJson, startRhema } from './support/cli.ts';
import { cliMain } from './support/paths.ts';
import { Sandbox } from './support/sandbox.ts';
import { until } from './support/until.ts';

/** A repository that is served, where alice holds api, and a clone of it in which nothing names the server. */
let sandbox: Sandbox;
let clone: string;
let server: string;
let tokenFile: string;

beforeEach(async () => {
  sandbox = new Sandbox({ api: [], web: ['api'] });
  sandbox.write('repository/api/a.ts', 'export const a = 1;\n');
  sandbox.git('add', '--all');
  sandbox.git('commit', '--quiet', '--message', 'begin');
  clone = join(sandbox.folder, 'elsewhere');
  sandbox.git('clone', '--quiet', sandbox.worktree, clone);
  const { envelope } = await rhemaJson(sandbox, 'token', 'create', 'ci', '--role', 'agent');
  tokenFile = join(sandbox.folder, 'token');
  writeFileSync(tokenFile, `${String(envelope['token'])}\n`);
  server = await served();
  await rhemaJson(sandbox, 'agent', 'join', 'alice');
  await rhemaJson(sandbox, 'lock', 'acquire', 'api', '--agent', 'alice', '--ttl', '10m');
});

afterEach(() => sandbox.clear());

async function served(): Promise<string> {
  const process = startRhema(sandbox, 'serve', '--json', '--port', '0');
  const hasEnded = (): boolean => process.child.exitCode !== null;
  const line = await until('it serves', () => process.said.stdout.split('\n')[0] || hasEnded());
  if (typeof line !== 'string') throw new Error((await process.ended).stderr);
  return (JSON.parse(line) as { url: string }).url;
}

/** In the clone, as another user whose environment names no server. */
function there(program: string, args: readonly string[], input = '', cwd = clone) {
  const { RHEMA_SERVER: _, RHEMA_TOKEN_FILE: __, ...env } = sandbox.env;
  const home = join(sandbox.folder, 'home');
  mkdirSync(home, { recursive: true });
  const own = { ...env, HOME: home, XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' };
  return spawnSync(program, args, { cwd, env: own, input, encoding: 'utf8' });
}

const rhema = (...args: readonly string[]) => there(process.execPath, [cliMain, ...args]);
const login = () => rhema('login', server, '--token-file', tokenFile);

/** What the hook of a client answers before an edit of what alice holds. */
function edit() {
  const input = {
    session_id: 'far',
    cwd: clone,
    hook_event_name: 'PreToolUse',
    tool_name: 'Edit',
    tool_use_id: 'one',
    tool_input: { file_path: join(clone, 'api/a.ts'), old_string: '1', new_string: '2' },
  };
  return there(process.execPath, [cliMain, 'hook', 'claude'], JSON.stringify(input));
}

it('after rhema login whoever works in a clone asks the server, also where nothing else names it', () => {
  expect(login().status).toBe(0);
  expect(rhema('status').stdout).toMatch(new RegExp(`^coordinated by ${server}\\n(.|\\n)*api +alice`));
  const edited = edit();
  expect([edited.status, edited.stderr]).toEqual([2, expect.stringContaining('api is held by alice')]);

  expect(rhema('hooks', 'install', 'git', '--yes').status).toBe(0);
  writeFileSync(join(clone, 'api/a.ts'), 'export const a = 2;\n');
  const commit = there('git', ['commit', '--quiet', '--all', '--message', 'two']);
  expect([commit.status, commit.stderr]).toEqual([1, expect.stringContaining('api is held by alice')]);

  const linked = join(sandbox.folder, 'linked');
  there('git', ['worktree', 'add', '--quiet', linked]);
  const inLinked = there(process.execPath, [cliMain, '-C', linked, 'whoami', '--json']);
  expect(JSON.parse(inLinked.stdout)).toMatchObject({ server, isNoted: true });
});

it('after rhema logout the clone is coordinated by itself again', () => {
  login();
  expect(rhema('logout').stdout).toContain('this clone is coordinated on this machine again');
  expect(JSON.parse(rhema('status', '--json').stdout)).toMatchObject({ server: null, locks: [] });
});

it('the clone that is served is not sent over the network to itself, and one of another repository is refused', () => {
  const served = there(
    process.execPath,
    [cliMain, 'login', server, '--token-file', tokenFile, '--json'],
    '',
    sandbox.worktree,
  );
  expect(JSON.parse(served.stdout)).toMatchObject({ ok: true, noted: false });

  const other = join(sandbox.folder, 'other');
  there('git', ['init', '--quiet', other]);
  const author = ['-c', 'user.name=o', '-c', 'user.email=o@example.org', '-C', other];
  there('git', [...author, 'commit', '--quiet', '--allow-empty', '--message', 'other']);
  const refused = there(process.execPath, [cliMain, '-C', other, 'login', server, '--token-file', tokenFile]);
  expect([refused.status, refused.stderr]).toEqual([
    2,
    expect.stringContaining('coordinates another repository'),
  ]);
  const alone = there(process.execPath, [cliMain, '-C', other, 'whoami', '--json']);
  expect(JSON.parse(alone.stdout)).toMatchObject({ server: null });
});
