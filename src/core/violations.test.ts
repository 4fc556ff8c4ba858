import { expect, test } from 'vitest';
import { codeOf, committed, Machine, scopePath } from '../../test/support/machine.ts';
import type { Decision } from './decision.ts';

const file = 'docs/notes.yaml';
const name = { by: 'olga', type: 'ContextConsistency', rule: 'CONTEXT_FILE_BROKEN', subject: file } as const;

function newMachine(): Machine {
  const machine = new Machine();
  machine.define({ docs: [], api: [] });
  machine.join('alice');
  return machine;
}

const report = (machine: Machine, path: string | null = file, rule: string = name.rule): Decision =>
  machine.say({
    kind: 'ReportViolation',
    ...name,
    rule,
    path: path === null ? null : scopePath(path),
    evidence: 'is empty',
    remedy: 'restore it',
  });
const settle = (machine: Machine): Decision =>
  machine.say({ kind: 'SettleViolation', ...name, end: 'repaired', cause: 'put back' });

test('a violation keeps since when it is, where, and who held that then', () => {
  const machine = newMachine();
  machine.acquire('alice', 'docs');
  const { events } = committed(report(machine));
  const { type, rule, subject } = name;
  const place = { type, rule, subject, scope: 'docs', file, holder: 'alice' };
  expect(events).toEqual([{ kind: 'violation.began', ...place, evidence: 'is empty', remedy: 'restore it' }]);
  machine.release('alice');
  const [open] = [...machine.state.openViolations.values()];
  expect(open).toMatchObject({ ...place, revision: machine.state.revision - 1 });
  expect(committed(settle(machine)).events).toEqual([
    { kind: 'violation.ended', ...place, end: 'repaired', cause: 'put back' },
  ]);
  expect(machine.state.openViolations.size).toBe(0);
});

test('one that is open does not begin again; another rule is another violation', () => {
  const machine = newMachine();
  report(machine);
  expect(committed(report(machine)).events).toEqual([]);
  report(machine, file, 'CONTEXT_FILE_GONE');
  expect(machine.state.openViolations.size).toBe(2);
});

test.each([
  ['of a scope', 'docs', { scope: 'docs', holder: null }],
  ['that is in no scope', 'elsewhere/f', { holder: null }],
  ['that is nowhere', null, { holder: null }],
])('one %s says so', (_what, path, place) => {
  const machine = newMachine();
  const [event] = committed(report(machine, path)).events;
  const { kind, type, rule, subject, evidence, remedy, ...rest } = event as Extract<
    typeof event,
    { kind: 'violation.began' }
  >;
  expect([kind, type, rule, subject, evidence, remedy].every((part) => part.length > 0)).toBe(true);
  expect(rest).toEqual(place);
});

test('what is not open is not settled', () => {
  expect(codeOf(settle(newMachine()))).toBe('VIOLATION_NOT_FOUND');
});
