import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { agentId, Machine, scopePath } from '../../test/support/machine.ts';
import { asSessionId, encodeState, initialState, type Entry } from '../core/index.ts';
import { loadFormCheck } from './form.ts';
import { findingKinds, remedyFor, type Finding } from './finding.ts';
import { LogVerifier } from './verifier.ts';

/** Two agents take turns on `a`: join 2 and 3, grant 4, ticket 5, release and grant 6, heartbeat 7, expiry 8. */
function recorded(): { readonly log: readonly Entry[]; readonly machine: Machine } {
  const machine = new Machine({ maxConcurrentAgents: 5 });
  machine.define({ a: [], b: ['a'] });
  machine.join('alice');
  machine.join('bob');
  machine.acquire('alice', 'a', { reason: 'first' });
  machine.acquire('bob', 'a', { wait: 100_000 });
  machine.release('alice', 'a');
  machine.heartbeat('bob');
  machine.advance(60_000);
  return { log: machine.log, machine };
}

function verify(log: readonly unknown[], settings = recorded().machine.initialSettings): Finding | null {
  const verifier = new LogVerifier(initialState(settings));
  for (const entry of log) {
    const found = verifier.take(entry as Entry);
    if (found !== null) return found;
  }
  return null;
}

/** The log with another value in one entry. */
function changed(revision: number, change: (entry: Record<string, unknown>) => void): unknown[] {
  const log = structuredClone(recorded().log) as unknown as Record<string, unknown>[];
  change(log[revision - 1] ?? {});
  return log;
}

describe('a recorded log', () => {
  it('is sound when the machine has made it', () => {
    const { log } = recorded();
    expect(log.map((entry) => entry.kind)).toEqual([
      'DefineScopes',
      'AgentJoin',
      'AgentJoin',
      'AcquireLock',
      'AcquireLock',
      'ReleaseLock',
      'Heartbeat',
      'ExpireDue',
    ]);
    expect(verify(log)).toBeNull();
  });

  it.each([
    ['OUT_OF_SEQUENCE', 5, (entry: Record<string, unknown>) => (entry['revision'] = 6)],
    ['TIME_RUNS_BACKWARDS', 5, (entry: Record<string, unknown>) => (entry['atMs'] = 999_999)],
    ['TIME_RUNS_BACKWARDS', 5, (entry: Record<string, unknown>) => (entry['atMs'] = 'noon')],
    ['OVERDUE', 7, (entry: Record<string, unknown>) => (entry['atMs'] = 1_060_000)],
    ['UNREADABLE', 6, (entry: Record<string, unknown>) => (entry['kind'] = 'GiveBack')],
    ['UNREADABLE', 6, (entry: Record<string, unknown>) => (entry['result'] = { kind: 'done' })],
    ['UNREADABLE', 4, (entry: Record<string, unknown>) => (entry['events'] = null)],
    ['UNREADABLE', 5, (entry: Record<string, unknown>) => (entry['events'] = [])],
    ['REFUSED', 7, (entry: Record<string, unknown>) => (entry['agent'] = 'carol')],
    ['DIFFERS', 7, (entry: Record<string, unknown>) => (entry['agent'] = 'alice')],
    ['DIFFERS', 6, (entry: Record<string, unknown>) => (entry['by'] = 'olga')],
    ['DIFFERS', 4, (entry: Record<string, unknown>) => (entry['more'] = true)],
  ])('is %s at the very revision %i', (kind, revision, change) => {
    expect(verify(changed(revision, change))).toMatchObject({ kind, revision });
  });

  it('tells where the machine answers otherwise, and what it answers', () => {
    const other = changed(4, (entry) =>
      Object.assign((entry['events'] as object[])[0] ?? {}, { deadlineMs: 7 }),
    );
    expect(verify(other)).toEqual({
      kind: 'DIFFERS',
      revision: 4,
      command: 'AcquireLock',
      problem: 'the machine answers otherwise',
      path: 'events[0].deadlineMs',
      expected: 1_060_000,
      recorded: 7,
    });
  });

  it('names the code with which the machine refuses', () => {
    const { log } = recorded();
    const again = { ...log[1], revision: 9, atMs: log[7]?.atMs };
    expect(verify([...log, again])).toMatchObject({ kind: 'REFUSED', expected: 'AGENT_ALREADY_JOINED' });
  });

  it('has no repeat of a request, which is answered and not logged', () => {
    const machine = new Machine();
    machine.define({ a: [] });
    machine.join('alice');
    machine.say({ kind: 'Heartbeat', agent: agentId('alice'), requestId: 'r1' });
    const repeat = { ...machine.log[2], revision: 4 };
    expect(verify([...machine.log, repeat], machine.initialSettings)).toMatchObject({ kind: 'REPEATED' });
  });

  it('has no entry for what changes nothing', () => {
    const { log } = recorded();
    const idle = { ...log[7], revision: 9 };
    expect(verify([...log, idle])).toMatchObject({ kind: 'NOTHING_HAPPENED', revision: 9 });
  });

  it('breaks an invariant at the revision after which it does not hold', () => {
    const { log, machine } = recorded();
    const found = verify(log, { ...machine.initialSettings, maxRetries: -1 });
    expect(found).toMatchObject({
      kind: 'VIOLATION',
      revision: 1,
      problem: expect.stringMatching('TypeInvariant'),
    });
  });

  it('may be checked for invariants at some revisions only', () => {
    const { log, machine } = recorded();
    const state = initialState({ ...machine.initialSettings, maxRetries: -1 });
    const verifier = new LogVerifier(state, { invariantsEvery: 3 });
    const found = log.slice(0, 3).map((entry) => verifier.take(entry)?.kind ?? null);
    expect(found).toEqual([null, null, 'VIOLATION']);
  });

  it('cannot be judged beyond its first finding', () => {
    const { log } = recorded();
    const verifier = new LogVerifier(initialState());
    expect(verifier.take({ ...(log[0] as Entry), by: 7 as never, revision: 2 as never })).not.toBeNull();
    expect(() => verifier.take(log[0] as Entry)).toThrow('after a finding');
  });

  it('leads to the snapshots that are kept beside it, and to no others', () => {
    const { log, machine } = recorded();
    const verifier = new LogVerifier(initialState(machine.initialSettings));
    for (const entry of log) verifier.take(entry);
    const body = encodeState(machine.state);
    expect(verifier.compareSnapshot(body)).toBeNull();
    expect(verifier.compareSnapshot(body.replace('"timeouts":1', '"timeouts":0'))).toMatchObject({
      kind: 'SNAPSHOT_DIFFERS',
      revision: 8,
    });
  });

  it('verifies from the state of a snapshot on', () => {
    const { log, machine } = recorded();
    const state = initialState(machine.initialSettings);
    const first = new LogVerifier(state);
    for (const entry of log.slice(0, 4)) first.take(entry);
    const rest = new LogVerifier(state);
    expect(log.slice(4).map((entry) => rest.take(entry))).toEqual([null, null, null, null]);
  });
});

describe('what a caller chose freely', () => {
  const session = asSessionId(createHash('sha256').update('secret').digest('hex'));

  async function verifyForm(change: (entry: Record<string, unknown>) => void): Promise<Finding | null> {
    const machine = new Machine();
    machine.say({
      kind: 'DefineScope',
      scope: { path: scopePath('a'), name: 'a', type: 'library', dependencies: [] },
    });
    machine.say({ kind: 'AgentJoin', agent: agentId('alice'), session, metadata: { program: 'editor' } });
    const log = structuredClone(machine.log) as unknown as Record<string, unknown>[];
    for (const entry of log) change(entry);
    const verifier = new LogVerifier(initialState(), { checkForm: await loadFormCheck() });
    for (const entry of log) {
      const found = verifier.take(entry as unknown as Entry);
      if (found !== null) return found;
    }
    return null;
  }
  const inEvent = (change: object) => (entry: Record<string, unknown>) => {
    const [event] = entry['events'] as Record<string, unknown>[];
    for (const [key, value] of Object.entries(change))
      if (event !== undefined && key in event) event[key] = value;
  };

  it('is taken as it is when the border would have taken it', async () => {
    expect(await verifyForm(() => undefined)).toBeNull();
    expect(await verifyForm(inEvent({ metadata: { program: 'shell' } }))).toBeNull();
  });

  it.each([
    ['metadata of another form', { metadata: 5 }, 'metadata'],
    ['a session that is no digest', { session: 'guess' }, 'secret'],
    [
      'a path in another spelling',
      { scope: { path: 'a/', name: 'a', type: 'x', dependencies: [] } },
      'canonical',
    ],
    ['a scope without a name', { scope: { path: 'a', type: 'library', dependencies: [] } }, 'name'],
  ])('is refused with %s', async (_case, change, problem) => {
    expect(await verifyForm(inEvent(change))).toMatchObject({
      kind: 'MALFORMED',
      problem: expect.stringContaining(problem),
    });
  });
});

it('every kind of finding has a remedy', () => {
  const finding = { revision: 1, command: null, problem: '', path: null, expected: null, recorded: null };
  for (const kind of findingKinds) expect(remedyFor({ ...finding, kind })).toMatch(/restore|report/);
});
