import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { git, makeRepository, commitAll, temporaryFolder, write } from '../../repository/testing/fixture.ts';
import { rhemaIn } from '../testing/direct.ts';
import { processPorts } from '../process/process-ports.ts';
import { serveHook } from './serve-hook.ts';
import { contextOf, held, Session, shopFiles } from '../testing/hook-session.ts';

function shop(more?: string): string {
  const root = makeRepository(shopFiles(more));
  commitAll(root);
  return root;
}

describe('an edit', () => {
  test('of a file that nobody holds locks it; of one that another agent holds it is refused, and says what to do', async () => {
    const root = shop();
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    expect((await one.before(join(root, 'api/a.ts'))).code).toBe(0);
    const refused = await two.before('api/a.ts');
    expect(refused.code).toBe(2);
    expect(refused.told).toMatch(
      /^rhema: not written, api\/a\.ts is held by claude-\w{6}\n {2}for: editing in claude\n {2}since .*\n {2}try: rhema (?:--direct )?lock acquire api\/a\.ts --agent claude-\w{6} --wait\n/,
    );
    expect(refused.json['hookSpecificOutput']).toMatchObject({ permissionDecision: 'deny' });
    expect((await two.before('api/b.ts')).code).toBe(0);
    expect((await held(root)).map((lock) => lock.split(' ')[0])).toEqual(['api/a.ts', 'api/b.ts']);
  });

  test('of what is free, ignored, in .git or elsewhere needs no lock, and nobody joins for it', async () => {
    const root = shop();
    const one = new Session(root, 'one');
    for (const path of ['CHANGES.md', 'api/x.log', '.git/info/exclude', join(temporaryFolder(), 'x')])
      expect((await one.before(path)).code, path).toBe(0);
    expect(await held(root)).toEqual([]);
    const { stdout } = await rhemaIn(root, 'agent', 'list', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ agents: [] });
  });

  test('in another working tree of the repository is of the same file', async () => {
    const root = shop();
    const tree = join(temporaryFolder(), 'login');
    git(root, 'worktree', 'add', '--quiet', tree);
    const [one, two] = [new Session(root, 'one'), new Session(tree, 'two')];
    expect((await two.before('api/a.ts')).code).toBe(0);
    expect((await one.before(join(tree, 'api/a.ts'))).code).toBe(2);
    expect((await one.before('api/a.ts')).told).toMatch(/held by claude-login-\w{6}/);
  });

  test('claims the whole scope where the repository says so', async () => {
    const root = shop('  claim: scope\n');
    const one = new Session(root, 'one');
    await one.before('api/a.ts');
    expect((await held(root)).map((lock) => lock.split(' ')[0])).toEqual(['api']);
  });

  test('that comes twice is answered once: the repeat from memory', async () => {
    const root = shop();
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    await one.before('api/a.ts');
    const payload = { tool_name: 'Edit', tool_input: { file_path: 'api/a.ts' }, tool_use_id: 'same' };
    const first = await two.say('PreToolUse', payload);
    await one.say('SessionEnd');
    expect(await two.say('PreToolUse', payload)).toEqual(first);
    expect((await two.say('PreToolUse', { ...payload, tool_use_id: 'other' })).code).toBe(0);
  });

  test('in more scopes than an agent may hold gives back first what it has committed', async () => {
    const root = shop('  max_locks_per_agent: 1\n');
    const one = new Session(root, 'one');
    await one.before('api/a.ts');
    write(root, { 'api/a.ts': 'changed\n' });
    await one.after('api/a.ts');
    const refused = await one.before('web/w.ts');
    expect([refused.code, refused.told]).toEqual([2, expect.stringContaining('since you work in api')]);
    commitAll(root);
    expect((await one.before('web/w.ts')).code).toBe(0);
    expect((await held(root)).map((lock) => lock.split(' ')[0])).toEqual(['web/w.ts']);
  });

  test('of what was waited for by the command that the refusal names is given back when it is committed', async () => {
    const root = shop();
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    await one.before('api/a.ts');
    const { told } = await two.before('api/a.ts');
    await one.say('SessionEnd');
    const words =
      /try: rhema (.*)/
        .exec(told)?.[1]
        ?.split(' ')
        .filter((word) => word !== '--direct') ?? [];
    expect((await rhemaIn(root, ...words)).code).toBe(0);
    await two.before('api/a.ts');
    write(root, { 'api/a.ts': 'of two\n' });
    commitAll(root);
    expect(await held(root)).toHaveLength(1);
    await two.say('Stop');
    expect(await held(root)).toEqual([]);
  });

  test('of what the agent has acquired itself leaves it locked', async () => {
    const root = shop();
    const one = new Session(root, 'one');
    await one.before('api/b.ts');
    const agent = (await held(root))[0]?.split(' ')[1] ?? '';
    expect((await rhemaIn(root, 'lock', 'acquire', 'api/a.ts', '--agent', agent)).code).toBe(0);
    await one.before('api/a.ts');
    await one.say('Stop');
    expect(await held(root)).toEqual([`api/a.ts ${agent}`]);
  });
});

describe('a stale read', () => {
  const changeBehind = async (root: string): Promise<void> => {
    const other = new Session(root, 'other');
    await other.before('api/a.ts');
    write(root, { 'api/a.ts': 'of the other\n' });
    await other.after('api/a.ts');
    await other.say('SessionEnd');
  };

  test('is refused once, and says who changed it', async () => {
    const root = shop();
    const one = new Session(root, 'one');
    await one.before('api/a.ts', 'Read');
    await changeBehind(root);
    const refused = await one.before('api/a.ts');
    expect(refused.code).toBe(2);
    expect(refused.told).toMatch(
      /^rhema: not written: api\/a\.ts changed since you read it\.\n.*claude-\w{6}.*\n/,
    );
    expect((await held(root)).map((lock) => lock.split(' ')[0])).toEqual(['api/a.ts']);
    expect((await one.before('api/a.ts')).code).toBe(0);
  });

  test('is none where it was read again, or never, or nothing of it changed', async () => {
    const root = shop();
    const one = new Session(root, 'one');
    await one.before('api/a.ts', 'Read');
    await changeBehind(root);
    await one.before('api/a.ts', 'Read');
    expect((await one.before('api/a.ts')).code).toBe(0);
    expect((await one.before('api/b.ts')).code).toBe(0);
    expect((await new Session(root, 'three').before('web/w.ts')).code).toBe(0);
  });

  test('is none of what the agent itself did under its lock, by whatever tool', async () => {
    const root = shop();
    const one = new Session(root, 'one');
    await one.before('api/a.ts', 'Read');
    await one.before('api/a.ts');
    write(root, { 'api/a.ts': 'formatted behind its back\n' });
    expect((await one.before('api/a.ts')).code).toBe(0);
    commitAll(root);
    await one.say('Stop');
    expect(await held(root)).toEqual([]);
    expect((await one.before('api/a.ts')).code).toBe(0);
  });
});

describe('what an agent holds', () => {
  test('goes back when its turn ends and all is committed, and stays while it is not', async () => {
    const root = shop();
    const one = new Session(root, 'one');
    await one.before('api/a.ts');
    await one.before('api/b.ts');
    write(root, { 'api/a.ts': 'changed\n' });
    await one.say('Stop');
    expect((await held(root)).map((lock) => lock.split(' ')[0])).toEqual(['api/a.ts']);
    await one.say('SessionEnd');
    expect(await held(root)).toEqual([]);
    expect(readdirSync(join(root, '.git/rhema/hooks'))).toEqual([]);
    expect(readdirSync(join(root, '.git/rhema/sessions'))).toEqual([]);
  });

  test('keeps it from stopping once where others wait for it', async () => {
    const root = shop();
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    await one.before('api/a.ts');
    write(root, { 'api/a.ts': 'changed\n' });
    await two.before('api/a.ts');
    const name = (await rhemaIn(root, 'agent', 'list', '--json')).stdout;
    const { agents } = JSON.parse(name) as { agents: { agent: string; held: unknown[] }[] };
    const waiting = agents.find((agent) => agent.held.length === 0)?.agent ?? '';
    const waits = rhemaIn(root, 'lock', 'acquire', 'api/a.ts', '--agent', waiting, '--wait', '1m');
    await expect
      .poll(async () => (await rhemaIn(root, 'lock', 'list', '--json')).stdout)
      .toContain('"queueLength":1');
    expect((await one.say('Stop', { stop_hook_active: true })).json).toEqual({});
    expect((await one.say('Stop')).json).toEqual({
      decision: 'block',
      reason: expect.stringMatching(/^rhema: others wait for what you hold: api\/a\.ts\. .*lock release/),
    });
    expect((await one.say('Stop')).json).toEqual({});
    await one.say('SessionEnd');
    expect((await waits).code).toBe(0);
  });
});

describe('a beginning', () => {
  test('tells the agent who it is, who else is at work, and what happens to its edits', async () => {
    const root = shop();
    await new Session(root, 'one').before('api/a.ts');
    const told = contextOf(await new Session(root, 'two').say('SessionStart', { source: 'startup' }));
    expect(told).toMatch(/You are claude-\w{6}, in the working tree /);
    expect(told).toMatch(/At work here:\n {2}claude-\w{6}: api\/a\.ts, for \S+ .*\(editing in claude\)/);
  });

  test("names the agent in the shell of Claude Code's agent", async () => {
    const root = shop();
    const file = join(temporaryFolder(), 'env');
    writeFileSync(file, '');
    const one = new Session(root, 'one');
    const told = contextOf(await one.say('SessionStart', {}, { CLAUDE_ENV_FILE: file }));
    const [, name] = /You are (\S+),/.exec(told) ?? [];
    expect(readFileSync(file, 'utf8')).toBe(`export RHEMA_AGENT=${name}\n`);
  });
});

test('a message is told once, after a tool', async () => {
  const root = shop();
  const one = new Session(root, 'one');
  await one.before('api/a.ts');
  await rhemaIn(root, 'say', 'stop that', '--all', '--kind', 'stop', '--operator');
  expect(contextOf(await one.after('api/a.ts'))).toContain('stop that');
  expect(contextOf(await one.after('api/a.ts'))).toBe('');
});

describe('an agent that works elsewhere', () => {
  test('edits a file under the locks of the repository that it lies in', async () => {
    const root = shop();
    const [one, gone] = [new Session(root, 'one'), new Session(temporaryFolder(), 'two')];
    await one.before('api/a.ts');
    const refused = await gone.before(join(root, 'api/a.ts'));
    expect([refused.code, refused.told]).toEqual([2, expect.stringContaining(`-C ${root}`)]);
    expect((await gone.before(join(root, 'api/new/b.ts'))).code).toBe(0);
    expect((await held(root)).map((lock) => lock.split(' ')[0])).toEqual(['api/a.ts', 'api/new/b.ts']);
    const nowhere = new Session(join(root, 'is', 'not', 'there'), 'three');
    expect((await nowhere.before(join(root, 'api/a.ts'))).code).toBe(2);
  });

  test('or in a repository within, or beside it: under the locks of that one', async () => {
    const [root, other] = [shop(), shop()];
    await new Session(other, 'one').before('api/a.ts');
    expect((await new Session(root, 'two').before(join(other, 'api/a.ts'))).code).toBe(2);
    expect(await held(root)).toEqual([]);
  });

  test('is still told what happens in the project that its client was started for', async () => {
    const root = shop();
    const gone = new Session(temporaryFolder(), 'one');
    expect(contextOf(await gone.say('SessionStart', {}, { CLAUDE_PROJECT_DIR: root }))).toContain(
      'You are claude-',
    );
    expect((await gone.say('SessionStart')).json).toEqual({});
  });
});

test('more than can be judged while a client waits is refused at once, where agents are coordinated', async () => {
  const long = `api/${'a/'.repeat(3_000)}x`;
  expect((await new Session(shop(), 'one').before(long)).code).toBe(2);
  expect((await new Session(makeRepository(), 'one').before(long)).code).toBe(0);
});

test('a RHEMA_AGENT that is no name is passed over, and that is said', async () => {
  const root = shop();
  const edit = { tool_name: 'Edit', tool_input: { file_path: 'api/a.ts' } };
  const heard = await new Session(root, 'one').say('PreToolUse', edit, { RHEMA_AGENT: '--all' });
  expect([heard.code, heard.json['systemMessage']]).toEqual([
    0,
    expect.stringContaining('RHEMA_AGENT is passed over'),
  ]);
  expect(await held(root)).toEqual([expect.stringMatching(/^api\/a\.ts claude-/)]);
});

test('what is no JSON is refused in the words of what it must have been', async () => {
  const ports = { ...processPorts(), cwd: temporaryFolder() };
  const { stdout, exitCode } = await serveHook(ports, { client: 'claude', event: null }, 'x');
  expect([exitCode, JSON.parse(stdout)]).toEqual([
    2,
    {
      hookSpecificOutput: expect.objectContaining({
        hookEventName: 'PreToolUse',
        permissionDecision: 'deny',
      }),
    },
  ]);
});

test('an edit on trial is refused where the coordinator can be asked, and leaves nothing', async () => {
  const root = shop();
  const session = 'rhema-canary-1';
  const trial = new Session(root, session);
  const { code, told } = await trial.before(join(root, session), 'Write');
  expect([code, told]).toEqual([2, expect.stringContaining(`a trial of this hook (${session})`)]);
  expect(await held(root)).toEqual([]);
  expect(existsSync(join(root, '.git/rhema/hooks'))).toBe(false);
});

describe('where it cannot be judged', () => {
  test('nothing is done where nobody coordinates: outside of a repository, in another one, or where it is disabled', async () => {
    const plain = makeRepository({ a: '' });
    expect((await new Session(plain, 'one').before('a')).code).toBe(0);
    expect(existsSync(join(plain, '.git/rhema'))).toBe(false);
    expect((await new Session(temporaryFolder(), 'one').before('a')).json).toEqual({});
    const off = makeRepository({ 'rhema.yaml': 'name: x\nagent_coordination:\n  enabled: false\n', a: '' });
    expect(await new Session(off, 'one').before('a')).toEqual({ code: 0, told: '', json: {} });
  });

  test('an edit is done and that is said, or with strict_mode not done', async () => {
    for (const isStrict of [false, true]) {
      const root = shop(isStrict ? '  safety_validation: { strict_mode: true }\n' : '');
      write(root, { '.git/rhema': 'in the way' });
      const heard = await new Session(root, 'one').before('api/a.ts');
      expect(heard.code).toBe(isStrict ? 2 : 0);
      if (isStrict) expect(heard.told).toContain('strict_mode');
      else expect(heard.json['systemMessage']).toContain('NOT GUARDED');
    }
  });

  test('an edit in words that are not known is no open door either', async () => {
    const root = shop();
    const heard = await new Session(root, 'one').say('PreToolUse', {
      tool_name: 'Edit',
      tool_input: { target: 'api/a.ts' },
    });
    expect(heard.json['systemMessage']).toContain('NOT GUARDED');
  });
});
