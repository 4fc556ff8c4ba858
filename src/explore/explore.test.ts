import { describe, expect, it } from 'vitest';
import {
  actionOf,
  actionsInvariant,
  canonicalInvariant,
  explore,
  LabelledGraph,
  type Model,
  type Step,
} from './index.ts';

/** Counts from 0 up to a bound, and back to 0 from there. */
function counter(bound: number): Model<number> {
  return {
    initial: [0],
    *actions(count) {
      if (count < bound) yield { label: 'add()', target: count + 1 };
      else yield { label: 'reset()', target: 0 };
    },
    canonical: String,
  };
}

describe('explore', () => {
  it('counts states, edges and levels', () => {
    const { summary, isComplete } = explore(counter(3));
    expect(isComplete).toBe(true);
    expect(summary).toMatchObject({ states: 4, edges: 4, depth: 4, coverage: { add: 3, reset: 1 } });
  });

  it('counts an edge once, however often it is listed', () => {
    const twice: Model<number> = {
      ...counter(1),
      *actions(count) {
        const step: Step<number> = { label: 'flip()', target: 1 - count };
        yield step;
        yield step;
      },
    };
    expect(explore(twice).summary.edges).toBe(2);
  });

  it('counts edges between the same states under each of their labels', () => {
    const twoNames: Model<number> = {
      ...counter(1),
      *actions(count) {
        yield { label: 'flip(left)', target: 1 - count };
        yield { label: 'flip(right)', target: 1 - count };
      },
    };
    expect(explore(twoNames).summary).toMatchObject({ edges: 4, coverage: { flip: 4 } });
  });

  it('gives the same digests for the same graph in another order, and others for another graph', () => {
    const ring = (steps: readonly number[]): Model<number> => ({
      ...counter(1),
      *actions(at) {
        for (const step of steps) yield { label: `move(${step})`, target: (at + step) % 5 };
      },
    });
    const { summary } = explore(ring([1, 2]));
    expect(explore(ring([2, 1])).summary).toEqual(summary);
    const other = explore(ring([1, 3])).summary;
    expect(other.stateDigest).toBe(summary.stateDigest);
    expect(other.edgeDigest).not.toBe(summary.edgeDigest);
  });

  it('tells an edge from the same edge in the other direction', () => {
    const arrow = (from: string, to: string): Model<string> => ({
      initial: ['a', 'b'],
      *actions(state) {
        if (state === from) yield { label: 'go()', target: to };
      },
      canonical: (state) => state,
    });
    const [there, back] = [explore(arrow('a', 'b')).summary, explore(arrow('b', 'a')).summary];
    expect(there.stateDigest).toBe(back.stateDigest);
    expect(there.edgeDigest).not.toBe(back.edgeDigest);
  });

  it('stops at the first violated invariant and shows a shortest path to it', () => {
    const { violation, isComplete } = explore({
      ...counter(9),
      invariants: { Small: (count) => (count > 2 ? `${count} is not small` : null) },
    });
    expect(isComplete).toBe(false);
    expect(violation).toEqual({
      invariant: 'Small',
      evidence: '3 is not small',
      path: ['add()', 'add()', 'add()'],
    });
  });

  it('shows the step that a step invariant forbids', () => {
    const { violation } = explore({
      ...counter(2),
      stepInvariants: {
        Growing: (from, label, to) => (to > from ? null : `${label} led from ${from} to ${to}`),
      },
    });
    expect(violation).toEqual({
      invariant: 'Growing',
      evidence: 'reset() led from 2 to 0',
      path: ['add()', 'add()', 'reset()'],
    });
  });

  it('reports a model that throws, and where', () => {
    const { violation } = explore({
      ...counter(9),
      *actions(count) {
        if (count === 2) throw new Error('cannot go on');
        yield { label: 'add()', target: count + 1 };
      },
    });
    expect(violation).toEqual({
      invariant: actionsInvariant,
      evidence: 'cannot go on',
      path: ['add()', 'add()'],
    });
  });

  it('counts states that no step leaves, also when some step stays', () => {
    const { terminals } = explore<number>({
      initial: [0],
      *actions(count) {
        if (count < 2) yield { label: 'add()', target: count + 1 };
        else yield { label: 'add()!full', target: count };
      },
      canonical: String,
    });
    expect(terminals).toEqual({ count: 1, path: ['add()', 'add()'] });
  });

  it('says that a search was cut short by a limit', () => {
    expect(explore(counter(9), { statesMax: 3 })).toMatchObject({ isComplete: false, violation: null });
    expect(explore(counter(9), { depthMax: 3 })).toMatchObject({ isComplete: false, violation: null });
    expect(explore(counter(9), { depthMax: 3 }).summary).toMatchObject({ states: 3, depth: 3 });
  });

  it('tells the whole graph to a sink', () => {
    const sink = new LabelledGraph();
    const { summary } = explore(counter(3), { sink });
    expect(sink.summary()).toEqual(summary);
    expect([...sink.edges()]).toContainEqual({ source: '3', label: 'reset()', target: '0' });
  });
});

describe('an audit of the canonical text', () => {
  /** Two ways to the same text; `secret` decides what can be done two steps later. */
  const leaky: Model<{ at: number; secret: boolean }> = {
    initial: [{ at: 0, secret: false }],
    *actions({ at, secret }) {
      if (at === 0) {
        yield { label: 'left()', target: { at: 1, secret: false } };
        yield { label: 'right()', target: { at: 1, secret: true } };
      }
      if (at === 1) yield { label: 'on()', target: { at: 2, secret } };
      if (at === 2 && secret) yield { label: 'treasure()', target: { at: 3, secret } };
    },
    canonical: ({ at }) => String(at),
  };

  it('finds what the text leaves out although it matters, some steps later', () => {
    expect(explore(leaky).violation).toBeNull();
    expect(explore(leaky, { auditEvery: 1 }).violation).toEqual({
      invariant: canonicalInvariant,
      evidence: 'can do other than the first state of this text',
      path: ['right()', 'on()'],
    });
  });

  it('finds an invariant that holds only in the first state of a text', () => {
    const model = {
      ...leaky,
      canonical: ({ at, secret }: { at: number; secret: boolean }) =>
        at < 2 ? String(at) : `${at} ${secret}`,
      invariants: { NoSecret: ({ secret }: { secret: boolean }) => (secret ? 'there is a secret' : null) },
    };
    expect(explore(model).violation).toBeNull();
    expect(explore(model, { auditEvery: 1 }).violation).toMatchObject({
      invariant: 'NoSecret',
      path: ['right()'],
    });
  });

  it('is content with a text that leaves out what does not matter', () => {
    const model: Model<{ at: number; steps: number }> = {
      initial: [{ at: 0, steps: 0 }],
      *actions({ at, steps }) {
        if (steps < 1_000) yield { label: 'turn()', target: { at: 1 - at, steps: steps + 1 } };
      },
      canonical: ({ at }) => String(at),
    };
    expect(explore(model, { auditEvery: 1 })).toMatchObject({ violation: null, isComplete: true });
  });
});

describe('actionOf', () => {
  it('takes the arguments out of a label, and keeps what follows them', () => {
    expect(actionOf('acquire(p1,(x))!busy')).toBe('acquire!busy');
    expect(actionOf('tick')).toBe('tick');
  });
});
