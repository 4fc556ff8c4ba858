import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { protocolNumber } from '../../src/protocol/index.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rhema, rhemaJson, type Envelope } from './support/cli.ts';
import { LogAudit } from './support/log-audit.ts';
import { ownersOf } from './support/processes.ts';
import { RawPeer } from './support/raw-peer.ts';
import { Sandbox } from './support/sandbox.ts';
import { surroundings } from './support/surroundings.ts';

const hello = `{"op":"hello","protocol":${protocolNumber},"version":"0.0.0","pid":1}\n`;
let sandbox: Sandbox;
let before: string[];

beforeAll(async () => {
  sandbox = new Sandbox({ api: [], café: [] });
  for (const name of ['alice', 'bob']) await rhemaJson(sandbox, 'agent', 'join', name);
  before = around();
});

/** All but the state folder and the witness of its last revision, which changes with every command. */
const around = (): string[] =>
  surroundings(sandbox.folder, sandbox.paths.directory).filter((line) => !line.includes('/rhema.last '));

/** Whatever was tried: nothing outside of the state folder has changed, and nothing strange is in it. */
afterEach(() => {
  expect(around()).toEqual(before);
  const strange = readdirSync(sandbox.paths.directory).filter(
    (name) => !/^(coordinat|owner\.lock|sessions$)/.test(name),
  );
  expect(strange).toEqual([]);
});

afterAll(async () => {
  try {
    const audit = new LogAudit();
    await audit.readFrom(sandbox.paths.database);
    expect(audit.faults).toEqual([]);
  } finally {
    await sandbox.clear();
  }
});

async function refused(
  ...args: readonly string[]
): Promise<{ exitCode: number | null; code: string | undefined }> {
  const { exitCode, envelope } = await rhemaJson(sandbox, ...args);
  expect(envelope).toMatchObject({ ok: false, message: expect.any(String) });
  return { exitCode, code: envelope.code };
}

async function revision(): Promise<Envelope['revision']> {
  return (await rhemaJson(sandbox, 'status')).envelope.revision;
}

/** Texts that a person cannot tell from others, that lead elsewhere, or that upset whoever prints or stores them. */
const hostileAgents: Readonly<Record<string, string>> = {
  'a path to elsewhere': '../../outside',
  'a path in the middle': 'a/../../outside',
  'an absolute path': '/tmp/outside',
  nothing: '',
  'a blank': ' ',
  'two lines': 'alice\nbob',
  'an escape sequence': 'alice\u001b[2J',
  '10 kB': 'x'.repeat(10_240),
  'a Cyrillic look-alike': '\u0430lice',
  'an invisible character': 'alice\u200b',
  'a text turned around': '\u202ealice',
  'a command': '$(touch outside)',
};

describe('the name of an agent', () => {
  it.each(Object.keys(hostileAgents))('is refused as invalid input when it is %s', async (kind) => {
    const name = hostileAgents[kind] ?? '';
    expect(await refused('agent', 'join', name)).toEqual({ exitCode: 2, code: 'INVALID_INPUT' });
    expect((await rhema(sandbox, 'lock', 'acquire', 'api', '--agent', name)).code).toBe(2);
  });

  it('that is refused is shown without its control characters', async () => {
    const { stderr } = await rhema(sandbox, 'agent', 'join', 'alice\u001b[2J');
    expect(stderr).toContain('alice');
    expect(stderr).not.toContain('\u001b');
  });

  it('may contain slashes and capitals, and no other agent has one that reads alike', async () => {
    const known = readdirSync(sandbox.paths.sessions).length;
    expect((await rhemaJson(sandbox, 'agent', 'join', 'team/Alice')).exitCode).toBe(0);
    for (const name of ['team/alice', 'Team/alice'])
      expect(await refused('agent', 'join', name)).toEqual({ exitCode: 3, code: 'NAME_TOO_SIMILAR' });
    expect(readdirSync(sandbox.paths.sessions)).toHaveLength(known + 1);
  });
});

const hostileScopes: Readonly<Record<string, string>> = {
  'a path to elsewhere': '../..',
  'a path that comes back': '../../repository-of-another/api',
  'an absolute path': '/etc',
  'a path of another system': 'C:\\api',
  'two lines': 'api\nweb',
  'an escape sequence': 'api\u001b[2J',
  '10 kB': 'x'.repeat(10_240),
};

describe('the path of a scope', () => {
  it.each(Object.keys(hostileScopes))('is refused as invalid input when it is %s', async (kind) => {
    const path = hostileScopes[kind] ?? '';
    const acquire = await refused('lock', 'acquire', path, '--agent', 'alice');
    expect(acquire).toEqual({ exitCode: 2, code: 'INVALID_INPUT' });
    expect((await rhema(sandbox, 'why', path)).code).toBe(2);
  });

  it.each([
    ['a Cyrillic look-alike', '\u0430pi'],
    ['other capitals', 'API'],
    ['an invisible character', 'api\u200b'],
  ])('is not taken for another that looks the same, such as one with %s', async (_kind, path) => {
    const acquire = await refused('lock', 'acquire', path, '--agent', 'alice');
    expect(acquire).toEqual({ exitCode: 3, code: 'SCOPE_NOT_FOUND' });
  });

  it('is the same scope however it is spelled', async () => {
    for (const spelling of [
      './api',
      'api/',
      'api//',
      'api/.',
      'café/../api',
      join(sandbox.worktree, 'api'),
    ]) {
      expect((await rhemaJson(sandbox, 'lock', 'acquire', 'api', '--agent', 'alice')).exitCode).toBe(0);
      const acquire = await refused('lock', 'acquire', spelling, '--agent', 'bob');
      expect({ spelling, ...acquire }).toEqual({ spelling, exitCode: 3, code: 'LOCK_HELD' });
    }
    await rhemaJson(sandbox, 'lock', 'release', 'api', '--agent', 'alice');
  });

  it('is the same scope in either Unicode form', async () => {
    const composed = await rhemaJson(sandbox, 'lock', 'acquire', 'caf\u00e9', '--agent', 'alice');
    expect(composed.exitCode).toBe(0);
    const acquire = await refused('lock', 'acquire', 'cafe\u0301', '--agent', 'bob');
    expect(acquire).toEqual({ exitCode: 3, code: 'LOCK_HELD' });
    await rhemaJson(sandbox, 'lock', 'release', 'café', '--agent', 'alice');
  });
});

describe('the socket', () => {
  let peer: RawPeer;
  let owners: number[];

  beforeEach(() => {
    owners = ownersOf(sandbox.folder).map(({ pid }) => pid);
    peer = new RawPeer(sandbox.paths.socket);
  });

  /** The owner lives, serves others, and has written nothing. */
  async function isUnmoved(revisionBefore: Envelope['revision']): Promise<void> {
    expect(await revision()).toBe(revisionBefore);
    expect(ownersOf(sandbox.folder).map(({ pid }) => pid)).toEqual(owners);
    peer.end();
  }

  it.each([
    ['text that is not JSON', 'rm -rf /\n'],
    ['random bytes', Buffer.concat([randomBytes(65_536), Buffer.from('\n')])],
    ['an HTTP request', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a line of 10 MB', Buffer.alloc(10 * 1024 * 1024, 'x')],
    ['a JSON value that is no message', '[[[[]]]]\n'],
    ['deep nesting', `${'['.repeat(400_000)}\n`],
  ])('hangs up on %s with the reason, and goes on serving others', async (_kind, bytes) => {
    const last = await revision();
    peer.say(bytes);
    await peer.closed();
    expect(peer.heard.at(-1)).toMatchObject({ id: 0, error: { code: 'INVALID_INPUT' } });
    await isUnmoved(last);
  });

  it.each([
    ['NUL in an agent name', { agent: 'a\0b' }, 'request.command.agent'],
    ['an agent name of 10 kB', { agent: 'x'.repeat(10_240) }, 'request.command.agent'],
    ['an agent name that is a list', { agent: ['alice'] }, 'request.command.agent'],
    ['a field that nobody knows', { agent: 'eve', admin: true }, 'request.command'],
    ['a secret that is too short', { agent: 'eve', secret: 'ab' }, 'request.command.secret'],
    [
      'metadata of 10 kB',
      { agent: 'eve', metadata: { note: 'x'.repeat(10_240) } },
      'request.command.metadata',
    ],
  ])(
    'answers %s with the place of the problem, and goes on with the same client',
    async (_kind, fields, path) => {
      const last = await revision();
      const command = { kind: 'AgentJoin', secret: 'ab'.repeat(16), metadata: {}, ...fields };
      peer.say(`${hello}${JSON.stringify({ id: 1, op: 'submit', request: { requestId: 'r', command } })}\n`);
      expect(await peer.answer(1)).toMatchObject({ error: { code: 'INVALID_INPUT', details: { path } } });
      peer.say('{"id":2,"op":"query","query":{"kind":"health"}}\n');
      expect(await peer.answer(2)).toMatchObject({ ok: { ok: true } });
      await isUnmoved(last);
    },
  );

  it('answers NUL in the path of a scope in the same way', async () => {
    const last = await revision();
    const scope = { path: 'a\0b', name: 'a', type: 'service', dependencies: [] };
    const request = { requestId: 'r', command: { kind: 'DefineScope', by: 'eve', scope } };
    peer.say(`${hello}${JSON.stringify({ id: 1, op: 'submit', request })}\n`);
    const path = 'request.command.scope.path';
    expect(await peer.answer(1)).toMatchObject({ error: { code: 'INVALID_INPUT', details: { path } } });
    await isUnmoved(last);
  });

  it('lets nobody act in the name of an agent whose secret he does not know', async () => {
    const last = await revision();
    const command = { kind: 'AgentLeave', agent: 'alice', epoch: last, secret: 'ab'.repeat(16) };
    peer.say(`${hello}${JSON.stringify({ id: 1, op: 'submit', request: { requestId: 'r', command } })}\n`);
    const { ok: reply } = (await peer.answer(1)) as { ok: { rejection: { code: string } } };
    expect(['SESSION_MISMATCH', 'STALE_EPOCH']).toContain(reply.rejection.code);
    await isUnmoved(last);
  });

  it('is not slowed down by a client that never finishes its line', async () => {
    peer.say('{"op":"hello","protocol":');
    expect((await rhemaJson(sandbox, 'lock', 'acquire', 'api', '--agent', 'alice')).exitCode).toBe(0);
    await rhemaJson(sandbox, 'lock', 'release', 'api', '--agent', 'alice');
    peer.end();
  });
});
