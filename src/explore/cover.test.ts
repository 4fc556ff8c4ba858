import { describe, expect, it } from 'vitest';
import { actionOf, EdgeCover, explore, type Cover, type CoverPath, type Model } from './index.ts';

/** A turnstile: a coin opens it, a push goes through; kicked, it is broken for good. */
const turnstile: Model<string> = {
  initial: ['locked'],
  *actions(state) {
    if (state === 'broken') return;
    yield { label: 'coin', target: 'open' };
    yield { label: 'push', target: 'locked' };
    yield { label: 'kick', target: 'broken' };
  },
  canonical: (state) => state,
};

function coverOf(model: Model<string>): EdgeCover {
  const cover = new EdgeCover();
  explore(model, { sink: cover });
  return cover;
}

/** Every edge that the paths walk along, each once. Throws where a path leaves the model. */
function walked(model: Model<string>, { paths }: Cover): Set<string> {
  const edges = new Set<string>();
  for (const { initial, steps } of paths) {
    let at = initial;
    for (const { label, target } of steps) {
      const isThere = [...model.actions(at)].some((step) => step.label === label && step.target === target);
      if (!isThere) throw new Error(`no edge ${label} from ${at} to ${target}`);
      edges.add(`${at} ${label} ${target}`);
      at = target;
    }
  }
  return edges;
}

const labelsOf = ({ steps }: CoverPath): string[] => steps.map(({ label }) => label);

describe('covering every edge', () => {
  it('walks along each edge, and starts anew where there is no way back', () => {
    const plan = coverOf(turnstile).plan();
    expect(walked(turnstile, plan).size).toBe(6);
    expect(plan).toMatchObject({ covered: 6, missed: 0 });
    expect(plan.paths.map(labelsOf)).toEqual([
      ['push', 'coin', 'coin', 'push', 'kick'],
      ['coin', 'kick'],
    ]);
  });

  it('needs one path where everything can be undone', () => {
    const sturdy: Model<string> = {
      ...turnstile,
      *actions(state) {
        for (const step of turnstile.actions(state)) if (step.target !== 'broken') yield step;
      },
    };
    expect(coverOf(sturdy).plan()).toMatchObject({ paths: [{ initial: 'locked' }], steps: 4 });
  });

  it('plans the same for the same graph', () => {
    expect(coverOf(turnstile).plan()).toEqual(coverOf(turnstile).plan());
  });

  it('does nothing where there is nothing to do', () => {
    expect(new EdgeCover().plan()).toEqual({ paths: [], steps: 0, covered: 0, missed: 0 });
  });

  it('counts an edge that was told twice once', () => {
    const cover = new EdgeCover();
    cover.addInitial('a');
    for (let times = 0; times < 2; times += 1) cover.addEdge('a', 'stay', 'a');
    expect(cover.plan()).toMatchObject({ covered: 1, steps: 1 });
  });

  it('says how many edges no path leads to', () => {
    const cover = coverOf(turnstile);
    cover.addEdge('elsewhere', 'coin', 'open');
    expect(cover.plan()).toMatchObject({ covered: 6, missed: 1 });
  });

  it('uses every initial state', () => {
    const cover = new EdgeCover();
    cover.addInitial('a');
    cover.addInitial('b');
    cover.addEdge('a', 'go', 'end');
    cover.addEdge('b', 'go', 'end');
    expect(cover.plan().paths.map(({ initial }) => initial)).toEqual(['a', 'b']);
  });
});

describe('options of a plan', () => {
  it('walks along one edge of each class when classes are given', () => {
    const plan = coverOf(turnstile).plan({ classOf: ({ label }) => actionOf(label) });
    expect(plan).toMatchObject({ covered: 3, missed: 0, steps: 3 });
    expect(plan.paths.map(labelsOf)).toEqual([['push', 'coin', 'kick']]);
  });

  it('keeps paths short when told to, and still walks along everything', () => {
    const plan = coverOf(turnstile).plan({ stepsMax: 2 });
    expect(plan.paths.map(({ steps }) => steps.length)).toEqual([2, 1, 2, 2, 2]);
    expect(walked(turnstile, plan).size).toBe(6);
  });

  it('makes a path longer than the limit when there is no other way to an edge', () => {
    const plan = coverOf(turnstile).plan({ stepsMax: 1 });
    expect(Math.max(...plan.paths.map(({ steps }) => steps.length))).toBe(2);
    expect(plan.missed).toBe(0);
  });
});

describe('the shortest path to a state', () => {
  it('is found', () => {
    expect(coverOf(turnstile).shortestPathTo('open')).toEqual({
      initial: 'locked',
      steps: [{ label: 'coin', target: 'open' }],
    });
  });

  it('is none to where it starts, or to what is not there', () => {
    expect(coverOf(turnstile).shortestPathTo('locked')).toBeNull();
    expect(coverOf(turnstile).shortestPathTo('elsewhere')).toBeNull();
  });
});
