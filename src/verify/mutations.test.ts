/**
 * Random logs, each changed in one random place. A change is found at its revision, unless it is one of the few things
 * that an entry says once and that a caller was free to choose: then what was recorded is another behaviour of the
 * machine, or shows later, where something follows from it.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { moveArbitrary, play, populate, settingsArbitrary, type Move } from '../../test/core/moves.ts';
import { Machine } from '../../test/support/machine.ts';
import { initialState, type Entry, type Settings } from '../core/index.ts';
import type { Finding } from './finding.ts';
import { LogVerifier } from './verifier.ts';

const runs = Number(process.env['HAMMER_RUNS'] ?? 120);

const moves = fc.array(moveArbitrary, { minLength: 5, maxLength: 80, size: 'max' });

function recorded(settings: Partial<Settings>, sequence: readonly Move[]): Machine {
  const machine = new Machine(settings);
  populate(machine);
  for (const move of sequence) {
    if (move.kind === 'TakeOver') takeOver(machine, move);
    else play(machine, move);
  }
  return machine;
}

/** As the service does it: the cause follows from the clock that the log was bound to. */
function takeOver(machine: Machine, { number, ms }: Move): void {
  const before = machine.state.clock;
  const clock = { host: `host-${number % 2}`, boot: `boot-${number % 3}`, offsetMs: ms };
  const isSameBoot = before?.host === clock.host && before.boot === clock.boot;
  const changed = before?.host === clock.host ? 'otherBoot' : 'otherHost';
  machine.say({
    kind: 'TakeOver',
    clock,
    cause: before === null ? 'first' : isSameBoot ? 'clockJump' : changed,
  });
}

function verify({ initialSettings }: Machine, log: readonly Entry[]): Finding | null {
  const verifier = new LogVerifier(initialState(initialSettings));
  for (const entry of log) {
    const found = verifier.take(entry);
    if (found !== null) return found;
  }
  return null;
}

test('every log that the machine makes is sound', () => {
  fc.assert(
    fc.property(settingsArbitrary, moves, (settings, sequence) => {
      const machine = recorded(settings, sequence);
      expect(verify(machine, machine.log)).toBeNull();
    }),
    { numRuns: runs },
  );
});

/** Paths, without the numbers of list items, at which an entry says something that stands nowhere else in it. */
const freelyChosen: readonly RegExp[] = [
  // Who and when: the time is bounded by the entries around it, and by what was due.
  /^(by|requestId|atMs)$/,
  // Said at the join, or when another process goes on.
  /^events\[\]\.(session|metadata\b.*)$/,
  // Words for people, and by which way another process came to speak.
  /^events\[\]\.(reason|report|error|operation|way|from)$/,
  // What somebody said to another, and under which name of a target it was sought: its holder is told apart from others.
  /^events\[\]\.(messageKind|text|way\.(kind|scope|file|resource))$/,
  // What was asked for with a wait, and shows in the grant; where the wait is, it shows in the answer.
  /^events\[\]\.(scopes(\[\])?|ttlMs|waitMs)$/,
  // What the files said, and what a sync saw.
  /^events\[\]\.scope\.(name|type|dependencies\b.*)$/,
  /^events\[\]\.(digest|syncedAgainst\b.*)$/,
  // What the owner was configured with, and its clock.
  /^events\[\]\.(settings|clock)\b.*$/,
];

interface Leaf {
  readonly path: string;
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function leavesOf(holder: object, path = ''): Leaf[] {
  return Object.entries(holder).flatMap(([key, value]: [string, unknown]) => {
    const name = Array.isArray(holder) ? `${path}[]` : path === '' ? key : `${path}.${key}`;
    const isInner = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
    return isInner ? leavesOf(value, name) : [{ path: name, holder: holder as Record<string, unknown>, key }];
  });
}

/** Another value that could stand in the same place. */
function otherValue(value: unknown, chance: number): unknown {
  if (typeof value === 'number') return value + (chance % 2 === 0 ? 1 : -1) * (1 + (chance % 3));
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string')
    return ['alice', 'bob', 'a', 'b', 'idle', 'released'].find((text) => text !== value);
  return value === null ? ['alice', 7][chance % 2] : null;
}

/** What somebody has found in the files, he says himself. */
const ofViolation = /^events\[\]\.(?:type|rule|subject|evidence|remedy|end|cause)$/;

test('one changed value is found at its revision, unless a caller was free to choose it', () => {
  fc.assert(
    fc.property(
      settingsArbitrary,
      moves,
      fc.nat(),
      fc.nat(),
      fc.nat(),
      (settings, sequence, at, leaf, chance) => {
        const machine = recorded(settings, sequence);
        // As text, as it is stored: what an event and an answer share is there twice.
        const log = JSON.parse(JSON.stringify(machine.log)) as Entry[];
        const entry = log[at % log.length] as Entry;
        const { revision } = machine.log[at % log.length] as Entry;
        const leaves = leavesOf(entry);
        const { path, holder, key } = leaves[leaf % leaves.length] as Leaf;
        holder[key] = otherValue(holder[key], chance);
        const found = verify(machine, log);
        if (found?.revision === revision) return;
        // Whose process has ended only its owner saw.
        if (entry.kind === 'SeeDead' && path === 'events[].agent') return;
        const isFound = entry.kind === 'ReportViolation' || entry.kind === 'SettleViolation';
        const free = isFound ? [...freelyChosen, ofViolation] : freelyChosen;
        expect({ path, isFree: free.some((one) => one.test(path)) }).toEqual({
          path,
          isFree: true,
        });
        if (found !== null) expect(found.revision).toBeGreaterThan(revision);
      },
    ),
    { numRuns: runs * 2 },
  );
});

type Change = (log: Entry[], at: number) => void;

/** Changes of the shape of a log, and the place from the changed entry on where each is found. */
const shapes: readonly (readonly [name: string, change: Change])[] = [
  ['an entry that is missing', (log, at) => log.splice(at, 1)],
  ['an entry that stands twice', (log, at) => log.splice(at, 0, structuredClone(log[at] as Entry))],
  ['an event that stands twice', (log, at) => eventsOf(log, at).push(structuredClone(log[at]?.events[0]))],
  ['an event that is missing', (log, at) => eventsOf(log, at).pop()],
  ['an answer that is missing', (log, at) => Reflect.deleteProperty(log[at] as Entry, 'result')],
];

function eventsOf(log: readonly Entry[], at: number): unknown[] {
  return (log[at] as Entry).events as unknown[];
}

test.each(shapes)('%s is found there', (_name, change) => {
  fc.assert(
    fc.property(settingsArbitrary, moves, fc.nat(), (settings, sequence, where) => {
      const machine = recorded(settings, sequence);
      const log = structuredClone(machine.log);
      // Not the last one: that a log ends earlier is another log. An export says how long it is.
      const at = where % (log.length - 1);
      change(log, at);
      expect(verify(machine, log)?.revision).toSatisfy(
        (found: number) => found === at + 1 || found === at + 2,
      );
    }),
    { numRuns: runs / 3 },
  );
});
