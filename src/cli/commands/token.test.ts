import { beforeEach, describe, expect, it } from 'vitest';
import type { TokenRecord, TokenWish } from '../../access/index.ts';
import { Harness, startMs } from '../testing/harness.ts';
import type { Environment } from '../world/environment.ts';

const dayMs = 86_400_000;
const secret = `rhema_00000000000a_${'5'.repeat(72)}`;

let records: TokenRecord[];
let wishes: TokenWish[];
let damaged: readonly string[];

beforeEach(() => {
  [records, wishes, damaged] = [[], [], []];
});

function record(over: Partial<TokenRecord>): TokenRecord {
  return {
    id: '00000000000a',
    name: 'ci',
    role: 'agent',
    agents: ['ci-*'],
    digest: 'd'.repeat(64),
    createdAtMs: startMs,
    expiresAtMs: startMs + 90 * dayMs,
    ...over,
  };
}

const harness = (env: Environment = {}): Harness =>
  new Harness({
    env,
    coordinator: new Error('tokens are no business of the coordinator'),
    tokens: {
      list: async () => ({ records, damaged }),
      create: async (_repository, wish) => {
        wishes.push(wish);
        const made = record(wish);
        records.push(made);
        return { record: made, token: secret };
      },
      revoke: async (_repository, id) => {
        records = records.filter((one) => one.id !== id);
        return true;
      },
    },
  });

describe('token create', () => {
  it('shows the token once, with what to do with it, and keeps it for 90 days unless it is told otherwise', async () => {
    expect(
      await harness().run('token', 'create', 'ci', '--role', 'agent', '--agents', 'ci-*', 'bot'),
    ).toEqual({
      code: 0,
      stdout: `${secret}\n\nIt is not shown again. Whoever has it gives it to their rhema once:\n  rhema login URL\n`,
      stderr: '',
    });
    expect(wishes).toEqual([
      {
        name: 'ci',
        role: 'agent',
        agents: ['ci-*', 'bot'],
        createdAtMs: startMs,
        expiresAtMs: startMs + 90 * dayMs,
      },
    ]);
    for (const json of [[], ['--json']]) {
      const { stdout } = await harness().run('token', 'list', ...json);
      expect(stdout).toContain('ci-*');
      expect(stdout).not.toContain(secret);
    }
  });

  it('tells programs the same, without what it is kept by', async () => {
    expect(await harness().json('token', 'create', 'wall', '--role', 'observer')).toEqual({
      code: 0,
      body: {
        ok: true,
        revision: null,
        token: secret,
        id: '00000000000a',
        name: 'wall',
        role: 'observer',
        agents: [],
        createdAt: new Date(startMs).toISOString(),
        createdAtMs: startMs,
        expiresAt: new Date(startMs + 90 * dayMs).toISOString(),
        expiresAtMs: startMs + 90 * dayMs,
      },
    });
  });

  it('says how to log in there, and not how this repository is reached here', async () => {
    const { stdout } = await harness().run('-C', '/elsewhere', 'token', 'create', 'ci', '--role', 'agent');
    expect(stdout).toContain('\n  rhema login URL\n');
  });

  it('shows nothing but the token with --quiet: nobody else would have it', async () => {
    expect((await harness().run('-q', 'token', 'create', 'ci', '--role', 'agent')).stdout).toBe(
      `${secret}\n`,
    );
  });

  it.each([
    ['agent', ['*']],
    ['observer', []],
    ['operator', []],
  ])('%s: it may be %j unless that is said', async (role, agents) => {
    await harness().run('token', 'create', 'ci', '--role', role);
    expect(wishes).toMatchObject([{ role, agents }]);
  });

  it.each([
    ['never', null],
    ['1h', startMs + 3_600_000],
    ['7d', startMs + 7 * dayMs],
  ])('expires: %s', async (expires, expiresAtMs) => {
    await harness().run('token', 'create', 'ci', '--role', 'agent', '--expires', expires);
    expect(wishes).toMatchObject([{ expiresAtMs }]);
  });

  it.each([
    [['--role', 'agent', '--expires', '0s'], '--expires 0s: such a token lets nobody in'],
    [['--role', 'agent', '--expires', 'soon'], '--expires: "soon" is not a duration'],
    [['--role', 'agent', '--expires', 'soon'], '; or never'],
    [['--role', 'root'], '--role "root": one of observer, agent, operator expected'],
    [['--role', 'agent', '--agents', 'ci *'], '--agents "ci *": no agent can have such a name'],
    [['--role', 'agent', '--agents', 'ci', ''], '--agents "": no agent can have such a name'],
  ])('with %j: refused', async (words, message) => {
    const { code, stdout, stderr } = await harness().run('token', 'create', 'ci', ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('(INVALID_INPUT)');
    expect(wishes).toEqual([]);
  });

  it.each([
    ['operator', 'an operator may be any'],
    ['observer', 'an observer is none'],
  ])('names of agents are refused for an %s', async (role, why) => {
    expect(await harness().json('token', 'create', 'ci', '--role', role, '--agents', 'ci')).toMatchObject({
      code: 2,
      body: { ok: false, code: 'USAGE', message: `--agents goes with --role agent: ${why}` },
    });
    expect(wishes).toEqual([]);
  });

  it('takes part under no role that is not said', async () => {
    expect(await harness().json('token', 'create', 'ci')).toMatchObject({
      code: 2,
      body: { code: 'USAGE', message: expect.stringContaining('--role <role> is missing') as string },
    });
  });

  it.each(['', '.ci', '-', 'a b', 'ci\n', 'é', 'a'.repeat(65)])('%j is no name', async (name) => {
    const { code, body } = await harness().json('token', 'create', name, '--role', 'agent');
    expect({ code, body }).toMatchObject({
      code: 2,
      body: {
        code: 'INVALID_INPUT',
        message: `the token ${JSON.stringify(name)}: 1 to 64 letters, digits, ., _ or - expected, the first a letter or digit`,
      },
    });
  });

  it.each(['7', 'CI_2.b-c', 'a'.repeat(64)])('%s is a name', async (name) => {
    expect((await harness().run('token', 'create', name, '--role', 'agent')).code).toBe(0);
  });

  it('a name is that of one token, until that has expired', async () => {
    records = [record({ expiresAtMs: startMs + 1 })];
    expect(await harness().json('token', 'create', 'ci', '--role', 'agent')).toEqual({
      code: 3,
      body: {
        ok: false,
        revision: null,
        code: 'TOKEN_EXISTS',
        message: 'there is a token ci already: choose another name, or rhema token revoke ci first',
        details: {},
      },
    });
    records = [record({ expiresAtMs: startMs })];
    expect((await harness().run('token', 'create', 'ci', '--role', 'agent')).code).toBe(0);
    records = [record({ expiresAtMs: null })];
    expect((await harness().run('token', 'create', 'ci', '--role', 'agent')).code).toBe(3);
  });
});

describe('token list', () => {
  it('has all but what is secret of them', async () => {
    records = [
      record({ createdAtMs: startMs - dayMs }),
      record({ id: '00000000000b', name: 'wall', role: 'observer', agents: [], expiresAtMs: null }),
      record({
        id: '00000000000c',
        name: 'old',
        role: 'operator',
        agents: [],
        expiresAtMs: startMs - 60_000,
      }),
    ];
    const { code, stdout } = await harness().run('token', 'list');
    expect(code).toBe(0);
    const rows = stdout.split('\n').map((text) => text.split(/ {2,}/));
    expect(rows[0]).toEqual(['NAME', 'ROLE', 'AGENTS', 'ID', 'MADE', 'EXPIRES']);
    expect(rows[1]).toEqual(['ci', 'agent', 'ci-*', '00000000000a', expect.any(String), 'in 90 d']);
    expect(rows[2]).toEqual(['wall', 'observer', '-', '00000000000b', expect.any(String), 'never']);
    expect(rows[3]).toEqual([
      'old',
      'operator',
      '-',
      '00000000000c',
      expect.any(String),
      'expired 1 min ago',
    ]);
    expect(stdout).not.toContain('dddd');
  });

  it('tells programs which have expired', async () => {
    records = [record({}), record({ id: '00000000000b', expiresAtMs: startMs })];
    const { body } = await harness().json('token', 'list');
    expect(body).toMatchObject({
      ok: true,
      revision: null,
      tokens: [
        { id: '00000000000a', name: 'ci', role: 'agent', agents: ['ci-*'], expired: false },
        { id: '00000000000b', expired: true },
      ],
      damaged: [],
    });
    expect(JSON.stringify(body)).not.toContain('digest');
  });

  it('says how the first is made', async () => {
    expect((await harness().run('token', 'list')).stdout).toBe(
      'there is no token yet: rhema token create NAME --role agent\n',
    );
  });

  it('names files that are damaged', async () => {
    damaged = ['/repo/.git/rhema/tokens/00000000000d.json'];
    expect((await harness().run('token', 'list')).stdout).toBe(
      '/repo/.git/rhema/tokens/00000000000d.json is damaged, and lets nobody in: remove it\n',
    );
    expect((await harness().json('token', 'list')).body).toMatchObject({ tokens: [], damaged });
  });
});

describe('token revoke', () => {
  it('takes a name or an id, and tells what it was', async () => {
    records = [record({}), record({ id: '00000000000b', name: 'wall' })];
    expect(await harness().run('token', 'revoke', 'ci')).toMatchObject({
      code: 0,
      stdout: 'ci (00000000000a) lets nobody in any more\n',
    });
    const { code, body } = await harness().json('token', 'revoke', '00000000000b');
    expect({ code, body }).toMatchObject({
      code: 0,
      body: { ok: true, revision: null, revoked: [{ id: '00000000000b', name: 'wall', role: 'agent' }] },
    });
    expect(JSON.stringify(body)).not.toContain('digest');
    expect(records).toEqual([]);
  });

  it('takes all of a name: one that has expired may have it, too', async () => {
    records = [record({ expiresAtMs: startMs - 1 }), record({ id: '00000000000b' })];
    expect((await harness().run('token', 'revoke', 'ci')).stdout).toBe(
      'ci (00000000000a) lets nobody in any more\nci (00000000000b) lets nobody in any more\n',
    );
    expect(records).toEqual([]);
  });

  it('takes none that is named otherwise', async () => {
    records = [record({})];
    expect(await harness().json('token', 'revoke', 'CI')).toEqual({
      code: 1,
      body: {
        ok: false,
        revision: null,
        code: 'TOKEN_NOT_FOUND',
        message: 'there is no token "CI": rhema token list names those that there are',
        details: {},
      },
    });
    expect(records).toHaveLength(1);
  });
});

describe('elsewhere than where the server is', () => {
  const server = 'https://build.example.org';

  it.each([
    [['token', 'create', 'new', '--role', 'agent']],
    [['token', 'list']],
    [['token', 'revoke', 'ci']],
  ])('%j is refused: the server would know nothing of it', async (words) => {
    records = [record({})];
    for (const answer of [
      await harness().json('--server', server, ...words),
      await harness({ RHEMA_SERVER: server }).json(...words),
    ])
      expect(answer).toMatchObject({
        code: 2,
        body: {
          code: 'USAGE',
          message: `that is done on the machine of ${server} itself: here it goes without --server and RHEMA_SERVER`,
        },
      });
    expect(records).toHaveLength(1);
    expect(wishes).toEqual([]);
  });
});
