/**
 * Notices over random runs, asked for at random moments: none is told twice, and of what one entry brings about none is
 * forgotten, however the log is cut into stretches.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  asRevision,
  asTimeMs,
  noticeBeginnings,
  noticeEventKinds,
  noticesFor,
  type AgentId,
  type Epoch,
  type Notice,
  type NoticeOf,
  type State,
} from '../../src/core/index.ts';
import { Machine, resourceName, scopePath } from '../support/machine.ts';
import { agentNames, moveArbitrary, play, populate, settingsArbitrary } from './moves.ts';

interface Cursor {
  readonly epoch: Epoch;
  readonly revision: number;
  readonly atMs: number;
}

/** Tells agents what happened to them, as the service does. */
class Teller {
  readonly told: string[] = [];
  readonly #machine: Machine;
  readonly #cursors = new Map<AgentId, Cursor>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  tell(name: string): void {
    const { state, log, nowMs } = this.#machine;
    const agent = name as AgentId;
    const epoch = state.agents.get(agent)?.epoch;
    if (epoch === undefined) return;
    const known = this.#cursors.get(agent);
    const after = known?.epoch === epoch ? known : { revision: epoch, atMs: 0 };
    this.#cursors.set(agent, { epoch, revision: state.revision, atMs: nowMs });
    const kinds = new Set<string>(noticeEventKinds);
    const entries = log.filter(
      ({ revision, events }) => revision > after.revision && events.some(({ kind }) => kinds.has(kind)),
    );
    const begun = new Set<number>(noticeBeginnings(state, { agent, epoch }, entries));
    const notices = noticesFor(
      state,
      { agent, epoch },
      {
        after: asRevision(after.revision),
        upTo: state.revision,
        afterMs: asTimeMs(after.atMs),
        upToMs: asTimeMs(nowMs),
        entries,
        begun: new Map(
          log.filter(({ revision }) => begun.has(revision)).map((entry) => [entry.revision, entry]),
        ),
      },
    );
    this.told.push(
      ...notices.flatMap((notice) => keysOf(state, agent, notice)).map((key) => `${name} ${key}`),
    );
  }
}

/** What makes a notice this one and no other. Who works beside an agent may do so anew, with other files. */
function keysOf(state: State, agent: AgentId, notice: Notice): string[] {
  switch (notice.kind) {
    case 'lost':
      return [`lost ${notice.token} ${JSON.stringify(notice.end)}`];
    case 'waitEnded':
      expect(notice.wish).not.toBeNull();
      return [`waitEnded ${notice.ticket}`];
    case 'waitServed':
      return [`waitServed ${notice.ticket}`];
    case 'leaseEnding':
      return notice.targets.names.map(
        (target) => `leaseEnding ${target} ${state.locks.get(target)?.deadlineMs}`,
      );
    case 'wanted': {
      const { by } = notice;
      if (by === null) return [];
      return notice.targets.names.map((target) => {
        const lock = state.locks.get(target);
        // A slot is wanted anew when others were free meanwhile.
        const since = target.startsWith('@') ? lock?.contendedSinceMs : '';
        return `wanted ${target} ${lock?.token} ${by.ticket} ${since}`;
      });
    }
    case 'changed':
      return [
        `changed ${notice.scope} ${notice.revision} ${notice.change.kind} ${JSON.stringify(notice.change)}`,
      ];
    case 'broken':
      return [`broken ${notice.revision} under ${firstTokenOver(state, agent, notice)}`];
    case 'beside':
      return [];
  }
}

/** Whoever has given a thing back, and has it again, is told again what is wrong with it. */
function firstTokenOver(state: State, agent: AgentId, { revision }: NoticeOf<'broken'>): number {
  const open = [...state.openViolations.values()].find((each) => each.revision === revision);
  const covering = [...state.locks.values()].filter(
    (lock) =>
      lock.agent === agent &&
      lock.scope === open?.scope &&
      (lock.file === undefined || open?.file === undefined || lock.file === open.file),
  );
  return Math.min(...covering.map(({ token }) => token));
}

test('no notice is told twice, whenever it is asked for', () => {
  const steps = fc.array(fc.record({ move: moveArbitrary, asks: fc.subarray([...agentNames]) }), {
    minLength: 20,
    maxLength: 120,
    size: 'max',
  });
  const kinds = new Set<string>();
  fc.assert(
    fc.property(settingsArbitrary, steps, (settings, sequence) => {
      const machine = new Machine(settings);
      populate(machine);
      const teller = new Teller(machine);
      for (const { move, asks } of sequence) {
        play(machine, move);
        for (const name of asks) teller.tell(name);
      }
      expect(new Set(teller.told).size).toBe(teller.told.length);
      for (const key of teller.told) kinds.add(key.split(' ')[1] ?? '');
    }),
    { numRuns: 120 },
  );
  expect([...kinds].sort()).toEqual([
    'broken',
    'changed',
    'leaseEnding',
    'lost',
    'waitEnded',
    'waitServed',
    'wanted',
  ]);
});

test('what was lost, and which waits ended, is the same in one stretch and in many', () => {
  const steps = fc.array(fc.record({ move: moveArbitrary, asks: fc.boolean() }), {
    minLength: 20,
    maxLength: 120,
    size: 'max',
  });
  let told = 0;
  fc.assert(
    fc.property(settingsArbitrary, steps, (settings, sequence) => {
      const machine = new Machine(settings);
      populate(machine);
      const teller = new Teller(machine);
      for (const { move, asks } of sequence) {
        play(machine, move);
        if (asks) for (const name of agentNames) teller.tell(name);
      }
      for (const name of agentNames) teller.tell(name);
      const often = new Set(teller.told.filter((key) => / waitEnded /.test(key)));
      const atOnce = new Teller(machine);
      for (const name of agentNames) atOnce.tell(name);
      for (const key of atOnce.told.filter((each) => / waitEnded /.test(each))) expect(often).toContain(key);
      // What was granted again before it was told is not told as lost; the rest is, in each way.
      const lost = new Set(teller.told);
      for (const key of atOnce.told.filter((each) => / lost /.test(each))) expect(lost).toContain(key);
      told += atOnce.told.length;
    }),
    { numRuns: 40 },
  );
  expect(told).toBeGreaterThan(0);
});

test('who holds a slot is told of a ticket for it once no other slot is free', () => {
  const port = resourceName('@port');
  const machine = new Machine({ maxConcurrentAgents: 4, maxLocksPerAgent: 2, resources: { [port]: 2 } });
  machine.define({ a: [], b: [] });
  for (const name of ['alice', 'bob', 'carol', 'dora', 'erin']) machine.join(name);
  const teller = new Teller(machine);
  machine.acquire('alice', { scopes: [], resources: [port] });
  machine.acquire('dora', 'b');
  // For her, who waits longest, the scope is kept, and for bob not the slot.
  machine.acquire('erin', 'b', { wait: 600_000 });
  machine.acquire('bob', { scopes: [scopePath('b')], resources: [port] }, { wait: 600_000 });
  teller.tell('alice');
  expect(teller.told).toEqual([]);
  machine.nowMs += 1_000;
  machine.acquire('carol', { scopes: [], resources: [port] });
  for (const _ of [1, 2]) {
    teller.tell('alice');
    expect(teller.told).toEqual([expect.stringMatching(/^alice wanted @port#1 /)]);
    machine.nowMs += 1_000;
  }
});
