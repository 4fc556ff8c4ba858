/** The examples, each as a process of its own, with a real coordinator. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhema, rhemaJson, start } from '../withstand/support/cli.ts';
import { packageRoot } from '../withstand/support/paths.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';
import { until } from '../withstand/support/until.ts';

const examples = join(packageRoot, 'examples');
const nightly = join(examples, 'nightly.mjs');

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox({ api: [], web: [] });
});
afterEach(() => sandbox.clear());

const run = (...args: string[]) => start(sandbox, process.execPath, [nightly, ...args]);
const notes = (): string => readFileSync(join(sandbox.worktree, 'api/nightly.yaml'), 'utf8');

async function holder(): Promise<unknown> {
  const { envelope } = await rhemaJson(sandbox, 'lock', 'list');
  return (envelope['locks'] as readonly { readonly agent: string }[])[0]?.agent;
}

it('each example is of under 100 lines', () => {
  for (const name of readdirSync(examples))
    expect(readFileSync(join(examples, name), 'utf8').split('\n').length, name).toBeLessThan(100);
});

it('nightly: a check runs under the lock, and its result is written and recorded', async () => {
  const { code, stdout, stderr } = await run('api', 'sh', '-c', 'echo token $RHEMA_TOKEN; exit 2').ended;
  expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
  expect(notes()).toMatch(/^nightly: 'failed with 2 at .*'\n$/);
  const { envelope } = await rhemaJson(sandbox, 'log', '--event', 'context');
  expect(JSON.stringify(envelope)).toContain(`"token":${/token (\d+)/.exec(stdout)?.[1]}`);
  expect((await rhemaJson(sandbox, 'status')).envelope['agents']).toEqual([]);
});

it('nightly: a command that there is not is told in one line, and nothing is left behind', async () => {
  const { code, stderr } = await run('api', 'no-such-command').ended;
  expect({ code, stderr }).toEqual({ code: 127, stderr: 'nightly: spawn no-such-command ENOENT (ENOENT)\n' });
  expect(notes).toThrow('ENOENT');
  expect(await holder()).toBeUndefined();
});

it('nightly: it waits for whoever works there', async () => {
  await rhema(sandbox, 'agent', 'join', 'alice');
  await rhema(sandbox, 'lock', 'acquire', 'api', '--agent', 'alice');
  const running = run('api', 'true');
  await until('it waits', async () => (await rhema(sandbox, 'status')).stdout.includes('1 waiting'));
  await rhema(sandbox, 'lock', 'release', '--agent', 'alice');
  expect((await running.ended).code).toBe(0);
  expect(notes()).toContain('passed');
});

it('nightly: interrupted in its wait, it gives its place back', async () => {
  await rhema(sandbox, 'agent', 'join', 'alice');
  await rhema(sandbox, 'lock', 'acquire', 'api', '--agent', 'alice');
  const running = run('api', 'true');
  await until('it waits', async () => (await rhema(sandbox, 'status')).stdout.includes('1 waiting'));
  running.child.kill('SIGINT');
  const { code, stderr } = await running.ended;
  expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('GAVE_UP') as string });
  expect((await rhema(sandbox, 'status')).stdout).toContain('0 waiting');
});

it('nightly: a lost lock ends the check, and nothing is written', async () => {
  const running = run('api', 'sleep', '600');
  await until('it holds', async () => (await holder()) === 'nightly');
  await rhema(sandbox, 'lock', 'revoke', 'api');
  const { code, stderr } = await running.ended;
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('LOCK_LOST') as string });
  expect(notes).toThrow('ENOENT');
});

it('nightly: killed while it held, it begins anew at once', async () => {
  const killed = run('api', 'sleep', '1');
  await until('it holds', async () => (await holder()) === 'nightly');
  killed.child.kill('SIGKILL');
  await killed.ended;
  expect(await holder()).toBe('nightly');
  const { code, stderr } = await run('api', 'true').ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(await holder()).toBeUndefined();
});

/** Carol writes a file under the lock of a scope. */
const carolWrites = (scope: string, path: string) =>
  start(sandbox, process.execPath, [
    '--input-type=module',
    '-e',
    `import { takePart } from ${JSON.stringify(join(packageRoot, 'dist/index.js'))};
     const agent = await takePart({ agent: 'carol' });
     try {
       await agent.withLock(${JSON.stringify(scope)}, {}, (lock) => lock.write(${JSON.stringify(path)}, () => 'no'));
     } finally {
       await agent.leave();
     }`,
  ]).ended;
const refusedWith = (text: string): object => ({ code: 1, stderr: expect.stringContaining(text) as string });

it('a file that a link leads out of the repository is not written', async () => {
  mkdirSync(join(sandbox.folder, 'elsewhere'));
  symlinkSync(join(sandbox.folder, 'elsewhere'), join(sandbox.worktree, 'api/out'));
  expect(await carolWrites('api', 'api/out/notes.yaml')).toMatchObject(refusedWith('leads out'));
  expect(readdirSync(join(sandbox.folder, 'elsewhere'))).toEqual([]);
});

it('a file of a scope that somebody else holds is not written through a link either', async () => {
  await rhema(sandbox, 'agent', 'join', 'bob');
  await rhema(sandbox, 'lock', 'acquire', 'web', '--agent', 'bob');
  symlinkSync('../web', join(sandbox.worktree, 'api/web'));
  const refused = 'api/web/notes.yaml leads to web/notes.yaml, which is of web, and this lock is on api';
  expect(await carolWrites('api', 'api/web/notes.yaml')).toMatchObject(refusedWith(refused));
  expect(readdirSync(join(sandbox.worktree, 'web'))).toEqual(['rhema.yaml']);
});

it("what is Git's own is not written under the lock of the top", async () => {
  const path = '.git/hooks/pre-commit';
  expect(await carolWrites('.', path)).toMatchObject(refusedWith("is in Git's own folder"));
  expect(existsSync(join(sandbox.worktree, path))).toBe(false);
});

/** A program of its own, as it would be written; it prints what the test reads. */
const program = (text: string) =>
  start(sandbox, process.execPath, [
    '--input-type=module',
    '-e',
    `import { RefusedError, takePart } from ${JSON.stringify(join(packageRoot, 'dist/index.js'))};\n${text}`,
  ]).ended;

it('a file stands for its scope where files are claimed so, and one that is free gets a lock if it is named', async () => {
  await sandbox.clear();
  sandbox = new Sandbox({ api: [] }, { max_locks_per_agent: 2, claim: 'scope', free: ['yarn.lock'] });
  const { stdout, stderr } = await program(
    `const agent = await takePart({ agent: 'carol' });
     const { scopes, files } = await agent.acquire({ files: ['api/x.ts', 'yarn.lock'] });
     console.log(JSON.stringify({ scopes, files }));
     await agent.leave();`,
  );
  expect({ stdout, stderr }).toEqual({ stdout: '{"scopes":["api"],"files":["yarn.lock"]}\n', stderr: '' });
});

it.each([
  [
    'two addressees',
    `await agent.say('hello', { to: 'bob', all: true })`,
    'name one of to, holderOf and all',
  ],
  ['none', `await agent.say('hello', {})`, 'name one of to, holderOf and all'],
  [
    'two things',
    `await agent.say('hello', { holderOf: { scopes: ['api', 'web'] } })`,
    'name one scope, file',
  ],
  ['an unknown kind', `await agent.say('hello', { all: true, kind: 'order' })`, 'has to be one of info'],
  ['no text', `await agent.say('', { all: true })`, '1 to 2000 characters, not 0'],
  ['nobody there', `await agent.say('hello', { to: 'bob' })`, 'NO_RECIPIENT'],
])('a message with %s is refused', async (_what, call, problem) => {
  const { stdout } = await program(
    `const agent = await takePart({ agent: 'carol' });
     try { ${call}; } catch (error) { console.log(error.code, error.message); }
     await agent.leave();`,
  );
  expect(stdout).toContain(problem);
});
