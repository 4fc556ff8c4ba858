import { describe, expect, it } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { Machine } from '../../../test/support/machine.ts';
import { bobsHarness, type HarnessOptions } from '../testing/harness.ts';
import { emptyScan } from '../testing/samples.ts';

/** Alice has api/a.ts. */
function recorded() {
  const machine = new Machine();
  machine.define({ api: [] });
  machine.join('alice');
  machine.acquire('alice', { files: ['api/a.ts'] }, { reason: 'rework %\nlogin' });
  const { log } = machine;
  const records = (async function* () {
    for (const entry of log) yield { kind: 'entry', entry } as const;
  })();
  const bounds = { first: asRevision(1), last: asRevision(log.length) };
  return { bounds, base: null, records, close: () => undefined };
}

const made = (id: string, over: object = {}) => ({
  id: id.repeat(40),
  committedAtMs: 1_005_000,
  subject: 'log out',
  agent: null,
  tokens: [],
  ...over,
});

const harnessOf = (
  commits: readonly ReturnType<typeof made>[] | null,
  inspection: HarnessOptions['inspection'] = {},
) =>
  bobsHarness(
    {},
    {
      logs: { open: async () => recorded() },
      inspection: {
        commitsIn: async () => commits,
        filesOf: async (_, ids) => new Map(ids.map((id) => [id, ['api/a.ts', 'api/b.ts']])),
        scan: async () => emptyScan,
        stateFiles: async () => ({ database: '/repo/.git/log.db', databaseExists: true }) as never,
        ...inspection,
      },
    },
  ).harness;

const check = ['guard', 'check', '--range', 'origin/main..'] as const;

describe('guard check --range', () => {
  it('refuses what another agent had locked, with commit, file, holder, since when, token and what for', async () => {
    const harness = harnessOf([made('a'), made('b', { committedAtMs: 0 })]);
    const { code, stderr, stdout } = await harness.run(...check);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(
      '1 commit of 2 changed what another agent had locked; 1 commit is from before the log, and not judged: (WRITE_REFUSED)',
    );
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /api\/a\.ts: error: changed by commit a{10} \(log out\) while alice had it locked, since .* \(token 3\), for: rework %\\nlogin \(WRITE_REFUSED\) ask alice whether it may stay; git show a{10} /,
    );
    const { body } = await harnessOf([made('a')]).json(...check);
    expect(body).toMatchObject({
      ok: false,
      code: 'WRITE_REFUSED',
      details: {
        commits: ['a'.repeat(40)],
        older: [],
        refused: [
          { commit: 'a'.repeat(40), name: 'api/a.ts', scope: 'api', locks: [{ agent: 'alice', token: 3 }] },
        ],
      },
    });
  });

  it('lets the holder pass, and says what it has not judged', async () => {
    const own = made('a', { agent: 'alice', tokens: [3] });
    const harness = harnessOf([own, made('b', { committedAtMs: 0 })]);
    expect(await harness.run(...check)).toEqual({
      code: 0,
      stdout:
        '1 commit checked: none changed what another agent had locked\n1 commit is from before the log, and not judged\n',
      stderr: '',
    });
    expect((await harnessOf([]).run(...check)).stdout).toBe('there is no commit in this range\n');
  });

  it('with strict_mode refuses what nobody had locked, too', async () => {
    const scan = async () => ({ ...emptyScan, sync: { ...emptyScan.sync, strict: true } });
    const own = made('a', { agent: 'alice', tokens: [3] });
    const { code, stderr } = await harnessOf([own], { scan }).run(...check);
    expect(code).toBe(3);
    expect(stderr).toContain('1 commit of 1 changed what its agent had not locked: (WRITE_REFUSED)');
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /api\/b\.ts: error: changed by commit a{10} \(log out\), and no token of its trailers is of a lock of it \(strict_mode\)/,
    );
    expect(stderr).not.toContain('api/a.ts');
  });

  it('is told for SARIF and as annotations', async () => {
    const { stdout, code } = await harnessOf([made('a')]).run(...check, '--format', 'sarif');
    const [result] = (JSON.parse(stdout) as { runs: { results: unknown[] }[] }).runs[0]?.results ?? [];
    expect(code).toBe(3);
    expect(result).toMatchObject({
      ruleId: 'WRITE_REFUSED',
      locations: [{ physicalLocation: { artifactLocation: { uri: 'api/a.ts' } } }],
    });
    expect((await harnessOf([made('a')]).run(...check, '--format', 'github')).stdout).toMatch(
      /^::error file=api\/a\.ts,title=LockConsistency%3A WRITE_REFUSED::changed by commit .*rework %25\\nlogin/,
    );
  });

  it('fails where there is no log, and does not pass', async () => {
    const stateFiles = async () => ({ database: '/repo/.git/log.db', databaseExists: false }) as never;
    expect(await harnessOf([made('a')], { stateFiles }).run(...check)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/nothing was checked.*--log \(NO_LOG\)/s) as string,
    });
    const given = await harnessOf([made('a')], { stateFiles }).run(...check, '--log', 'log.jsonl');
    expect(given.code).toBe(3);
  });

  it('refuses what is no range, and options that go with another way', async () => {
    expect(await harnessOf(null).run(...check)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"origin/main.." is no range of commits here') as string,
    });
    for (const words of [
      [...check, '--staged'],
      [...check, 'a.ts'],
      ['guard', 'check', 'a.ts', '--format', 'sarif'],
      ['guard', 'check', '--staged', '--log', 'x'],
    ])
      expect(await harnessOf([]).run(...words)).toMatchObject({ code: 2 });
  });
});
