import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs, defaultSettings, type FilePath, type Grant } from '../../core/index.ts';
import { bobsHarness, startMs, withoutClock } from '../testing/harness.ts';
import { agentId, grant, lockView, scopePath } from '../testing/samples.ts';

describe('lock acquire', () => {
  it('gives token and deadline of the unit, and one entry for each scope', async () => {
    const { harness } = bobsHarness({
      submit: () => ({ kind: 'granted', locks: [grant('src/a'), grant('src/b')] }),
    });
    const { code, body } = await harness.json('lock', 'acquire', 'src/b', './src/a/', '--agent', 'bob');
    const deadline = { deadline: '2026-11-22T14:06:00.000Z', deadlineMs: startMs + 60_000 };
    const contended = { contendedSince: null, contendedSinceMs: null };
    expect(code).toBe(0);
    expect(body).toEqual({
      ok: true,
      revision: 7,
      agent: 'bob',
      token: 12,
      ...deadline,
      locks: [
        { scope: 'src/a', token: 12, ...deadline, ...contended },
        { scope: 'src/b', token: 12, ...deadline, ...contended },
      ],
    });
  });

  it.each([
    ['nothing', 'a file of a, not there yet'],
    ['file', 'a file of a'],
  ] as const)('says of a file at whose path is %s: %s', async (lies, told) => {
    const granted = { ...grant('a'), file: 'a/nope' as FilePath } as Grant;
    const { harness } = bobsHarness(
      { submit: () => ({ kind: 'granted', locks: [granted] }) },
      { inspection: { liesAt: async () => lies } },
    );
    const { stdout } = await harness.run('lock', 'acquire', 'a/nope', '--agent', 'bob');
    expect(stdout).toContain(`bob holds a/nope (${told}) until`);
  });

  it('tells the deadline by the clock of this machine, whatever time it is in the log', async () => {
    const { harness } = bobsHarness({ submit: () => ({ kind: 'granted', locks: [grant('a')] }) });
    await harness.clock.advance(6 * 3_600_000);
    const { body } = await harness.json('lock', 'acquire', 'a', '--agent', 'bob');
    expect(body).toMatchObject({
      deadlineMs: harness.clock.wallMs() + 60_000,
      deadline: '2026-11-22T20:06:00.000Z',
    });
  });

  it('tells whoever holds a scope that no scope file names any more, also when it is renewed', async () => {
    const why = () => ({
      revision: asRevision(12),
      timeMs: asTimeMs(startMs),
      subject: { kind: 'agent', agent: agentId('bob') } as const,
      agent: null,
      locks: [lockView({ agent: agentId('bob'), withdrawn: true })],
      waiters: [],
      sync: null,
      waitsFor: [],
      happened: [],
    });
    const { harness } = bobsHarness({
      submit: () => ({ kind: 'granted', locks: [grant('src/core')] }),
      answers: { why },
    });
    const told = 'src/core is withdrawn: no scope file names it any more, and it goes once it is free\n';
    expect((await harness.run('lock', 'acquire', 'src/core', '--agent', 'bob')).stdout).toContain(told);
    expect((await harness.run('lock', 'renew', 'src/core', '--agent', 'bob')).stdout).toContain(told);
    const { body } = await harness.json('lock', 'renew', 'src/core', '--agent', 'bob');
    expect(body['withdrawn']).toEqual(['src/core']);
  });

  it('asks for the scopes in canonical form, sorted, each once, with what the options say', async () => {
    const { harness, coordinator } = bobsHarness({
      submit: () => ({ kind: 'granted', locks: [grant('a')] }),
    });
    await harness.run(
      'lock',
      'acquire',
      'b',
      'a',
      './b',
      '--agent',
      'bob',
      '--ttl',
      '90s',
      '--wait',
      '5m',
      '--reason',
      'x',
    );
    expect(coordinator.commands).toEqual([
      {
        kind: 'AcquireLock',
        agent: 'bob',
        epoch: 3,
        secret: 'secret',
        scopes: ['a', 'b'],
        ttlMs: 90_000,
        wait: { kind: 'queue', forMs: 300_000 },
        reason: 'x',
      },
    ]);
    expect(coordinator.closed).toBe(true);
  });

  it('says what the agent holds already, since when, and the reason that it has from now on', async () => {
    const already = { ...grant('src/core'), already: true, sinceMs: asTimeMs(startMs - 180_000) } as const;
    const { harness } = bobsHarness({
      submit: () => ({ kind: 'granted', locks: [already, grant('src/new', 15)] }),
    });
    const words = ['lock', 'acquire', 'src/core', 'src/new', '--agent', 'bob'];
    expect(withoutClock((await harness.run(...words, '--reason', 'the login')).stdout)).toBe(
      'bob holds src/core already, since hh:mm:ss (3 min), until hh:mm:ss (in 1 min), token 12; its reason is now: the login\n' +
        'bob holds src/new until hh:mm:ss (in 1 min), token 15\n',
    );
    expect((await harness.run(...words)).stdout).not.toContain('reason');
    expect((await harness.json(...words)).body['locks']).toMatchObject([
      { scope: 'src/core', already: true, since: '2026-11-22T14:02:00.000Z' },
      { scope: 'src/new' },
    ]);
  });

  it.each([
    ['--ttl', 'soon'],
    ['--wait', '-5s'],
  ])('refuses %s %s before anybody is asked', async (option, value) => {
    const { harness, coordinator } = bobsHarness({});
    const { code, stderr } = await harness.run(
      'lock',
      'acquire',
      'a',
      '--agent',
      'bob',
      `${option}=${value}`,
    );
    expect([code, coordinator.commands]).toEqual([2, []]);
    expect(stderr).toContain(`${option}: "${value}" is not a duration`);
  });

  it.each([
    [null, '--ttl: 30d is too much: at most 7d'],
    [defaultSettings, '--ttl: 30d is too much: at most 1h here (lock_timeout_max)'],
  ])('a lease that no settings allow is refused with what those here allow: %#', async (settings, said) => {
    const { harness, coordinator } = bobsHarness({}, { owner: { settings: async () => settings } });
    const { code, stderr } = await harness.run('lock', 'acquire', 'a', '--agent', 'bob', '--ttl', '30d');
    expect([code, coordinator.commands]).toEqual([2, []]);
    expect(stderr).toContain(said);
  });

  it('says where scopes go when --wait has swallowed one', async () => {
    const { harness } = bobsHarness({});
    const { stderr } = await harness.run('lock', 'acquire', 'a', '--agent', 'bob', '--wait', 'src/core');
    expect(stderr).toContain('scopes go before --wait');
  });
});

describe('lock acquire of what others depend on', () => {
  const reached = (scope: string, via: string | null, holders: readonly string[] = []) => ({
    scope: scopePath(scope),
    via: via === null ? null : scopePath(via),
    holders: holders.map(agentId),
    waiters: [],
    syncStatus: 'idle' as const,
    wasSynced: false,
  });
  const harnessOf = (impact?: () => never) =>
    bobsHarness({
      submit: () => ({ kind: 'granted', locks: [grant('lib')] }),
      answers: {
        impact:
          impact ??
          (({ scopes }) => {
            expect(scopes).toEqual(['lib']);
            const found = [reached('lib', null, ['bob']), reached('api', 'lib', ['alice', 'bob'])];
            return { revision: asRevision(7), scopes: found };
          }),
      },
    }).harness;

  it('says so in one line, and to programs', async () => {
    const words = ['lock', 'acquire', 'lib', '--agent', 'bob'];
    expect((await harnessOf().run(...words)).stdout).toMatch(
      /^bob holds lib .*\n {2}1 scope depends on what you change: api; alice works in api\n$/,
    );
    expect((await harnessOf().json(...words)).body).toMatchObject({ dependents: ['api'] });
  });

  it('is granted all the same where that cannot be told', async () => {
    const silent = harnessOf(() => {
      throw new Error('an older coordinator');
    });
    const { code, stdout } = await silent.run('lock', 'acquire', 'lib', '--agent', 'bob');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^bob holds lib [^\n]*\n$/)]);
  });
});

describe('lock acquire of files that are free', () => {
  const around = (free: readonly boolean[]) => () =>
    ({ revision: asRevision(7), scopes: free.map(() => scopePath('.')), free, claim: 'file' }) as const;

  const noScopes = () => ({ revision: asRevision(7), scopes: [], problems: [] });

  it('locks nothing where all are, and says why', async () => {
    const { harness } = bobsHarness({ answers: { scopesOf: around([true, true]), scopes: noScopes } });
    const said = await harness.run('lock', 'acquire', 'yarn.lock', '--agent', 'bob');
    expect([said.code, said.stdout]).toEqual([
      0,
      'yarn.lock is free: anybody may write it, without a lock (agent_coordination.free)\n',
    ]);
    const { body } = await harness.json('lock', 'acquire', 'yarn.lock', '--agent', 'bob');
    expect(body).toEqual({ ok: true, revision: 7, agent: 'bob', locks: [], free: ['yarn.lock'] });
  });
});
