import { beforeEach, describe, expect, it } from 'vitest';
import type { TokenRecord } from '../../access/index.ts';
import { CoordinatorError } from '../../protocol/index.ts';
import { Harness, startMs } from '../testing/harness.ts';
import type { ServeWish } from '../world/world.ts';

let wishes: ServeWish[];
let expiries: readonly (number | null)[];
let served: readonly (readonly [path: string, worktree: string | null])[];

beforeEach(() => {
  [wishes, expiries, served] = [[], [null], []];
});

const harness = (failure?: Error): Harness =>
  new Harness({
    coordinator: new Error('a server is the coordinator: it looks for none'),
    tokens: {
      list: async () => ({
        records: expiries.map((expiresAtMs) => ({ expiresAtMs }) as TokenRecord),
        damaged: [],
      }),
    },
    owner: {
      serve: async (repositories, wish, onReady) => {
        if (failure !== undefined) throw failure;
        served = repositories.map(({ repository, path }) => [path, repository.worktree]);
        wishes.push(wish);
        const urls = repositories.map(({ path }) => `http://${wish.host}:7421${wish.prefix}${path}`);
        onReady({ urls, pid: 4711 });
      },
    },
  });

const plain: ServeWish = {
  host: '127.0.0.1',
  port: 7421,
  tls: null,
  behindProxy: false,
  allowHosts: [],
  prefix: '',
  requestsPerSecond: 1000,
  logLevel: null,
};

const tls = ['--tls-cert', 'c.pem', '--tls-key', '/etc/k.pem'];

it('serves this machine alone unless it is told otherwise, and says where', async () => {
  expect(await harness().run('serve')).toEqual({
    code: 0,
    stdout: 'serving at http://127.0.0.1:7421 (process 4711); Ctrl-C ends it, and what is held stays held\n',
    stderr: '1 token lets somebody in: rhema token list\n',
  });
  expect(wishes).toEqual([plain]);
  expect(served).toEqual([['', '/repo']]);
});

it('tells programs the same in one line', async () => {
  expiries = [null, startMs + 1, startMs];
  expect(await harness().run('serve', '--json')).toEqual({
    code: 0,
    stdout: '{"ok":true,"revision":null,"url":"http://127.0.0.1:7421","pid":4711,"tokens":2}\n',
    stderr: '',
  });
});

it.each([
  [[], 'nobody has a token yet: rhema token create NAME --role agent\n'],
  [[startMs], 'nobody has a token yet: rhema token create NAME --role agent\n'],
  [[startMs + 1], '1 token lets somebody in: rhema token list\n'],
  [[null, null], '2 tokens let somebody in: rhema token list\n'],
])('of tokens that expire at %j it says how many let somebody in', async (given, note) => {
  expiries = given;
  expect((await harness().run('serve')).stderr).toBe(note);
  expect((await harness().run('-q', 'serve')).stderr).toBe('');
});

describe('an option', () => {
  it.each<[readonly string[], Partial<ServeWish>]>([
    [['--port', '0'], { port: 0 }],
    [['--port', '65535'], { port: 65_535 }],
    [['--host', '::1'], { host: '::1' }],
    [['--host', 'localhost'], { host: 'localhost' }],
    [['--host', '127.0.0.2'], { host: '127.0.0.2' }],
    [['--host', '0.0.0.0', '--behind-proxy'], { host: '0.0.0.0', behindProxy: true }],
    [tls, { tls: { certFile: '/repo/c.pem', keyFile: '/etc/k.pem' } }],
    [
      ['--host', '0.0.0.0', ...tls],
      { host: '0.0.0.0', tls: { certFile: '/repo/c.pem', keyFile: '/etc/k.pem' } },
    ],
    [['--allow-host', 'build.example.org', 'build'], { allowHosts: ['build.example.org', 'build'] }],
    [['--log-level', 'debug'], { logLevel: 'debug' }],
    [['--prefix', '/rhema'], { prefix: '/rhema' }],
    [['--prefix', '/rhema/'], { prefix: '/rhema' }],
    [['--prefix', '/a/b-c/.well-known/~d_e.f//'], { prefix: '/a/b-c/.well-known/~d_e.f' }],
    [['--prefix', '/'], { prefix: '' }],
    [['--prefix', ''], { prefix: '' }],
    [['--rate', '1'], { requestsPerSecond: 1 }],
    [['--rate', '1000000'], { requestsPerSecond: 1_000_000 }],
  ])('%j', async (words, wish) => {
    expect((await harness().run('serve', ...words)).code).toBe(0);
    expect(wishes).toEqual([{ ...plain, ...wish }]);
  });

  it('names a file as seen from where the command is', async () => {
    await harness().run('-C', 'sub', 'serve', ...tls);
    expect(wishes[0]?.tls).toEqual({ certFile: '/repo/sub/c.pem', keyFile: '/etc/k.pem' });
  });
});

describe('refused', () => {
  it.each([
    '0.0.0.0',
    '::',
    '192.168.1.7',
    'build.example.org',
    '127.0.0.1.example.org',
    'localhost.example.org',
    '',
  ])('is --host %j without encryption', async (host) => {
    expect(await harness().json('serve', '--host', host)).toMatchObject({
      code: 2,
      body: {
        ok: false,
        code: 'INVALID_INPUT',
        message: `--host ${host}: others could read tokens on their way: give --tls-cert and --tls-key, or --behind-proxy where a proxy in front encrypts`,
      },
    });
    expect(wishes).toEqual([]);
  });

  it.each([[['--tls-cert', 'c.pem']], [['--tls-key', 'k.pem']], [['--tls-cert', 'c.pem', '--behind-proxy']]])(
    'is %j: half of what encrypts',
    async (words) => {
      expect(await harness().json('serve', ...words)).toMatchObject({
        code: 2,
        body: { code: 'USAGE', message: '--tls-cert and --tls-key go together' },
      });
      expect(wishes).toEqual([]);
    },
  );

  it.each([
    ['--port', '65536', 'a whole number from 0 to 65535'],
    ['--port', '-1', 'a whole number from 0 to 65535'],
    ['--port', 'http', 'a whole number from 0 to 65535'],
    ['--port', '', 'a whole number from 0 to 65535'],
    ['--rate', '0', 'a whole number from 1 to 1000000'],
    ['--rate', '1000001', 'a whole number from 1 to 1000000'],
    ['--rate', '1.5', 'a whole number from 1 to 1000000'],
    ['--prefix', 'rhema', 'a path such as /rhema expected'],
    ['--prefix', '/a//b', 'a path such as /rhema expected'],
    ['--prefix', '/a b', 'a path such as /rhema expected'],
    ['--prefix', '/a?b', 'a path such as /rhema expected'],
    ['--prefix', '/a%2fb', 'a path such as /rhema expected'],
    ['--prefix', '/..', 'a path such as /rhema expected'],
    ['--prefix', '/a/./b', 'a path such as /rhema expected'],
    ['--prefix', 'http://h/rhema', 'a path such as /rhema expected'],
  ])('is %s %j', async (option, value, message) => {
    const { code, body } = await harness().json('serve', option, value);
    expect({ code, body }).toMatchObject({ code: 2, body: { code: 'INVALID_INPUT' } });
    expect(body['message']).toContain(`${option} ${JSON.stringify(value)}: `);
    expect(body['message']).toContain(message);
    expect(wishes).toEqual([]);
  });
});

it('what keeps it from serving passes through', async () => {
  const failure = new CoordinatorError('UNAVAILABLE', 'cannot listen on 127.0.0.1, port 7421: it is taken');
  expect(await harness(failure).run('serve')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'rhema: cannot listen on 127.0.0.1, port 7421: it is taken (UNAVAILABLE)\n',
  });
});

it('is not told of another server', async () => {
  const { code, body } = await harness().json('--server', 'https://build.example.org', 'serve');
  expect({ code, body }).toMatchObject({ code: 2, body: { code: 'USAGE' } });
  expect(wishes).toEqual([]);
});

it.each(['http://x', 'build.example.org:7421', 'build.example.org/rhema', '', 'a b', '-x'])(
  'a host that cannot be, %j, is refused: no request could name it',
  async (host) => {
    const { code, stderr } = await harness().run('serve', `--allow-host=${host}`);
    expect([code, wishes]).toEqual([2, []]);
    expect(stderr).toContain(`--allow-host ${JSON.stringify(host)}: the name of a host`);
  },
);

it.each(['build.example.org', 'localhost', 'my_host', '10.0.0.1', '::1', '[::1]'])(
  'the host %s is taken',
  async (host) => {
    await harness().run('serve', '--allow-host', host);
    expect(wishes).toMatchObject([{ allowHosts: [host] }]);
  },
);
