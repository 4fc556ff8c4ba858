import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { CoordinatorError, type Principal } from '../../protocol/index.ts';
import { Harness } from '../testing/harness.ts';
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
