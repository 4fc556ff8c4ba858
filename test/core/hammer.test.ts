/**
 * Random runs over every command, right and wrong. After every revision every invariant holds (the machine checks them),
 * the state survives being stored and read, what was read decides and evolves as the original, and the next deadline is
 * the smallest one there is. At the end the log alone leads to the same state.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeState, evolve, initialState, nextDeadline, type State } from '../../src/core/index.ts';
import { Machine } from '../support/machine.ts';
import { moveArbitrary, play, populate, settingsArbitrary } from './moves.ts';

const runs = Number(process.env['HAMMER_RUNS'] ?? 300);

test('every invariant holds after every revision of a random run, and a stored state goes on as the original', () => {
  const moves = fc.array(moveArbitrary, { minLength: 1, maxLength: 120, size: 'max' });
  fc.assert(
    fc.property(settingsArbitrary, moves, (settings, sequence) => {
      const machine = new Machine(settings, { audited: true });
      populate(machine);
      for (const move of sequence) {
        play(machine, move);
        expect(nextDeadline(machine.state)).toBe(earliestDeadline(machine.state));
      }
      expect(encodeState(replay(machine))).toBe(encodeState(machine.state));
    }),
    { numRuns: runs },
  );
});

function earliestDeadline(state: State): number | null {
  const agents = [...state.agents.values()].filter((agent) => agent.presence === 'present');
  const all = [
    ...agents.map((agent) => agent.sessionDeadlineMs),
    ...agents.flatMap(({ blockedSinceMs: since }) =>
      since === null ? [] : [since + state.settings.maxBlockMs],
    ),
    ...[...state.tickets.values()].flatMap((waiter) => waiter.deadlineMs ?? []),
    ...[...state.locks.values()].map((lock) => lock.deadlineMs),
  ];
  return all.length === 0 ? null : Math.min(...all);
}

function replay(machine: Machine): State {
  const state = initialState(machine.initialSettings);
  for (const entry of machine.log) evolve(state, entry);
  return state;
}
