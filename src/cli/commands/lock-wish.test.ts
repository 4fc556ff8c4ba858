import { describe, expect, it } from 'vitest';
import { asDurationMs, asRevision, defaultSettings, type CommandOf } from '../../core/index.ts';
import { bobsHarness, type Harness } from '../testing/harness.ts';
import { grant, scopePath, scopeView } from '../testing/samples.ts';

interface Given {
  readonly changed?: readonly string[];
  readonly scopes?: readonly string[];
  readonly terminal?: boolean;
  readonly lockTimeoutMs?: number;
}

function harnessOf({ changed = [], scopes = [], terminal = false, lockTimeoutMs = 60_000 }: Given): {
  readonly harness: Harness;
  readonly asked: () => Partial<CommandOf<'AcquireLock'>> | undefined;
} {
  const { harness, coordinator } = bobsHarness(
    {
      submit: () => ({ kind: 'granted', locks: [grant('a')] }),
      answers: {
        scopes: () => ({
          revision: asRevision(7),
          scopes: scopes.map((path) => scopeView(path)),
          problems: [],
        }),
        scopesOf: ({ paths }) => ({
          revision: asRevision(7),
          scopes: paths.map((path) => (path.startsWith('src/') ? scopePath('src') : null)),
          free: paths.map((path) => path.endsWith('.lock')),
          claim: 'file',
        }),
      },
    },
    {
      terminal,
      inspection: { changedFiles: async () => changed },
      owner: { settings: async () => ({ ...defaultSettings, lockTtlMs: asDurationMs(lockTimeoutMs) }) },
    },
  );
  return { harness, asked: () => coordinator.commands.find((command) => command.kind === 'AcquireLock') };
}

describe('lock acquire --changed', () => {
  it('asks for the files that were changed, beside those that are named, without the free ones', async () => {
    const { harness, asked } = harnessOf({ changed: ['src/b.ts', 'yarn.lock', 'src/a.ts'] });
    const { code, body } = await harness.json('lock', 'acquire', '--changed', '@git', '--agent', 'bob');
    expect(code).toBe(0);
    expect(asked()).toMatchObject({ scopes: [], files: ['src/a.ts', 'src/b.ts'], resources: ['@git'] });
    expect(body).toMatchObject({ free: ['yarn.lock'] });
  });

  it('asks for nothing where nothing was changed, and says so', async () => {
    const { harness, asked } = harnessOf({});
    const { code, stdout } = await harness.run('lock', 'acquire', '--changed', '--agent', 'bob');
    expect([code, stdout, asked()]).toEqual([
      0,
      'nothing was changed: there is nothing to lock\n',
      undefined,
    ]);
  });
});

describe('lock acquire --changed of what cannot be locked', () => {
  it('leaves that out, and says so', async () => {
    const changed = ['a.txt', 'we\nird.ts', 'src/a.ts', 'src/we\nird.ts'];
    const { harness, asked } = harnessOf({ changed });
    const { code, stdout } = await harness.run('lock', 'acquire', '--changed', '--agent', 'bob');
    expect([code, asked()?.files]).toEqual([0, ['src/a.ts']]);
    expect(stdout).toContain(
      'left out, since nothing can be locked there: a.txt, we\\nird.ts, src/we\\nird.ts\n',
    );
    const { body } = await harness.json('lock', 'acquire', '--changed', '--agent', 'bob');
    expect(body).toMatchObject({ unlockable: ['a.txt', 'we\nird.ts', 'src/we\nird.ts'] });
  });

  it('asks for nothing where that is all', async () => {
    const { harness, asked } = harnessOf({ changed: ['1', '2', '3', '4', '5', '6', '7'] });
    const { code, stdout } = await harness.run('lock', 'acquire', '--changed', '--agent', 'bob');
    expect([code, stdout, asked()]).toEqual([
      0,
      'left out, since nothing can be locked there: 1, 2, 3, 4, 5 and 2 more files\n',
      undefined,
    ]);
  });

  it('refuses what is named and cannot be locked', async () => {
    const { harness, asked } = harnessOf({ changed: ['src/a.ts'] });
    await harness.run('lock', 'acquire', 'a.txt', '--changed', '--agent', 'bob');
    expect(asked()).toMatchObject({ scopes: ['a.txt'], files: ['src/a.ts'] });
  });

  it('of more files than one request can name says what to name instead', async () => {
    const changed = Array.from({ length: 10_001 }, (_, index) => `src/${index}.ts`);
    const { harness, asked } = harnessOf({ changed });
    const { code, stderr } = await harness.run('lock', 'acquire', '--changed', '--agent', 'bob');
    expect([code, asked()]).toEqual([2, undefined]);
    expect(stderr).toContain('10001 files, but one request names 10000 at most: name the scopes');
  });
});

it('lock acquire --all is refused where there are no scopes', async () => {
  const { harness, asked } = harnessOf({});
  const { code, stderr } = await harness.run('lock', 'acquire', '--all', '--agent', 'bob');
  expect([code, stderr, asked()]).toEqual([
    3,
    'rhema: there are no scopes here: rhema init makes them (NO_SCOPES)\n',
    undefined,
  ]);
});

it('lock acquire --all asks for every scope that is not withdrawn, in one request', async () => {
  const { harness, asked } = harnessOf({ scopes: ['web', 'api'] });
  await harness.run('lock', 'acquire', '--all', '--agent', 'bob');
  expect(asked()).toMatchObject({ scopes: ['api', 'web'] });
  expect(asked()).not.toHaveProperty('files');
});

it('lock acquire of nothing at all is told what can be named', async () => {
  const { harness } = harnessOf({});
  const { code, stderr } = await harness.run('lock', 'acquire', '--agent', 'bob');
  expect([code, stderr]).toEqual([2, expect.stringContaining('or say --changed or --all')]);
});

describe('the lease of who types', () => {
  const ttlOf = async (given: Given, ...options: readonly string[]): Promise<number | null | undefined> => {
    const { harness, asked } = harnessOf({ scopes: ['a'], ...given });
    await harness.run('lock', 'acquire', '--all', '--agent', 'bob', ...options);
    return asked()?.ttlMs;
  };

  it('is long at a terminal, where nothing renews it', async () => {
    expect(await ttlOf({ terminal: true })).toBe(900_000);
  });

  it.each([
    ['a script has what lock_timeout says', {}, [], null],
    ['one that is said is taken', { terminal: true }, ['--ttl', '30s'], 30_000],
    ['a lock_timeout that is longer stays', { terminal: true, lockTimeoutMs: 1_200_000 }, [], null],
  ])('%s', async (_case, given: Given, options, ttlMs) => {
    expect(await ttlOf(given, ...options)).toBe(ttlMs);
  });
});
