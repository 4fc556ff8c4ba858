import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rhemaIn, type Answered } from '../testing/direct.ts';

/** Command lines against the real service and store, opened in this process, on a real repository. */
let repository = '';

beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'rhema-cli-'));
  execFileSync('git', ['init', '--quiet', repository]);
  writeScope(
    'rhema.yaml',
    'name: root',
    'agent_coordination:',
    '  max_locks_per_agent: 2',
    '  max_retries: 1',
  );
  writeScope('src/core/rhema.yaml', 'name: core');
  writeScope('src/api/rhema.yaml', 'name: api', 'dependencies:', '  - path: ../core');
});
afterAll(() => rmSync(repository, { recursive: true, force: true }));

function writeScope(file: string, ...lines: readonly string[]): void {
  const path = join(repository, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${lines.join('\n')}\n`);
}

interface Result extends Answered {
  readonly body: Record<string, unknown>;
}

async function resultIn(cwd: string, ...words: readonly string[]): Promise<Result> {
  const answered = await rhemaIn(cwd, ...words);
  const { stdout } = answered;
  const body = stdout.startsWith('{') ? (JSON.parse(stdout) as Record<string, unknown>) : {};
  return { ...answered, body };
}

const rhema = (...words: readonly string[]): Promise<Result> => resultIn(repository, ...words);

describe('two agents on one repository', () => {
  it('take turns on a scope, with growing tokens', async () => {
    expect((await rhema('agent', 'join', 'alice')).code).toBe(0);
    expect((await rhema('agent', 'join', 'bob', '--json')).body).toMatchObject({ ok: true, agent: 'bob' });
    const first = await rhema(
      'lock',
      'acquire',
      'src/core',
      '--agent',
      'alice',
      '--reason',
      'auth',
      '--json',
    );
    const refused = await rhema('lock', 'acquire', 'src/core', '--agent', 'bob', '--json');
    expect([first.code, refused.code]).toEqual([0, 3]);
    expect(refused.body).toMatchObject({
      ok: false,
      code: 'LOCK_HELD',
      details: { holder: 'alice', reason: 'auth' },
    });
    await rhema('lock', 'release', '--agent', 'alice');
    const second = await rhema('lock', 'acquire', 'src/core', '--agent', 'bob', '--json');
    expect(second.body['token']).toBeGreaterThan(first.body['token'] as number);
  });

  it('see the same scope from a folder below', async () => {
    const { body } = await resultIn(
      join(repository, 'src'),
      'lock',
      'acquire',
      'api',
      '--agent',
      'alice',
      '--json',
    );
    expect(body['locks']).toMatchObject([{ scope: 'src/api' }]);
  });

  it('are refused an old token', async () => {
    const { code, body } = await rhema(
      'lock',
      'renew',
      'src/core',
      '--token',
      '1',
      '--agent',
      'alice',
      '--json',
    );
    expect([code, body['code']]).toEqual([3, 'STALE_FENCING_TOKEN']);
  });

  it('are told from each other by sessions that only this user can read', async () => {
    const folder = join(repository, '.git/rhema/sessions');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'alice.json')).mode & 0o777).toBe(0o600);
  });

  it('wait in vain for what the other keeps', async () => {
    const { code, body } = await rhema(
      'lock',
      'acquire',
      'src/core',
      '--agent',
      'alice',
      '--wait',
      '50ms',
      '--json',
    );
    expect([code, body['code']]).toEqual([4, 'WAITED_IN_VAIN']);
  });

  it('find in the log who held what, and why it is held now', async () => {
    const log = await rhema('log', '--scope', 'src/core', '--event', 'lock.granted', '--json');
    const entries = log.body['entries'] as readonly { readonly agent: string }[];
    expect(entries.map((entry) => entry.agent)).toEqual(['alice', 'bob']);
    expect((await rhema('why', 'src/core')).stdout).toMatch(/^src\/core is held by bob since /);
    expect((await rhema('why', 'bob', '--json')).body).toMatchObject({ agent: { status: 'working' } });
    const granted = log.body['entries'] as readonly { readonly revision: number }[];
    const past = await rhema('why', 'src/core', '--at', `@${granted[0]?.revision}`, '--json');
    expect(past.body['locks']).toMatchObject([{ agent: 'alice' }]);
  });

  it('leave, and with them all that they held', async () => {
    expect((await rhema('agent', 'leave', 'bob')).stdout).toBe('bob has left; released src/core\n');
    await rhema('agent', 'leave', 'alice');
    expect((await rhema('status', '--json')).body).toMatchObject({
      agents: [],
      locks: [],
      waiters: [],
      violations: [],
    });
  });
});

describe('rhema run', () => {
  const inShell = (script: string): readonly string[] => ['--', 'sh', '-c', script];

  it('gives its command what it needs, and its code back', async () => {
    const out = join(repository, 'out.txt');
    const script = `echo "$RHEMA_SCOPES $RHEMA_TOKEN" > ${out}; exit 7`;
    expect((await rhema('run', '--scope', 'src/core', ...inShell(script))).code).toBe(7);
    expect(execFileSync('cat', [out], { encoding: 'utf8' })).toMatch(/^src\/core \d+\n$/);
    expect((await rhema('status', '--json')).body).toMatchObject({ agents: [], locks: [] });
  });

  it('answers as a shell for a command that is killed, or is not there', async () => {
    expect((await rhema('run', '--scope', 'src/core', ...inShell('kill -KILL $$'))).code).toBe(137);
    expect((await rhema('run', '--scope', 'src/core', '--', './nowhere')).code).toBe(127);
  });

  it('ends its command when the lock is taken away', async () => {
    const begun = join(repository, 'begun');
    const script = `: > ${begun}; exec sleep 60`;
    const running = rhema('run', '--scope', 'src/core', '--ttl', '30s', ...inShell(script));
    while (!existsSync(begun)) await setImmediate();
    expect((await rhema('lock', 'revoke', 'src/core')).code).toBe(0);
    const { code, stderr } = await running;
    expect([code, stderr]).toEqual([1, expect.stringContaining('LOCK LOST on src/core')]);
  });
});

describe('the rest of the tree', () => {
  it('syncs in the order of dependencies', async () => {
    await rhema('agent', 'join', 'sid');
    expect((await rhema('sync', 'plan', 'src/api')).stdout).toBe(
      '1. src/core (never synced)\n2. src/api (never synced)\n',
    );
    const early = await rhema('sync', 'start', 'src/api', '--agent', 'sid');
    expect(early.code).toBe(3);
    expect(early.stderr).toContain('try: rhema --direct sync plan src/api');
    const started = await rhema('sync', 'start', 'src/core', '--agent', 'sid', '--json');
    const run = String(started.body['run']);
    expect((await rhema('sync', 'complete', 'src/core', '--run', run, '--agent', 'sid')).code).toBe(0);
    expect((await rhema('sync', 'plan')).stdout).not.toContain('src/core');
    await rhema('agent', 'leave', 'sid');
  });

  it('takes a changed graph over, and refuses a cycle whole', async () => {
    writeScope('docs/rhema.yaml', 'name: docs');
    expect((await rhema('scope', 'refresh')).code).toBe(0);
    expect((await rhema('scope', 'graph')).stdout).toBe('.\ndocs\nsrc/api\n└─ src/core\n');
    writeScope('src/core/rhema.yaml', 'name: core', 'dependencies:', '  - path: ../api');
    expect((await rhema('safety', 'validate', '--json')).body).toMatchObject({ code: 'UNSOUND' });
    expect((await rhema('scope', 'refresh')).code).toBe(3);
    expect((await rhema('scope', 'graph')).stdout).toContain('src/api\n└─ src/core\n');
    writeScope('src/core/rhema.yaml', 'name: core');
  });

  it('finds itself well', async () => {
    expect((await rhema('safety', 'check')).stdout).toMatch(
      /^\d+ invariants checked, all hold\n\d+ entries of the log lead to this very state\n$/,
    );
    expect((await rhema('doctor')).code).toBe(0);
    expect((await rhema('config', 'show', '--json')).body['entries']).toContainEqual({
      key: 'agent_coordination.max_locks_per_agent',
      value: 2,
      text: '2',
      origin: 'rhema.yaml:3',
      inForce: true,
      stillInForce: null,
    });
  });

  it.each([
    ['is not YAML', ['name: root', 'agent_coordination:', '  lock_timeout: 7m', '  x: ['], /rhema\.yaml:\d+/],
    [
      'has the block twice',
      ['name: root', 'agent_coordination:', '  lock_timeout: 7m', 'agent_coordination: {}'],
      /rhema\.yaml:4:1: error: key "agent_coordination" occurs twice: keep one/,
    ],
  ])('finds no configuration sound whose file %s', async (_what, lines, told) => {
    const other = mkdtempSync(join(tmpdir(), 'rhema-cli-'));
    execFileSync('git', ['init', '--quiet', other]);
    writeFileSync(join(other, 'rhema.yaml'), `${lines.join('\n')}\n`);
    const check = await resultIn(other, 'config', 'check');
    expect(check).toMatchObject({ code: 3, stderr: expect.stringMatching(told) as string });
    expect(check.stderr).toContain('nothing in rhema.yaml counts until that is corrected');
    const show = await resultIn(other, 'config', 'show');
    expect(show).toMatchObject({ code: 0, stderr: expect.stringContaining('could not be used') as string });
    expect((await resultIn(other, 'doctor')).stdout).toMatch(/problem configuration: rhema\.yaml:\d+: /);
    rmSync(other, { recursive: true });
  });

  it('finds no configuration sound that lists what can be no scope', async () => {
    const other = mkdtempSync(join(tmpdir(), 'rhema-cli-'));
    execFileSync('git', ['init', '--quiet', other]);
    writeFileSync(join(other, 'rhema.yaml'), 'agent_coordination:\n  scopes:\n    ../out:\n    later:\n');
    const { code, stderr } = await resultIn(other, 'config', 'check');
    expect([code, stderr]).toEqual([3, expect.stringContaining('rhema.yaml:3:5: error: ')]);
    expect(stderr).not.toContain('later');
    rmSync(other, { recursive: true });
  });

  it('knows that it is in no repository', async () => {
    const { code, body } = await resultIn(tmpdir(), 'status', '--json');
    expect([code, body['code']]).toEqual([1, 'NOT_A_REPOSITORY']);
  });
});
