import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhemaJson, start, startRhema, type Envelope } from './support/cli.ts';
import { cliMain } from './support/paths.ts';
import { Sandbox } from './support/sandbox.ts';
import { until } from './support/until.ts';

/** A repository that is served, and a clone of it that stands for another machine, with a token for the names ci-*. */
let sandbox: Sandbox;
let clone: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  sandbox = new Sandbox({ api: [], web: ['api'] });
  clone = join(sandbox.folder, 'elsewhere');
  sandbox.git('clone', '--quiet', sandbox.worktree, clone);
  const { envelope } = await rhemaJson(
    sandbox,
    'token',
    'create',
    'ci',
    '--role',
    'agent',
    '--agents',
    'ci-*',
  );
  sandbox.write('token', `${String(envelope['token'])}\n`);
  env = {
    HOME: join(sandbox.folder, 'home'),
    RHEMA_SERVER: await served(),
    RHEMA_TOKEN_FILE: join(sandbox.folder, 'token'),
  };
});

afterEach(() => sandbox.clear());

async function served(): Promise<string> {
  const server = startRhema(sandbox, 'serve', '--json', '--port', '0');
  const hasEnded = (): boolean => server.child.exitCode !== null;
  const line = await until('it serves', () => server.said.stdout.split('\n')[0] || hasEnded());
  if (typeof line !== 'string') throw new Error((await server.ended).stderr);
  return (JSON.parse(line) as { url: string }).url;
}

/** An edit that the hook of a client asks about on the other machine. */
function edit(session: string): { readonly status: number | null; readonly stderr: string } {
  const input = JSON.stringify({
    session_id: session,
    cwd: clone,
    hook_event_name: 'PreToolUse',
    tool_name: 'Edit',
    tool_use_id: session,
    tool_input: { file_path: join(clone, 'api/rhema.yaml'), old_string: 'a', new_string: 'b' },
  });
  const words = [cliMain, 'hook', 'claude'];
  return spawnSync(process.execPath, words, {
    cwd: clone,
    env: { ...sandbox.env, ...env },
    input,
    encoding: 'utf8',
  });
}

async function there(...args: readonly string[]): Promise<Envelope> {
  const { code, stdout, stderr } = await start(
    sandbox,
    process.execPath,
    [cliMain, '-C', clone, '--json', ...args],
    env,
  ).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Envelope;
}

it('who is given a name by its hook or its command has one that the token lets in, and is held off by it', async () => {
  expect(edit('one')).toMatchObject({ status: 0, stderr: '' });
  expect(edit('two').stderr).toMatch(/api\/rhema\.yaml is held by ci-claude-\w{6}/);
  await there('run', '--scope', 'web', '--', 'true');
  const { entries } = (await there('log')) as unknown as { entries: { kind: string; agent: string }[] };
  const joined = entries.filter(({ kind }) => kind === 'AgentJoin').map(({ agent }) => agent);
  expect(joined).toEqual([
    expect.stringMatching(/^ci-claude-\w{6}$/),
    expect.stringMatching(/^ci-claude-\w{6}$/),
    expect.stringMatching(/^ci-run-.+-\d+$/),
  ]);
});

it('doctor tells over the server what holds agents off here, and whether the token lets in the names that they have', async () => {
  await there('hooks', 'install', 'claude', '--yes');
  const { findings } = (await there('doctor')) as unknown as {
    findings: { subject: string; message: string }[];
  };
  const told = Object.fromEntries(findings.map(({ subject, message }) => [subject, message]));
  expect(told).toMatchObject({
    names: 'who is given none has one that the token lets in, such as ci-claude-6fa890',
    enforcement: expect.stringContaining('.claude/settings.json') as string,
    'hooks of Claude Code': expect.stringContaining('enforced') as string,
  });
});
