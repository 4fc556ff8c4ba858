/** `rhema insights` over a log that the service itself has written. */
import { expect, it } from 'vitest';
import { asDurationMs } from '../../src/core/index.ts';
import type { Coordinator } from '../../src/protocol/index.ts';
import type { Service } from '../../src/service/index.ts';
import {
  acquire,
  defineScopes,
  join,
  openBench,
  release,
  scopePath,
  settled,
  submit,
  type Identity,
} from '../../src/service/testing.ts';
import { Harness, startMs } from '../../src/cli/testing/harness.ts';
import { ManualClock } from '../../src/time/index.ts';

const leaseMs = asDurationMs(30 * 60_000);
const minuteMs = 60_000;

/** The port of a service that is asked again after a command has closed it. */
function beside(service: Service): Coordinator {
  return {
    submit: (request) => service.submit(request),
    awaitTicket: (ticket, signal) => service.awaitTicket(ticket, signal),
    query: (query) => service.query(query),
    watch: (from, signal) => service.watch(from, signal),
    refresh: () => Promise.reject(new Error('there are no scope files here')),
    close: () => Promise.resolve(),
  };
}

/** A service, and the command line beside it, on one clock. */
async function openTeam(columns?: number, scopes: readonly string[] = ['api', 'web']) {
  const bench = await openBench({ clock: new ManualClock({ wallMs: startMs }) });
  const { service } = bench;
  const coordinator = beside(service);
  const terminal = columns === undefined ? {} : { terminal: true, columns };
  const harness = new Harness({ coordinator, ...terminal });
  const advance = async (ms: number): Promise<void> => {
    bench.timers.advance(ms);
    await harness.clock.advance(ms);
    await settled();
  };
  await defineScopes(service, ...scopes);
  const [ann, bob] = [await join(service, 'ann'), await join(service, 'bob')];
  return { ...bench, harness, advance, ann, bob };
}

type Team = Awaited<ReturnType<typeof openTeam>>;

function take({ service }: Team, who: Identity, scope: string) {
  const wait = { kind: 'queue', forMs: null } as const;
  const scopes = [scopePath(scope)];
  return submit(service, { kind: 'AcquireLock', ...who, scopes, ttlMs: leaseMs, wait, reason: null });
}

/** Bob waits four minutes for ann. */
async function contend(team: Team): Promise<void> {
  await take(team, team.ann, 'api');
  await take(team, team.bob, 'api');
  await team.advance(4 * minuteMs);
  await release(team.service, team.ann);
  await team.advance(minuteMs);
  await release(team.service, team.bob);
}

it('tells people what was busiest, who waited for whom, and one thing to try for each finding', async () => {
  const team = await openTeam();
  await contend(team);
  const { code, stdout, stderr } = await team.harness.run('insights');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatchInlineSnapshot(`
    "@1 to @8, 5 min: 2 agents, 2 locks, 1 wait, 4 min of waiting beside 5 min of work (44 %)

    BUSIEST  KIND   HELD  FOR    WAITS  WAITED
    api      scope  2     5 min  1      4 min

    WAITER  HOLDER  WAITS  WAITED  LONGEST
    bob     ann     1      4 min   api (@6, 4 min)

    1. api was held 2 times, 5 min; others waited 1 time, 4 min; longest @6, 4 min
       try: rhema fit --from-log --split 'api/*'
    2. bob waited 1 time for ann, 4 min, longest for api (@6, 4 min)
       try: rhema log --agent ann --event lock
    "
  `);
});

it('has every figure for programs, with the revisions that show it', async () => {
  const team = await openTeam();
  await contend(team);
  const { body } = await team.harness.json('insights');
  expect(body).toMatchObject({
    ok: true,
    revision: 8,
    window: { after: 0, revision: 8, entries: 8 },
    totals: { agents: 2, holds: 2, waits: 1, waitedMs: 240_000, workingMs: 300_000 },
    waitsOn: [{ waiter: 'bob', holder: 'ann', longest: { revision: 6, target: 'api' } }],
  });
  expect(body['findings']).toContainEqual({
    kind: 'waitsOn',
    evidence: expect.objectContaining({ waitedMs: 240_000 }) as object,
    suggestion: { command: 'rhema log --agent ann --event lock' },
  });
});

it('from a time on counts only what was then', async () => {
  const team = await openTeam();
  await take(team, team.ann, 'api');
  await take(team, team.bob, 'api');
  await team.advance(3 * minuteMs);
  await release(team.service, team.ann);
  const { body } = await team.harness.json('insights', '--since', '2m ago');
  expect(body['totals']).toMatchObject({ waits: 1, waitedMs: 2 * minuteMs });
  const later = await team.harness.json('insights', '--since', '0s ago');
  expect(later.body).toMatchObject({ totals: { waitedMs: 0 }, window: { entries: 0 }, findings: [] });
});

it('has nothing to say of a log in which nothing was done, and of one in which nobody met', async () => {
  const bench = await openBench({ clock: new ManualClock({ wallMs: startMs }) });
  const { service } = bench;
  const harness = new Harness({ coordinator: beside(service) });
  expect((await harness.run('insights')).stdout).toContain('nothing to say');
  await defineScopes(service, 'api');
  await acquire(service, await join(service, 'ann'), 'api');
  const { code, stdout } = await harness.run('insights');
  expect(code).toBe(0);
  expect(stdout).toContain('nothing to say: no figure is above its threshold');
});

it('reads a log of many pages, each entry once', async () => {
  const team = await openTeam();
  for (let turn = 0; turn < 350; turn += 1) {
    await acquire(team.service, team.ann, turn % 2 === 0 ? 'api' : 'web');
    await team.advance(1_000);
    await release(team.service, team.ann);
  }
  const { body } = await team.harness.json('insights');
  expect(body).toMatchObject({
    window: { entries: 704 },
    totals: { holds: 350, workingMs: 350_000 },
    busiest: [{ holds: 175 }, { holds: 175 }],
  });
});

it('is no wider than a terminal of 80 columns, whatever names there are', async () => {
  const long = `packages/${'wide-'.repeat(15)}name`;
  const team = await openTeam(80, [long]);
  expect(await take(team, team.ann, long)).toMatchObject({ ok: true });
  await take(team, team.bob, long);
  await team.advance(8 * minuteMs);
  await release(team.service, team.ann);
  const { stdout } = await team.harness.run('insights', '--no-color');
  expect(stdout).toContain('try:');
  for (const row of stdout.split('\n')) expect(row.length).toBeLessThanOrEqual(80);
});
