import { expect, it } from 'vitest';
import { array, assert, constantFrom, integer, nat, oneof, option, property, record } from 'fast-check';
import { lockModel, type LockAnswer, type LockCall } from './lock-model.ts';
import { isLinearizable, type Operation, type SequentialModel } from './wgl.ts';

type LockOperation = Operation<LockCall, LockAnswer>;

function operation(
  times: readonly [calledAt: number, returnedAt: number | null],
  kind: LockCall['kind'],
  agent: string,
  answer: LockAnswer | null,
): LockOperation {
  return { calledAt: times[0], returnedAt: times[1], call: { kind, agent }, answer };
}

const granted = (token: number): LockAnswer => ({ kind: 'granted', token });

it('accepts a hand-over whose calls overlap', () => {
  const history = [
    operation([0, 1], 'acquire', 'a', granted(1)),
    operation([2, 9], 'acquire', 'b', granted(2)),
    operation([3, 8], 'release', 'a', { kind: 'released' }),
  ];
  expect(isLinearizable(lockModel, history)).toBe(true);
});

it('refuses a lock that was granted twice, though calls overlap', () => {
  const history = [
    operation([0, 5], 'acquire', 'a', granted(1)),
    operation([1, 6], 'acquire', 'b', granted(2)),
    operation([7, 8], 'release', 'a', { kind: 'released' }),
  ];
  expect(isLinearizable(lockModel, history)).toBe(false);
});

it('refuses tokens that do not grow', () => {
  const history = [
    operation([0, 1], 'acquire', 'a', granted(5)),
    operation([2, 3], 'release', 'a', { kind: 'released' }),
    operation([4, 5], 'acquire', 'b', granted(5)),
  ];
  expect(isLinearizable(lockModel, history)).toBe(false);
});

it('lets a call that never returned have taken effect, or not', () => {
  const release = operation([2, null], 'release', 'a', null);
  const taken = [operation([0, 1], 'acquire', 'a', granted(1)), release];
  const isGranted = operation([3, 4], 'acquire', 'b', granted(2));
  const isRefused = operation([3, 4], 'acquire', 'b', { kind: 'refused' });
  expect(isLinearizable(lockModel, [...taken, isGranted])).toBe(true);
  expect(isLinearizable(lockModel, [...taken, isRefused])).toBe(true);
});

it('keeps to real time: what returned before a call was made came first', () => {
  const history = [
    operation([0, 1], 'acquire', 'b', { kind: 'refused' }),
    operation([2, 3], 'acquire', 'a', granted(1)),
  ];
  expect(isLinearizable(lockModel, history)).toBe(false);
});

it('decides a long history in which few operations overlap', () => {
  const history = Array.from({ length: 2_000 }, (_, index) => [
    operation([index * 10, index * 10 + 12], 'acquire', `a${index % 8}`, granted(index + 1)),
    operation([index * 10 + 13, index * 10 + 15], 'release', `a${index % 8}`, { kind: 'released' }),
  ]).flat();
  expect(isLinearizable(lockModel, history)).toBe(true);
});

/** Tries every order of every choice of the pending operations. */
function isLinearizableByForce<State, Call, Answer>(
  model: SequentialModel<State, Call, Answer>,
  left: readonly Operation<Call, Answer>[],
  state: State,
): boolean {
  if (left.every(({ returnedAt }) => returnedAt === null)) return true;
  return left.some((first) => {
    const rest = left.filter((other) => other !== first);
    const isLate = rest.some(({ returnedAt }) => returnedAt !== null && returnedAt < first.calledAt);
    if (isLate) return false;
    return model
      .step(state, first.call, first.answer)
      .some((after) => isLinearizableByForce(model, rest, after));
  });
}

const anyAnswer = oneof(
  integer({ min: 1, max: 3 }).map(granted),
  constantFrom<LockAnswer>(
    { kind: 'released' },
    { kind: 'released' },
    { kind: 'notHeld' },
    { kind: 'refused' },
  ),
);

const anyOperation = record({
  calledAt: nat(12),
  lasts: option(nat(6), { freq: 6 }),
  agent: constantFrom('a', 'b'),
  answer: anyAnswer,
}).map(({ calledAt, lasts, agent, answer }): LockOperation => {
  const isAcquire = answer.kind === 'granted' || answer.kind === 'refused';
  return {
    calledAt,
    returnedAt: lasts === null ? null : calledAt + lasts,
    call: { kind: isAcquire ? 'acquire' : 'release', agent },
    answer: lasts === null ? null : answer,
  };
});

it('agrees with brute force on random small histories', () => {
  const verdicts = { true: 0, false: 0 };
  assert(
    property(array(anyOperation, { maxLength: 6 }), (history) => {
      const verdict = isLinearizable(lockModel, history);
      verdicts[`${verdict}`] += 1;
      expect(verdict).toBe(isLinearizableByForce(lockModel, history, lockModel.initial));
    }),
    { numRuns: 5_000, seed: 1 },
  );
  expect(Math.min(verdicts.true, verdicts.false)).toBeGreaterThan(500);
});
