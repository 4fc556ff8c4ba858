import { beforeEach, describe, expect, it } from 'vitest';
import { CoordinatorError } from '../protocol/index.ts';
import { Call } from './call.ts';
import { runCli } from './program.ts';
import { FakeCoordinator } from './testing/fake-coordinator.ts';
import { Harness } from './testing/harness.ts';
import { statusAnswer } from './testing/samples.ts';
import type { Environment, Repository, World } from './world/world.ts';

const server = 'https://build.example.org/rhema';

/** What was to be reached, each time. */
let connected: readonly (readonly [Repository, Parameters<World['connect']>[1]])[];
beforeEach(() => {
  connected = [];
});

/** What `rhema login` has noted in the clone. */
let noted: string | null;
beforeEach(() => {
  noted = null;
});

async function run(env: Environment, ...args: readonly string[]) {
  const coordinator = new FakeCoordinator({ answers: { status: () => statusAnswer() } });
  const harness = new Harness({ coordinator, env, servers: { noted: async () => noted } });
  const { ports } = harness;
  const connect: World['connect'] = async (...words) => {
    connected = [...connected, words];
    return coordinator;
  };
  const code = await runCli(args, { ...ports, world: { ...ports.world, connect } });
  return { code, stdout: harness.stdout, stderr: harness.stderr };
}

describe('the coordinator is that of', () => {
  it.each<[string, Environment, readonly string[], string | undefined]>([
    ['this machine', {}, [], undefined],
    ['this machine, where RHEMA_SERVER is empty', { RHEMA_SERVER: '' }, [], undefined],
    ['RHEMA_SERVER', { RHEMA_SERVER: `${server}/` }, [], server],
    ['--server', {}, ['--server', `${server}/`], server],
    ['--server, whatever RHEMA_SERVER says', { RHEMA_SERVER: 'http://other' }, ['--server', server], server],
    ['this machine, where --server is empty', { RHEMA_SERVER: server }, ['--server', ''], undefined],
    ['the log itself with --direct', { RHEMA_SERVER: '' }, ['--direct'], undefined],
  ])('%s', async (_title, env, words, expected) => {
    expect(await run(env, ...words, 'status')).toMatchObject({ code: 0, stderr: '' });
    expect(connected).toHaveLength(1);
    const [[repository, options] = []] = connected;
    expect(repository?.server).toBe(expected);
    expect(repository?.commonDir).toBe('/repo/.git');
    expect(options).toMatchObject({ direct: words.includes('--direct') });
  });
});

describe('where rhema login has noted a server in the clone, the coordinator is that of', () => {
  const other = 'http://other';
  it.each<[string, Environment, readonly string[], string | undefined]>([
    ['that server', {}, [], server],
    ['RHEMA_SERVER, which goes before', { RHEMA_SERVER: other }, [], other],
    ['--server, which goes before', {}, ['--server', other], other],
    ['this machine, where RHEMA_SERVER is empty', { RHEMA_SERVER: '' }, [], undefined],
    ['this machine, where --server is empty', {}, ['--server', ''], undefined],
    ['the log itself with --direct', {}, ['--direct'], undefined],
  ])('%s', async (_title, env, words, expected) => {
    noted = server;
    const { code, stdout } = await run(env, ...words, 'status');
    expect(code).toBe(0);
    const [[repository] = []] = connected;
    expect(repository?.server).toBe(expected);
    expect(repository?.isNoted ?? false).toBe(expected === server);
    expect(stdout.startsWith(`coordinated by ${expected}\n`)).toBe(expected !== undefined);
  });

  it('that of nobody, where what is noted cannot be read', async () => {
    const harness = new Harness({
      coordinator: new FakeCoordinator({}),
      servers: {
        noted: async () => {
          throw new CoordinatorError('PERMISSION', 'the note is a symbolic link');
        },
      },
    });
    expect(await harness.run('status')).toMatchObject({ code: 1, stdout: '' });
    expect(await harness.run('whoami')).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('nobody is reached', () => {
  it.each<[Environment, readonly string[]]>([
    [{}, ['--server', server]],
    [{ RHEMA_SERVER: server }, []],
  ])('with --direct, %j and %j: that is a log of this machine', async (env, words) => {
    const { code, stdout } = await run(env, '--direct', ...words, 'status', '--json');
    expect({ code, body: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 2,
      body: {
        ok: false,
        code: 'USAGE',
        message: '--direct opens the log of this machine: it goes without --server and RHEMA_SERVER',
      },
    });
    expect(connected).toEqual([]);
  });

  it.each<[Environment, readonly string[]]>([
    [{}, ['--server', 'build.example.org']],
    [{ RHEMA_SERVER: 'build.example.org' }, []],
    [{ RHEMA_SERVER: server }, ['--server', 'build.example.org']],
  ])('by what is no address: %j and %j', async (env, words) => {
    const { code, stderr } = await run(env, ...words, 'status');
    expect(code).toBe(2);
    expect(stderr).toContain('the server "build.example.org": an address such as http://127.0.0.1:7421');
    expect(connected).toEqual([]);
  });
});

it('a command line to copy reaches the same server', () => {
  const { ports } = new Harness({ coordinator: new FakeCoordinator({}) });
  const call = new Call(ports, { server }, '/repo');
  expect(call.rhema('status')).toBe(`rhema --server ${server} status`);
  expect(call.in('/repo/sub').rhema('status')).toBe(`rhema -C /repo/sub --server ${server} status`);
});
