import { describe, expect, it } from 'vitest';
import { explore, Projection, toMermaid, type Model, type View } from './index.ts';

/** Two lamps, each of which anybody may switch; `0` is off. */
const lamps: Model<string> = {
  initial: ['00'],
  *actions(state) {
    for (const index of [0, 1]) {
      const lamp = state[index] === '1' ? '0' : '1';
      yield { label: `switch(${index})`, target: index === 0 ? `${lamp}${state[1]}` : `${state[0]}${lamp}` };
    }
    yield { label: 'look()', target: state };
  },
  canonical: (state) => state,
};

const firstLamp: View = { nodeOf: (state) => (state.startsWith('1') ? 'on' : 'off') };

function project(...views: readonly View[]): Projection {
  const projection = new Projection();
  for (const view of views) explore(lamps, { sink: projection.sink(view) });
  return projection;
}

describe('a projection', () => {
  it('shows states that look the same as one node, and no step that changes nothing of it', () => {
    const { initial, nodes, edges } = project(firstLamp);
    expect(initial).toEqual(['off']);
    expect(nodes).toEqual(['off', 'on']);
    expect(edges).toEqual([
      { source: 'off', target: 'on', names: ['switch(0)'] },
      { source: 'on', target: 'off', names: ['switch(0)'] },
    ]);
  });

  it('gives a step the name that the view has for it, and leaves out what has none', () => {
    const named = project({ ...firstLamp, nameOf: () => 'somebody' });
    expect(named.edges.map(({ names }) => names)).toEqual([['somebody'], ['somebody']]);
    expect(project({ ...firstLamp, nameOf: () => null }).edges).toEqual([]);
  });

  it('shows a step from a node to itself when a detail changes', () => {
    const seen = project({ ...firstLamp, detailOf: (state) => state.slice(1) });
    expect(seen.edges.filter(({ source, target }) => source === target)).toEqual([
      { source: 'off', target: 'off', names: ['switch(1)'] },
      { source: 'on', target: 'on', names: ['switch(1)'] },
    ]);
  });

  it('leaves out states that have no such part', () => {
    const seen = project({ nodeOf: (state) => (state === '11' ? null : state) });
    expect(seen.nodes).toEqual(['00', '01', '10']);
  });

  it('merges what several views show', () => {
    const secondLamp: View = { nodeOf: (state) => (state.endsWith('1') ? 'on' : 'off') };
    expect(project(firstLamp, secondLamp).edges[0]).toEqual({
      source: 'off',
      target: 'on',
      names: ['switch(0)', 'switch(1)'],
    });
  });

  it('is written for Mermaid, with what means something there escaped', () => {
    const named = project({ ...firstLamp, nameOf: (label) => `${label}; "twice"` });
    expect(toMermaid(named).split('\n')).toEqual([
      'stateDiagram-v2',
      '  state "off" as n1',
      '  state "on" as n2',
      '  [*] --> n1',
      '  n1 --> n2 : switch(0)#59; #34;twice#34;',
      '  n2 --> n1 : switch(0)#59; #34;twice#34;',
    ]);
  });
});
