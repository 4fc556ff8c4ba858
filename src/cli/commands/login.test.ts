import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { CoordinatorError, type Principal } from '../../protocol/index.ts';
import { newToken } from '../../access/token.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness } from '../testing/harness.ts';
import { lockView, statusAnswer } from '../testing/samples.ts';
import { runCli } from '../program.ts';

const server = 'https://build.example.org';
const token = `rhema_00000000000a_${'5'.repeat(72)}`;
const file = '/home/olga/.config/rhema/servers/build.token';

const agent: Principal = { name: 'ci', role: 'agent', agents: ['ci-*'] };

/** What is asked of the world, in order. */
let asked: readonly (readonly unknown[])[];
beforeEach(() => {
  asked = [];
});

const note = (...words: readonly unknown[]): void => void (asked = [...asked, words]);

interface Given {
  /** What is read: of the file that is named, or of standard input. */
  readonly input?: string;
  /** What is typed; null: nothing. */
  readonly typed?: string | null;
  readonly terminal?: boolean;
  readonly who?: Principal | Error;
  readonly isKept?: boolean;
}

/** As it was before it was fitted to a terminal. */
const unbroken = (text: string): string => stripVTControlCharacters(text).replaceAll('\n  ', ' ');

async function run(given: Given, ...args: readonly string[]) {
  const harness = new Harness({
    coordinator: new Error('nobody is asked but the server'),
    terminal: given.terminal ?? given.typed !== undefined,
    questions: {
      secret: async (message) => {
        note('secret', message);
        return given.typed ?? null;
      },
    },
    servers: {
      whoAmI: async (...words) => {
        note('whoAmI', ...words);
        const who = given.who ?? agent;
        if (who instanceof Error) throw who;
        return who;
      },
      keep: async (...words) => {
        note('keep', ...words);
        return file;
      },
      forget: async (...words) => {
        note('forget', ...words);
        return given.isKept ?? true;
      },
    },
  });
  const { ports } = harness;
  const readInput = async (cwd: string, path: string | null): Promise<string> => {
    note('read', cwd, path);
    return given.input ?? '';
  };
  const code = await runCli(args, {
    ...ports,
    world: {
      ...ports.world,
      // Whoever logs in need not be in a repository.
      locate: async () => {
        throw new CoordinatorError('NOT_A_REPOSITORY', 'no repository is here');
      },
      readInput,
    },
  });
  return { code, stdout: harness.stdout, stderr: unbroken(harness.stderr) };
}

const keptAfter = (...first: readonly unknown[]): unknown => [
  first,
  ['whoAmI', server, token],
  ['keep', server, token],
];

describe('login', () => {
  it('keeps the token that is typed, and says as whom it lets in', async () => {
    expect(await run({ typed: ` ${token}\n` }, 'login', `${server}/`)).toEqual({
      code: 0,
      stdout: `${server} lets you in as ci: an agent, under a name such as ci-*\n\nWork with it by:\n  export RHEMA_SERVER=${server}\n`,
      stderr: '',
    });
    expect(asked).toEqual(keptAfter('secret', `Token for ${server}`));
  });

  it('keeps the token of a file, which is named as seen from where the command is', async () => {
    const { code } = await run(
      { input: `${token}\n`, terminal: true },
      '-C',
      'sub',
      'login',
      server,
      '--token-file',
      't.txt',
    );
    expect(code).toBe(0);
    expect(asked).toEqual(keptAfter('read', '/repo/sub', 't.txt'));
  });

  it('keeps the token of all that rhema token create has printed', async () => {
    const printed = `${token}\n\nIt is not shown again. Whoever has it gives it to their rhema once:\n  rhema login URL\n`;
    expect((await run({ input: printed }, 'login', server)).code).toBe(0);
    expect(asked).toEqual(keptAfter('read', '/repo', null));
  });

  it('keeps the token of standard input, where that is no terminal', async () => {
    expect((await run({ input: `${token}\r\n` }, 'login', server)).code).toBe(0);
    expect(asked).toEqual(keptAfter('read', '/repo', null));
  });

  it('tells programs the same, but not the token', async () => {
    const { stdout } = await run({ input: token }, 'login', server, '--json');
    expect(JSON.parse(stdout)).toEqual({ ok: true, revision: null, server, ...agent, file, noted: false });
  });

  it.each<[Principal, string]>([
    [{ ...agent, agents: ['ci', 'bot-*'] }, 'an agent, under a name such as ci, bot-*'],
    [{ ...agent, agents: ['ci', '*'] }, 'an agent, under any name'],
    [{ ...agent, role: 'observer', agents: [] }, 'an observer, who may look'],
    [{ ...agent, role: 'operator', agents: [] }, 'an operator, who may do everything'],
  ])('of %j says what it may', async (who, text) => {
    expect((await run({ input: token, who }, 'login', server)).stdout).toContain(
      `${server} lets you in as ci: ${text}\n`,
    );
  });

  it('prints what the server calls itself so that the shell, too, takes it for a name', async () => {
    const { stdout } = await run(
      { input: token, who: { ...agent, name: 'ci\u001b[2J' } },
      'login',
      `${server}/a&b`,
    );
    expect(stdout).toContain(`export RHEMA_SERVER='${server}/a&b'\n`);
    expect(stdout).not.toContain('\u001b');
  });

  it.each([
    ['UNAUTHENTICATED', 'no such token'],
    ['UNAVAILABLE', 'nobody listens there'],
  ] as const)('keeps nothing when the server answers %s', async (code, message) => {
    const who = new CoordinatorError(code, message);
    expect(await run({ input: token, who }, 'login', server)).toEqual({
      code: 1,
      stdout: '',
      stderr: `rhema: ${message} (${code})\n`,
    });
    expect(JSON.parse((await run({ input: token, who }, 'login', server, '--json')).stdout)).toEqual({
      ok: false,
      revision: null,
      code,
      message,
      details: {},
    });
    expect(asked.map(([what]) => what)).toEqual(['read', 'whoAmI', 'read', 'whoAmI']);
  });

  it.each(['', '\n', 'two words', `${token}\n${token}`, 'a'.repeat(513), 'clé', 'a\u0000b', 'a\u007f'])(
    '%j is no token, and is sent to nobody',
    async (input) => {
      const { code, stderr } = await run({ input }, 'login', server);
      expect(code).toBe(2);
      expect(stderr).toContain('that is no token: one line expected, as rhema token create printed it');
      expect(stderr).toContain('(INVALID_INPUT)');
      expect(asked).toEqual([['read', '/repo', null]]);
    },
  );

  it('keeps nothing when nothing is typed', async () => {
    expect(await run({ typed: null }, 'login', server)).toEqual({
      code: 2,
      stdout: '',
      stderr: 'rhema: no token was given: nothing was kept (CONFIRMATION_NEEDED)\n',
    });
    expect(asked.map(([what]) => what)).toEqual(['secret']);
  });

  it.each(['--json', '--quiet'])(
    'asks nobody with %s, and does not read what would be seen',
    async (option) => {
      const { code, stdout, stderr } = await run({ typed: token }, 'login', server, option);
      expect(code).toBe(2);
      expect(stdout + stderr).toContain('give --token-file, or the token on standard input');
      expect(stdout + stderr).toContain('CONFIRMATION_NEEDED');
      expect(asked).toEqual([]);
    },
  );

  it('takes an address alone', async () => {
    const { code, stderr } = await run({ typed: token }, 'login', 'build.example.org');
    expect(code).toBe(2);
    expect(stderr).toContain('the server "build.example.org": an address such as http://127.0.0.1:7421');
    expect(asked).toEqual([]);
  });
});

describe('logout', () => {
  it.each([
    [true, `the token for ${server} is forgotten here\n`],
    [false, `no token for ${server} is kept here\n`],
  ])('forgets a token that is kept: %s', async (isKept, text) => {
    expect(await run({ isKept }, 'logout', `${server}/`)).toEqual({ code: 0, stdout: text, stderr: '' });
    expect(JSON.parse((await run({ isKept }, 'logout', server, '--json')).stdout)).toEqual({
      ok: true,
      revision: null,
      server,
      forgotten: isKept,
      left: false,
    });
    expect(asked).toEqual([
      ['forget', server],
      ['forget', server],
    ]);
  });

  it('takes an address alone', async () => {
    expect((await run({}, 'logout', 'ftp://build.example.org')).code).toBe(2);
    expect(asked).toEqual([]);
  });
});

it.each([
  ['http://build.example.org:7421', true],
  ['https://build.example.org:7421', false],
  ['http://127.0.0.1:7421', false],
  ['http://[::1]:7421', false],
])('a token on its way to %s can be read by others: %s', async (url, isOpen) => {
  const { stderr } = await run({ input: 'rhema_token' }, 'login', url);
  expect(stderr.includes('is not encrypted')).toBe(isOpen);
});

it('an address at which nothing is served leads to the one that is', async () => {
  const who = new CoordinatorError('INVALID_INPUT', 'nothing is served at this address');
  const { code, stderr } = await run({ input: 'rhema_token', who }, 'login', `${server}/nix`);
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining(
      `no repository is served at ${server}/nix: give the address that rhema serve printed`,
    ),
  ]);
  expect(asked.map(([what]) => what)).not.toContain('keep');
});

describe('in a clone', () => {
  /** What `rhema login` has noted there; undefined: it is damaged. */
  let noted: string | null | undefined;
  beforeEach(() => {
    noted = null;
  });

  interface Clone {
    /** Tokens by which others are let into what is served from here. */
    readonly tokens?: readonly string[];
    /** Where it is served. */
    readonly url?: string;
    /** With which commits its history begins, and that of what is served. */
    readonly roots?: readonly [here: readonly string[] | null, there: readonly string[] | null];
    readonly env?: Readonly<Record<string, string>>;
    readonly held?: number;
  }

  const given = newToken();

  async function inClone(clone: Clone, ...args: readonly string[]) {
    const [here, there] = clone.roots ?? [['a'], ['a']];
    const locks = Array.from({ length: clone.held ?? 0 }, () => lockView());
    const harness = new Harness({
      coordinator: new FakeCoordinator({ answers: { status: () => statusAnswer({ locks }) } }),
      env: clone.env ?? {},
      tokens: {
        list: async () => ({ records: (clone.tokens ?? []).map((id) => ({ id })) as never, damaged: [] }),
      },
      owner: { health: async () => (clone.url === undefined ? null : ({ url: clone.url } as never)) },
      servers: {
        whoAmI: async () => agent,
        keep: async () => file,
        forget: async () => true,
        noted: async () => {
          if (noted === undefined) throw new CoordinatorError('STORE_FAILURE', 'no address is in it');
          return noted;
        },
        note: async (_, address) => void (noted = address),
        dropNote: async () => void (noted = null),
        look: async () =>
          ({ alive: null, ready: null, about: { known: true, value: { roots: there } } }) as never,
        rootsAt: async () => here,
      },
    });
    const { ports } = harness;
    const world = {
      ...ports.world,
      readInput: async () => given.text,
      state: { ...ports.world.state, look: async () => ({ hasLog: (clone.held ?? 0) > 0 }) as never },
    };
    const code = await runCli(args, { ...ports, world });
    return { code, stdout: harness.stdout, stderr: unbroken(harness.stderr) };
  }

  it('login notes the server there, and says how that ends', async () => {
    const { code, stdout, stderr } = await inClone({}, 'login', `${server}/`);
    expect([code, stderr, noted]).toEqual([0, '', server]);
    expect(stdout).toContain('This clone is coordinated there from now on');
    expect(stdout).toContain('rhema logout');
    expect(stdout).not.toContain('export');
  });

  it('login --token-only notes nothing', async () => {
    const { stdout } = await inClone({}, 'login', server, '--token-only');
    expect(noted).toBeNull();
    expect(stdout).toContain(`export RHEMA_SERVER=${server}`);
  });

  it.each<[string, Clone]>([
    ['by its tokens', { tokens: ['00000000000b', given.id] }],
    ['by where its coordinator serves it', { url: server }],
  ])('login sees %s that it is served itself', async (_title, clone) => {
    const { code, stdout } = await inClone({ ...clone, roots: [['a'], ['b']] }, 'login', server);
    expect([code, noted]).toEqual([0, null]);
    expect(stdout).toContain('It is this clone that is served there');
  });

  it.each<[Clone['roots'], boolean]>([
    [[['a'], ['b']], false],
    [
      [
        ['a', 'c'],
        ['b', 'c'],
      ],
      true,
    ],
    [[null, ['b']], true],
    [[['a'], null], true],
  ])('of histories that begin with %j login takes them for one repository: %s', async (roots, isOne) => {
    const { code, stderr } = await inClone({ ...(roots && { roots }) }, 'login', server);
    expect([code, noted]).toEqual(isOne ? [0, server] : [2, null]);
    expect(stderr.includes('coordinates another repository')).toBe(!isOne);
  });

  it.each<[string, Clone, string]>([
    ['another server', { env: { RHEMA_SERVER: 'http://other' } }, 'RHEMA_SERVER is set to "http://other"'],
    ['nothing', { env: { RHEMA_SERVER: '' } }, 'RHEMA_SERVER is set to ""'],
  ])('login tells that RHEMA_SERVER names %s, which goes before', async (_title, clone, told) => {
    expect((await inClone(clone, 'login', server)).stderr).toContain(told);
    expect((await inClone({ env: { RHEMA_SERVER: server } }, 'login', server)).stderr).toBe('');
  });

  it('login tells of locks that the clone has of its own', async () => {
    const { stderr } = await inClone({ held: 2 }, 'login', server);
    expect(stderr).toContain("2 locks of this clone's own log");
    expect(stderr).toContain('RHEMA_SERVER= rhema status');
  });

  it.each<[string | null | undefined, readonly string[], number, boolean]>([
    [server, [], 0, true],
    [server, [server], 0, true],
    [undefined, [], 0, true],
    [null, [], 2, false],
    [null, [server], 0, false],
  ])(
    'logout of a clone that has noted %s, with %j, ends with %d and has left: %s',
    async (before, words, code, left) => {
      noted = before;
      const ended = await inClone({}, 'logout', ...words);
      expect([ended.code, noted]).toEqual([code, null]);
      expect(ended.stdout.includes('on this machine again')).toBe(left);
    },
  );

  it('logout of another server leaves what is noted', async () => {
    noted = 'http://other';
    await inClone({}, 'logout', server);
    expect(noted).toBe('http://other');
  });
});
