import { describe, expect, it } from 'vitest';
import { explore, type Model, type Step } from './index.ts';

/** Peterson's algorithm for two processes, each at one of four lines; `turn` says who may go first. */
interface Peterson {
  readonly lines: readonly [Line, Line];
  readonly turn: 0 | 1;
}
type Line = 'idle' | 'wants' | 'waits' | 'inside';
type Process = 0 | 1;

const other = (process: Process): Process => (process === 0 ? 1 : 0);

function at(state: Peterson, process: Process, line: Line, turn = state.turn): Peterson {
  const lines: [Line, Line] = [...state.lines];
  lines[process] = line;
  return { lines, turn };
}

/** `mayEnter` decides when a waiting process goes on: the heart of the algorithm, and what a mutant changes. */
function peterson(mayEnter: (state: Peterson, process: Process) => boolean): Model<Peterson> {
  return {
    initial: [{ lines: ['idle', 'idle'], turn: 0 }],
    *actions(state) {
      for (const process of [0, 1] as const) yield* stepsOf(state, process);
    },
    canonical: ({ lines, turn }) => `${lines.join(',')};${turn}`,
    invariants: {
      MutualExclusion: ({ lines }) => (lines.every((line) => line === 'inside') ? 'both are inside' : null),
    },
  };

  function* stepsOf(state: Peterson, process: Process): Generator<Step<Peterson>> {
    switch (state.lines[process]) {
      case 'idle':
        return yield { label: `raiseFlag(p${process})`, target: at(state, process, 'wants') };
      case 'wants':
        return yield { label: `giveWay(p${process})`, target: at(state, process, 'waits', other(process)) };
      case 'waits':
        if (mayEnter(state, process))
          yield { label: `enter(p${process})`, target: at(state, process, 'inside') };
        else yield { label: `enter(p${process})!busy`, target: state };
        return;
      case 'inside':
        return yield { label: `leave(p${process})`, target: at(state, process, 'idle') };
    }
  }
}

const otherIsIdle = (state: Peterson, process: Process): boolean => state.lines[other(process)] === 'idle';

/** Enough: nobody else wants in, or the other one has given way. */
const rightly = (state: Peterson, process: Process): boolean =>
  otherIsIdle(state, process) || state.turn === process;

describe('the explorer, shown on two processes that want the same room', () => {
  it('visits every state once and finds that they are never inside together', () => {
    const { summary, violation, isComplete, terminals } = explore(peterson(rightly));
    expect(violation).toBeNull();
    expect(isComplete).toBe(true);
    expect(terminals).toEqual({ count: 0, path: null });
    expect(summary).toMatchObject({
      states: 20,
      edges: 40,
      coverage: { enter: 4, 'enter!busy': 6, giveWay: 12, leave: 6, raiseFlag: 12 },
    });
  });

  it('shows a shortest way to the accident when a process goes on right after it has given way', () => {
    const { violation } = explore(peterson((state, process) => state.turn !== process));
    expect(violation).toEqual({
      invariant: 'MutualExclusion',
      evidence: 'both are inside',
      path: ['raiseFlag(p0)', 'giveWay(p0)', 'enter(p0)', 'raiseFlag(p1)', 'giveWay(p1)', 'enter(p1)'],
    });
  });

  it('shows where nothing can go on any more when both wait for the flag of the other to fall', () => {
    const { violation, terminals } = explore(peterson(otherIsIdle));
    expect(violation).toBeNull();
    expect(terminals).toEqual({
      count: 2,
      path: ['raiseFlag(p0)', 'giveWay(p0)', 'raiseFlag(p1)', 'giveWay(p1)'],
    });
  });
});
