import { beforeEach, describe, expect, it } from 'vitest';
import { asRevision } from '../../core/index.ts';
import type { Answer, Webhook, WebhookState, WebhookWish } from '../../webhooks/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness, startMs } from '../testing/harness.ts';
import { healthAnswer, scopeView } from '../testing/samples.ts';
import { displayWidth } from '../format/width.ts';
import type { Environment } from '../world/environment.ts';

const secret = `whsec_${'a'.repeat(43)}=`;
const url = 'https://example.org/hook';
let webhooks: Webhook[];
let damaged: readonly string[];
let answer: Answer;

beforeEach(() => {
  [webhooks, damaged] = [[], []];
  answer = { status: 200, problem: null, tookMs: 12, waitMs: null, text: 'ok\u{9b}31m' };
});

const madeOf = (wish: WebhookWish, id = '00000000000a'): Webhook['record'] => ({
  id,
  ...wish,
  secrets: [{ secret, untilMs: null }],
  turn: 0,
});

const made = (over: Partial<WebhookWish> = {}): Webhook['record'] =>
  madeOf({
    name: 'chat',
    url,
    on: [],
    scope: null,
    createdAtMs: startMs,
    from: asRevision(8),
    ...over,
  });

const state = (over: Partial<WebhookState> = {}): WebhookState => ({
  turn: 0,
  next: { revision: asRevision(12), event: 0 },
  off: null,
  failingSinceMs: null,
  nextTryAtMs: null,
  deliveries: [],
  ...over,
});

const harness = (env: Environment = {}, columns?: number): Harness =>
  new Harness({
    env,
    ...(columns === undefined ? {} : { terminal: true, columns }),
    coordinator: new FakeCoordinator({
      answers: {
        health: () => healthAnswer({ revision: asRevision(7) }),
        scopes: () => ({ revision: asRevision(7), scopes: [scopeView('src/core')], problems: [] }),
      },
    }),
    webhooks: {
      list: async () => ({ webhooks, damaged }),
      create: async (_repository, wish) => {
        const record = madeOf(wish);
        webhooks.push({ record, state: null });
        return record;
      },
      replace: async (_repository, record) => {
        webhooks = webhooks.map((one) => (one.record.id === record.id ? { ...one, record } : one));
      },
      remove: async (_repository, id) => void (webhooks = webhooks.filter(({ record }) => record.id !== id)),
      test: async () => answer,
    },
  });

describe('webhook create', () => {
  it('says so where the scope is not known', async () => {
    const words = ['webhook', 'create', 'new', '--url', url, '--scope'];
    expect((await harness().run(...words, 'src/nix')).stderr).toContain(
      'no scope src/nix is known yet: new tells nothing',
    );
    webhooks = [];
    expect((await harness().run(...words, 'src')).stderr).toBe('');
  });

  it.each([
    [['lock.aquired'], 'did you mean lock.acquired?'],
    [['loc'], 'did you mean lock?'],
    [['xyz'], 'no webhook tells of that; known are agent.joined, '],
    [['lock.acquired,xyz'], '--on "xyz": no webhook tells of that'],
  ])('--on %j: %s', async (on, message) => {
    const { code, body } = await harness().json('webhook', 'create', 'new', '--url', url, '--on', ...on);
    expect([code, body['message']]).toEqual([2, expect.stringContaining(message)]);
  });

  it('takes several events with commas between, too', async () => {
    await harness().run(
      'webhook',
      'create',
      'new',
      '--url',
      url,
      '--on',
      'agent.lost,violation',
      'lock.expired',
    );
    expect(webhooks[0]?.record.on).toEqual([
      'agent.lost',
      'violation.began',
      'violation.ended',
      'lock.expired',
    ]);
  });

  it('shows the secret once, and begins with what comes after the present revision', async () => {
    expect(await harness().run('webhook', 'create', 'chat', '--url', url)).toEqual({
      code: 0,
      stdout: [
        secret,
        '',
        'It is not shown again. The receiver checks by it that a call comes from here.',
        'It tells what happens from now on, while rhema serve runs.',
        '  rhema webhook test chat',
        '',
      ].join('\n'),
      stderr: '',
    });
    expect(webhooks[0]?.record).toEqual(made());
    for (const json of [[], ['--json']])
      expect((await harness().run('webhook', 'list', ...json)).stdout).not.toContain(secret);
  });

  it('shows nothing but the secret with --quiet', async () => {
    expect((await harness().run('-q', 'webhook', 'create', 'chat', '--url', url)).stdout).toBe(`${secret}\n`);
  });

  it('takes events, groups of them, and a scope', async () => {
    const words = ['--on', 'violation', 'agent.lost', 'agent.lost', '--scope', 'src/core'];
    await harness().run('webhook', 'create', 'chat', '--url', url, ...words);
    expect(webhooks[0]?.record).toMatchObject({
      on: ['violation.began', 'violation.ended', 'agent.lost'],
      scope: 'src/core',
    });
  });

  it.each([
    [url, 'https://example.org/hook'],
    ['https://example.org#part', 'https://example.org/'],
    ['http://127.0.0.1:9000/x', 'http://127.0.0.1:9000/x'],
    ['http://[::1]:9000/', 'http://[::1]:9000/'],
  ])('calls %s', async (text, called) => {
    await harness().run('webhook', 'create', 'chat', '--url', text);
    expect(webhooks[0]?.record.url).toBe(called);
  });

  it.each([
    [['--url', 'example.org'], 'an address such as https://example.org/hooks expected'],
    [['--url', 'file:///etc/passwd'], 'an address such as https://example.org/hooks expected'],
    [['--url', `https://example.org/${'x'.repeat(2_048)}`], 'expected'],
    [['--url', 'https://me:pw@example.org/'], '--url: a name and a password in it would stand in logs'],
    [['--url', 'http://example.org/'], 'others could read on the way to example.org'],
    [['--url', 'http://127.0.0.1.example.org/'], 'others could read on the way'],
    [
      ['--url', url, '--on', 'lock.stolen'],
      '--on "lock.stolen": no webhook tells of that; known are agent.joined,',
    ],
  ])('with %j: refused', async (words, message) => {
    const { code, body } = await harness().json('webhook', 'create', 'chat', ...words);
    expect({ code, body }).toMatchObject({ code: 2, body: { code: 'INVALID_INPUT' } });
    expect(String(body['message'])).toContain(message);
    expect(webhooks).toEqual([]);
  });

  it('calls other machines without encryption only where that is said', async () => {
    const words = ['--url', 'http://build.example.org/', '--insecure'];
    expect((await harness().run('webhook', 'create', 'chat', ...words)).code).toBe(0);
  });

  it.each(['', 'a b', '../x', 'x'.repeat(65)])('a webhook is not called %j', async (name) => {
    expect((await harness().json('webhook', 'create', name, '--url', url)).body).toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it('two do not have one name, and there is an end to their number', async () => {
    webhooks = [{ record: made(), state: null }];
    expect(await harness().json('webhook', 'create', 'chat', '--url', url)).toMatchObject({
      code: 3,
      body: { code: 'WEBHOOK_EXISTS' },
    });
    webhooks = Array.from({ length: 32 }, (_, index) => ({
      record: made({ name: `w${index}` }),
      state: null,
    }));
    expect(await harness().json('webhook', 'create', 'chat', '--url', url)).toMatchObject({
      code: 3,
      body: { code: 'WEBHOOK_LIMIT_REACHED' },
    });
  });
});

describe('webhook list', () => {
  const statusOf = async (over: Partial<WebhookState> | null): Promise<string> => {
    webhooks = [{ record: made(), state: over === null ? null : state(over) }];
    return (await harness().run('webhook', 'list')).stdout;
  };

  it('says how each stands', async () => {
    expect(await statusOf(null)).toContain('on, once rhema serve runs');
    expect(await statusOf({})).toMatch(/ on\n/);
    const failing = { failingSinceMs: startMs - 60_000, nextTryAtMs: startMs + 50_000 };
    expect(await statusOf(failing)).toContain('failing, first 1 min ago, next try in 50 s');
    const off = { atMs: startMs - 60_000, why: 'failing' } as const;
    expect(await statusOf({ off })).toContain('off, 1 min ago: nothing arrived for 3 days');
    expect(await statusOf({ off })).toContain('it goes on where it was by: rhema webhook enable chat');
    expect(await statusOf({ off, turn: 1 })).toContain('on, once rhema serve runs');
  });

  it.each([40, 60])(
    'fits on a terminal of %i columns, with what is to be done about one',
    async (columns) => {
      const off = { atMs: startMs - 60_000, why: 'failing' } as const;
      webhooks = [{ record: made({ name: 'chat-of-the-whole-team' }), state: state({ off }) }];
      damaged = ['/home/ann/.local/state/rhema/webhooks/00000000000b.json'];
      const { stdout } = await harness({ NO_COLOR: '1' }, columns).run('webhook', 'list');
      expect(stdout.split('\n').filter((line) => displayWidth(line) > columns)).toEqual([]);
      expect(stdout).toMatch(/is\s+damaged/);
      expect(stdout).toContain('chat-of-the-whole-team');
      [webhooks, damaged] = [[], []];
      const { stdout: none } = await harness({ NO_COLOR: '1' }, columns).run('webhook', 'list');
      expect(none.split('\n').filter((line) => displayWidth(line) > columns)).toEqual([]);
    },
  );

  it('tells programs the same', async () => {
    webhooks = [{ record: made(), state: state({ off: { atMs: 5, why: 'gone' } }) }];
    expect((await harness().json('webhook', 'list')).body).toMatchObject({
      webhooks: [
        { name: 'chat', url, on: [], scope: null, status: 'off', why: 'gone', offAtMs: 5, nextRevision: 12 },
      ],
      damaged: [],
    });
  });

  it('says how the first is made, and names what is damaged', async () => {
    expect((await harness().run('webhook', 'list')).stdout).toBe(
      'there is no webhook yet: rhema webhook create NAME --url URL\n',
    );
    damaged = ['/home/webhooks/x.json'];
    expect((await harness().run('webhook', 'list')).stdout).toBe(
      '/home/webhooks/x.json is damaged, and calls nobody: remove it\n',
    );
  });
});

describe('of one webhook', () => {
  beforeEach(() => void (webhooks = [{ record: made(), state: state() }]));

  it('a test shows the answer, made safe', async () => {
    const { code, stdout } = await harness().run('webhook', 'test', 'chat');
    expect(code).toBe(0);
    expect(stdout).toContain('chat took the test: 200, after 12 ms: ok');
    expect(stdout).not.toContain('\u{9b}');
    expect((await harness().json('webhook', 'test', 'chat')).body).toMatchObject({ status: 200, tookMs: 12 });
  });

  it.each([
    [{ status: 302 }, '302 (redirects are not followed), after 12 ms'],
    [{ status: 500 }, '500, after 12 ms'],
    [{ status: null, problem: 'TIMED_OUT' }, 'no answer within 15 s, after 12 ms'],
    [{ status: null, problem: 'EHOSTUNREACH' }, 'EHOSTUNREACH, after 12 ms'],
  ])('a test that fails is said: %j', async (over, text) => {
    answer = { ...answer, text: '', ...over };
    expect(await harness().json('webhook', 'test', 'chat')).toMatchObject({
      code: 1,
      body: { code: 'WEBHOOK_NOT_DELIVERED', message: `chat did not take the test: ${text}` },
    });
  });

  it('deliveries are listed, the newest first, with the next try', async () => {
    const one = {
      id: 'evt_1',
      type: 'agent.joined',
      revision: asRevision(9),
      tries: 1,
      delivered: true,
      triedAtMs: startMs,
      tookMs: 3,
      status: 204,
      problem: null,
    };
    const other = { ...one, id: 'evt_2', tries: 4, delivered: false, status: null, problem: 'TIMED_OUT' };
    const nextTryAtMs = startMs + 50_000;
    webhooks = [{ record: made(), state: state({ deliveries: [one, other], nextTryAtMs }) }];
    const rows = (await harness().run('webhook', 'deliveries', 'chat')).stdout.split('\n');
    expect(rows.slice(1, 3).map((text) => text.split(/ {2,}/))).toEqual([
      ['evt_2', 'agent.joined', '9', '4', expect.any(String), 'TIMED_OUT, 3 ms', 'in 50 s'],
      ['evt_1', 'agent.joined', '9', '1', expect.any(String), '204, 3 ms', '-'],
    ]);
    expect((await harness().json('webhook', 'deliveries', 'chat')).body).toMatchObject({
      webhook: 'chat',
      nextTryAtMs,
      deliveries: [{ id: 'evt_2' }, { id: 'evt_1' }],
    });
  });

  it('before the first there are none', async () => {
    expect((await harness().run('webhook', 'deliveries', '00000000000a')).stdout).toBe(
      'chat has told nothing yet\n',
    );
  });

  it('enable goes on where it was, or from now on', async () => {
    expect((await harness().run('webhook', 'enable', 'chat')).stdout).toBe('chat goes on where it was\n');
    expect(webhooks[0]?.record).toMatchObject({ turn: 1, from: 8 });
    await harness().run('webhook', 'enable', 'chat', '--from-now');
    expect(webhooks[0]?.record).toMatchObject({ turn: 2, from: 8 });
  });

  it('rotate shows a new secret; the one before signs for a day more', async () => {
    const shown = (await harness().json('webhook', 'rotate', 'chat')).body['secret'];
    expect(shown).not.toBe(secret);
    expect(webhooks[0]?.record.secrets).toEqual([
      { secret: shown, untilMs: null },
      { secret, untilMs: startMs + 86_400_000 },
    ]);
  });

  it('rotated again within the day, all of them sign, each for its own', async () => {
    const later = startMs + 1_000;
    webhooks = [
      {
        record: {
          ...made(),
          secrets: [
            { secret, untilMs: null },
            { secret: `${secret}1`, untilMs: later },
          ],
        },
        state: null,
      },
    ];
    const shown = (await harness().json('webhook', 'rotate', 'chat')).body['secret'];
    expect(webhooks[0]?.record.secrets).toEqual([
      { secret: shown, untilMs: null },
      { secret, untilMs: startMs + 86_400_000 },
      { secret: `${secret}1`, untilMs: later },
    ]);
  });

  it('rotate forgets what signs no more, and refuses where too many sign', async () => {
    const old = { secret, untilMs: startMs };
    webhooks = [
      { record: { ...made(), secrets: [{ secret, untilMs: null }, old, old, old, old, old] }, state: null },
    ];
    for (let turn = 0; turn < 4; turn += 1)
      expect((await harness().run('webhook', 'rotate', 'chat')).code).toBe(0);
    expect(webhooks[0]?.record.secrets).toHaveLength(5);
    expect(await harness().json('webhook', 'rotate', 'chat')).toMatchObject({
      code: 3,
      body: { code: 'WEBHOOK_LIMIT_REACHED' },
    });
  });

  it('delete ends it', async () => {
    expect((await harness().run('webhook', 'delete', 'chat')).stdout).toBe('chat tells nobody any more\n');
    expect(webhooks).toEqual([]);
  });

  it.each([['test'], ['deliveries'], ['enable'], ['rotate'], ['delete']])(
    '%s: one that there is not',
    async (name) => {
      expect(await harness().json('webhook', name, 'CHAT')).toMatchObject({
        code: 1,
        body: { code: 'WEBHOOK_NOT_FOUND' },
      });
      expect(webhooks).toHaveLength(1);
    },
  );
});

it('is completed by its name, and events by theirs', async () => {
  webhooks = [{ record: made(), state: null }];
  expect((await harness().run('__complete', '--', 'webhook', 'delete', '')).stdout).toBe(
    'chat\texample.org\n',
  );
  const kinds = await harness().run('__complete', '--', 'webhook', 'create', 'new', '--on', 'violation');
  expect(kinds.stdout).toBe('violation.began\t\nviolation.ended\t\n');
});

it('is refused elsewhere than where the server is', async () => {
  const server = 'https://build.example.org';
  for (const words of [['create', 'chat', '--url', url], ['list'], ['test', 'chat']])
    expect(await harness({ RHEMA_SERVER: server }).json('webhook', ...words)).toMatchObject({
      code: 2,
      body: { code: 'USAGE' },
    });
});
