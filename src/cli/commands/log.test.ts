import { describe, expect, it } from 'vitest';
import { asDurationMs, asRevision, asTimeMs } from '../../core/index.ts';
import type { Entry, Revision, SessionId } from '../../core/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import type { Script } from '../testing/fake-coordinator.ts';
import { entry, granted, left, renewed } from '../testing/entries.ts';
import { Harness, startMs, until, withoutClock } from '../testing/harness.ts';
import { agentId, scopePath } from '../testing/samples.ts';
import { commandWords, ticketEndWords } from '../../wording/index.ts';

const typed = <Key extends string>(words: Readonly<Record<Key, string>>): Key[] =>
  Object.keys(words) as Key[];
const harnessOf = (script: Script): Harness => new Harness({ coordinator: new FakeCoordinator(script) });

describe('log', () => {
  const history = { revision: asRevision(7), nextBefore: null, first: asRevision(1) };

  it('tells the newest last, with the events of one command together', async () => {
    const entries = [entry(6, left, granted), entry(5, granted)];
    const { stdout } = await harnessOf({ answers: { history: () => ({ ...history, entries }) } }).run('log');
    expect(withoutClock(stdout)).toMatchInlineSnapshot(`
      "@5 hh:mm:ss alice was granted src/core for 1 min: refactor auth
      @6 hh:mm:ss alice asked for locks:
          bob left
          alice was granted src/core for 1 min: refactor auth
      "
    `);
  });

  it('has words for every command, and for every end of a wait', async () => {
    const ends = typed(ticketEndWords).map((cause) => ({
      kind: 'ticket.ended' as const,
      agent: agentId('alice'),
      ticket: asRevision(6),
      cause,
    }));
    const entries = typed(commandWords).map((kind) => ({ ...entry(6, ...ends), kind }));
    const { stdout } = await harnessOf({ answers: { history: () => ({ ...history, entries }) } }).run('log');
    expect(stdout).not.toMatch(/[a-z][A-Z]|undefined/);
    expect(stdout).toContain('alice gave locks back:\n');
  });

  it('shows so many events of one entry at most', async () => {
    const entries = [entry(6, ...Array.from({ length: 200 }, () => left))];
    const { stdout } = await harnessOf({ answers: { history: () => ({ ...history, entries }) } }).run('log');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe('    ... and 180 more events of revision 6: --json has all');
  });

  it('shows of very many events of one entry those that were asked for', async () => {
    const defined = Array.from({ length: 60 }, (_, at) => ({
      kind: 'scope.defined' as const,
      scope: { path: scopePath(`src/${at}`), name: 'x', type: 'library', dependencies: [] },
    }));
    const entries = [entry(6, ...defined)];
    const harness = harnessOf({ answers: { history: () => ({ ...history, entries }) } });
    const { stdout } = await harness.run('log', '--scope', 'src/59');
    expect(stdout.split('\n').slice(1)).toEqual([
      '    scope src/59 was defined',
      '    ... and 59 more events of revision 6: --json has all',
      '',
    ]);
  });

  it.each([
    ['--since', 'time "@5": write 10m ago'],
    ['--until', 'time "@5": write 10m ago'],
  ])('leads to no form of a time that %s does not take', async (option, told) => {
    const { code, stderr } = await harnessOf({}).run('log', option, '@5');
    expect([code, stderr]).toEqual([2, expect.stringContaining(told)]);
  });

  it('tells who took over an agent, and a reason that was given anew', async () => {
    const resumed = {
      kind: 'agent.resumed',
      agent: agentId('alice'),
      session: 'x' as SessionId,
      from: 'olga',
    } as const;
    const entries = [
      entry(7, { ...resumed, way: 'takeOver' }),
      entry(6, { ...resumed, way: 'resume' }),
      entry(5, { ...renewed, reason: 'the login' }),
    ];
    const { stdout } = await harnessOf({ answers: { history: () => ({ ...history, entries }) } }).run('log');
    expect(stdout).toContain('alice renewed src/core: the login\n');
    expect(stdout).toContain('alice goes on in another process (olga)\n');
    expect(stdout).toContain('olga took over alice, whose process is refused from then on\n');
  });

  it('asks for what the options say', async () => {
    const entries = [entry(5, granted)];
    const coordinator = new FakeCoordinator({ answers: { history: () => ({ ...history, entries }) } });
    const options = [
      '--agent',
      'alice',
      '--scope',
      'src/core',
      '--since',
      '10m',
      '--event',
      'lock',
      'agent.left',
    ];
    await new Harness({ coordinator }).run('log', ...options, '--limit', '7');
    expect(coordinator.queries).toEqual([
      {
        kind: 'history',
        filter: {
          agent: 'alice',
          scope: 'src/core',
          sinceMs: startMs - 600_000,
          events: ['lock', 'agent.left'],
        },
        limit: 7,
        before: null,
      },
    ]);
  });

  it('turns pages until it has enough', async () => {
    const pages: (Revision | null)[] = [];
    const harness = harnessOf({
      answers: {
        history: ({ before }) => {
          pages.push(before);
          const top = before === null ? 20 : before - 1;
          return {
            ...history,
            entries: [entry(top, left), entry(top - 1, left)],
            nextBefore: asRevision(top - 1),
          };
        },
      },
    });
    const { body } = await harness.json('log', '--limit', '4');
    expect(pages).toEqual([null, 19]);
    expect((body['entries'] as Entry[]).map((one) => one.revision)).toEqual([17, 18, 19, 20]);
  });

  it('says that older entries are left out, to programs and to people', async () => {
    const entries = [entry(20, left), entry(19, left)];
    const page = { ...history, entries, nextBefore: asRevision(19) };
    const { body } = await harnessOf({ answers: { history: () => page } }).json('log', '--limit', '2');
    expect(body).toMatchObject({ more: true, nextBefore: 19 });
    const told = await harnessOf({ answers: { history: () => page } }).run('log', '--limit', '2');
    expect(told.stdout).toContain('older entries are left out: these are the last 2 (--limit)');
    const last = { ...page, entries: entries.slice(0, 1) };
    const one = await harnessOf({ answers: { history: () => last } }).run('log', '--limit', '1');
    expect(one.stdout).toContain('older entries are left out: this is the last one (--limit)');
    const whole = await harnessOf({ answers: { history: () => ({ ...history, entries }) } }).json('log');
    expect(whole.body).toMatchObject({ more: false, nextBefore: null });
  });

  it.each(['0', '-1', 'x', '1000000000'])('refuses --limit %s', async (limit) => {
    expect((await harnessOf({}).run('log', `--limit=${limit}`)).code).toBe(2);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('--follow ends by %s as if it had not been caught', async (signal, code) => {
    let watching = false;
    const harness = harnessOf({
      answers: { history: () => ({ ...history, entries: [] }) },
      watch: async function* (aborted) {
        watching = true;
        await new Promise((resolve) => aborted.addEventListener('abort', resolve));
        yield* [];
      },
    });
    const ended = harness.run('log', '--follow');
    await until(() => watching);
    harness.raise(signal);
    expect((await ended).code).toBe(code);
  });

  it('--follow goes on with what comes and passes the same filter', async () => {
    const harness = harnessOf({
      answers: { history: () => ({ ...history, entries: [entry(7, granted)] }) },
      watch: async function* () {
        yield entry(8, renewed);
        yield entry(9, left);
        yield entry(10, granted);
      },
    });
    await harness.run('log', '--follow', '--event', 'lock.granted', '--json');
    const revisions = harness.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { revision: number }).revision);
    expect(revisions).toEqual([7, 10]);
  });
});

describe('what is followed of one scope', () => {
  const ended = {
    kind: 'ticket.ended' as const,
    agent: agentId('bob'),
    ticket: asRevision(5),
    cause: 'cancelled' as const,
  };
  const issued = {
    kind: 'ticket.issued' as const,
    agent: agentId('bob'),
    epoch: asRevision(2),
    scopes: [scopePath('src/core')],
    waitMs: null,
    ttlMs: asDurationMs(1_000),
    reason: null,
  };
  const heartbeat = {
    kind: 'agent.renewed' as const,
    agent: agentId('alice'),
    sessionDeadlineMs: asTimeMs(startMs),
    leases: [{ scope: scopePath('src/core'), deadlineMs: asTimeMs(startMs) }],
  };

  it.each([
    ['src/core', [9, 10]],
    ['src/api', []],
  ])('of %s: the end of a wait by its ticket, and a heartbeat by its leases', async (scope, revisions) => {
    const known = [entry(5, issued)];
    const harness = harnessOf({
      answers: {
        history: ({ before }) => ({
          revision: asRevision(7),
          entries: before === 6 ? known : [],
          nextBefore: null,
          first: asRevision(1),
        }),
      },
      watch: async function* () {
        yield entry(8, left);
        yield entry(9, ended);
        yield entry(10, heartbeat);
      },
    });
    await harness.run('log', '--follow', '--scope', scope, '--json');
    const told = harness.stdout.split('\n').filter((line) => line !== '');
    expect(told.map((line) => (JSON.parse(line) as { revision: number }).revision)).toEqual(revisions);
  });
});

describe('lock history', () => {
  it('asks for locks and tickets of the scope', async () => {
    const answer = {
      revision: asRevision(7),
      entries: [entry(5, granted)],
      nextBefore: null,
      first: asRevision(1),
    };
    const coordinator = new FakeCoordinator({ answers: { history: () => answer } });
    const { stdout } = await new Harness({ coordinator }).run('lock', 'history', 'src/core');
    expect(coordinator.queries).toMatchObject([
      { filter: { scope: 'src/core', events: ['lock', 'ticket'] } },
    ]);
    expect(withoutClock(stdout)).toBe('@5 hh:mm:ss alice was granted src/core for 1 min: refactor auth\n');
  });
});
