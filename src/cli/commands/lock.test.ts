import { scopePath } from '../../../test/support/machine.ts';
import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs, type FilePath } from '../../core/index.ts';
import type { Script } from '../testing/fake-coordinator.ts';
import { bobsHarness, startMs } from '../testing/harness.ts';
import {
  agentId,
  agentView,
  grant,
  lockView,
  nothingOf,
  statusAnswer,
  waiterView,
} from '../testing/samples.ts';
import { refusalOf } from '../../../test/support/refusal.ts';

describe('lock release, renew, cancel and revoke', () => {
  it.each([
    [{ agent: 'bob', cause: 'expired' }, true],
    [{ agent: 'bob', cause: 'revoked' }, true],
    [{ agent: 'bob', cause: 'released' }, false],
    [{ agent: 'alice', cause: 'expired' }, false],
    [null, false],
  ])(
    'of a lock that is not held is refused; when %j is how it ended, what it means is told',
    async (lastEnd, told) => {
      const notHeld = refusalOf('LOCK_NOT_HELD', 'the lock of src/core is not held by bob (alice holds it)', {
        scope: 'src/core',
        holder: 'alice',
        lastEnd,
      });
      const { harness } = bobsHarness({ submit: () => notHeld });
      const { code, stderr } = await harness.run('lock', 'release', 'src/a', 'src/core', '--agent', 'bob');
      expect(code).toBe(3);
      expect(stderr).toContain('alice holds it');
      expect(stderr).toContain('try: rhema why src/core');
      expect(stderr.includes('was not covered by a lock')).toBe(told);
    },
  );

  it.each([
    [59_000, true],
    [61_000, false],
    [null, false],
  ])(
    'tells a lease of a minute that ends with a session that ends in %s ms before it does',
    async (sessionMs, told) => {
      const { harness } = bobsHarness({
        submit: () => ({
          kind: 'granted',
          locks: [{ ...grant('a'), deadlineMs: asTimeMs(startMs + 60_000) }],
        }),
        ...(sessionMs === null
          ? {}
          : {
              answers: {
                why: ({ subject }) => ({
                  ...nothingOf(subject),
                  agent: agentView({ sessionDeadlineMs: asTimeMs(startMs + sessionMs) }),
                }),
              },
            }),
      });
      for (const verb of ['acquire', 'renew']) {
        const { code, stdout } = await harness.run('lock', verb, 'a', '--agent', 'bob');
        expect([code, stdout.includes('but its session ends before, at ')]).toEqual([0, told]);
      }
    },
  );

  it.each([
    ['5', true],
    ['59s', true],
    ['60s', false],
  ])('says of a lease of a minute that asking for %s does not cut it: %s', async (ttl, told) => {
    const { harness } = bobsHarness({ submit: () => ({ kind: 'granted', locks: [grant('a')] }) });
    for (const verb of ['acquire', 'renew']) {
      const { stdout } = await harness.run('lock', verb, 'a', '--ttl', ttl, '--agent', 'bob');
      expect(stdout.includes('; a lease that was promised is kept, and not cut to ')).toBe(told);
    }
  });

  it.each([
    [{ token: 3, holder: 'alice' }, true],
    [{ token: 9, holder: 'alice' }, false],
    [{ token: 3, holder: 'bob' }, false],
  ])(
    'of a token that is not the current one is told as a loss only where it is one: %j',
    async (facts, told) => {
      const said = `token ${facts.token} for src/core is not the current one`;
      const stale = refusalOf('STALE_FENCING_TOKEN', said, { scope: 'src/core', currentToken: 5, ...facts });
      const { harness } = bobsHarness({ submit: () => stale });
      const { stderr } = await harness.run('lock', 'renew', 'src/core', '--agent', 'bob');
      expect(stderr.includes('was not covered by a lock')).toBe(told);
    },
  );

  it('of a free lock, asked for by an operator, does not tell him that he has lost it', async () => {
    const free = refusalOf('LOCK_NOT_HELD', 'src/core is free: there is nothing to revoke', {
      scope: 'src/core',
      holder: null,
    });
    const { harness } = bobsHarness({ submit: () => free });
    const { stderr } = await harness.run('lock', 'revoke', 'src/core');
    expect(stderr).toContain('nothing to revoke');
    expect(stderr).not.toContain('was not covered by a lock');
  });

  it('releases everything when nothing is named', async () => {
    const { harness, coordinator } = bobsHarness({ submit: () => ({ kind: 'released', scopes: [] }) });
    const { stdout } = await harness.run('lock', 'release', '--agent', 'bob');
    expect(stdout).toBe('bob holds nothing: nothing changed\n');
    expect(coordinator.commands).toMatchObject([{ kind: 'ReleaseLock', scopes: null, token: null }]);
  });

  it('of files that need no lock gives back and renews what is held, and says what there was not to give back', async () => {
    const held = lockView({ scope: scopePath('src'), file: 'src/CHANGES' as FilePath });
    const inspection = { liesAt: async () => 'file' as const };
    const script: Script = {
      submit: ({ kind }) =>
        kind === 'RenewLock'
          ? { kind: 'granted', locks: [grant('a')] }
          : { kind: 'released', scopes: [], files: ['src/CHANGES' as FilePath] },
      answers: {
        why: ({ subject }) => ({ ...nothingOf(subject), locks: [held] }),
        scopesOf: ({ paths }) => ({
          revision: asRevision(7),
          scopes: paths.map(() => scopePath('src')),
          free: paths.map(() => true),
          claim: 'file',
        }),
      },
    };
    const { harness, coordinator } = bobsHarness(script, { inspection });
    const bobs = (...words: string[]) => harness.run('lock', ...words, '--agent', 'bob');
    const none = 'src/x.lock needs no lock (agent_coordination.free): there was nothing to give back\n';
    expect(await bobs('release', 'src/x.lock')).toMatchObject({ code: 0, stdout: none });
    expect(coordinator.commands).toEqual([]);
    const { stdout } = await bobs('release', 'src/CHANGES', 'src/x.lock');
    expect(stdout).toBe(`released src/CHANGES\n${none}`);
    await bobs('renew', 'src/CHANGES');
    await bobs('renew', 'src/x.lock');
    const [release, ...renewals] = coordinator.commands;
    expect(release).toMatchObject({ kind: 'ReleaseLock', scopes: [], files: ['src/CHANGES'] });
    // What is not held is refused as that.
    expect(renewals).toMatchObject([{ file: 'src/CHANGES' }, { file: 'src/x.lock' }]);
  });

  it('presents the token when it has one', async () => {
    const { harness, coordinator } = bobsHarness({
      submit: () => ({ kind: 'granted', locks: [grant('a')] }),
    });
    await harness.run('lock', 'renew', 'a', '--token', '12', '--ttl', '2m', '--agent', 'bob');
    expect(coordinator.commands).toMatchObject([
      { kind: 'RenewLock', scope: 'a', token: 12, ttlMs: 120_000 },
    ]);
  });

  it.each(['0', '-1', '1.5', 'x'])('refuses %j as a token', async (token) => {
    const { harness } = bobsHarness({});
    expect((await harness.run('lock', 'release', `--token=${token}`, '--agent', 'bob')).code).toBe(2);
  });

  it('cancels a wait', async () => {
    const { harness } = bobsHarness({ submit: () => ({ kind: 'waitCancelled', ticket: asRevision(9) }) });
    expect((await harness.run('lock', 'cancel', '--agent', 'bob')).stdout).toBe('bob gave up ticket 9\n');
  });

  it('revokes in the name of the operator, without any session', async () => {
    const { harness, coordinator } = bobsHarness(
      {
        submit: () => ({
          kind: 'revoked',
          scope: scopePath('src/core'),
          agent: agentId('alice'),
          token: asRevision(5),
        }),
      },
      { sessions: [] },
    );
    expect((await harness.run('lock', 'revoke', 'src/core', '--reason', 'hangs')).code).toBe(0);
    expect(coordinator.commands).toEqual([
      { kind: 'RevokeLock', scope: 'src/core', by: 'olga', reason: 'hangs' },
    ]);
  });
});

describe('lock list', () => {
  const status = statusAnswer({ locks: [lockView()], waiters: [waiterView()] });

  it('shows locks and the queue in plain columns', async () => {
    const { harness } = bobsHarness({ answers: { status: () => status } });
    expect((await harness.run('lock', 'list')).stdout).toMatchInlineSnapshot(`
      "LOCK      HOLDER  HELD FOR  ENDS      QUEUE  TOKEN  REASON
      src/core  alice   3 min     in 1 min  1      5      refactor auth

      POSITION  WAITER  WANTS     WAITED  BUSY      REASON
      1         bob     src/core  40 s    src/core
      "
    `);
  });

  it('draws boxes on a terminal', async () => {
    const { harness } = bobsHarness({ answers: { status: () => status } }, { terminal: true });
    const { stdout } = await harness.run('lock', 'list', '--no-color');
    expect(stdout).toContain('│ src/core │ alice');
    expect(stdout).not.toContain('\u001b');
  });
});
