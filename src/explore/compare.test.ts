import { describe, expect, it } from 'vitest';
import {
  compareGraphs,
  explore,
  goldenDifferences,
  goldenOf,
  LabelledGraph,
  parseGolden,
  readDot,
  readEdgeList,
  StreamedGraph,
  summaryDifferences,
  type Model,
} from './index.ts';

const light: Model<string> = {
  initial: ['red'],
  *actions(state) {
    if (state === 'red') yield { label: 'go', target: 'green' };
    if (state === 'green') yield { label: 'warn', target: 'amber' };
    if (state === 'amber') yield { label: 'stop', target: 'red' };
  },
  canonical: (state) => state,
};

function graphOf(model: Model<string>): LabelledGraph {
  const sink = new LabelledGraph();
  explore(model, { sink });
  return sink;
}

const hasty: Model<string> = {
  ...light,
  *actions(state) {
    yield* light.actions(state);
    if (state === 'green') yield { label: 'stop', target: 'red' };
  },
};

describe('comparing two graphs', () => {
  it('finds nothing when they are the same', () => {
    expect(compareGraphs(graphOf(light), graphOf(light)).isSame).toBe(true);
  });

  it('shows the edges that only one of them has', () => {
    const { isSame, onlyLeft, onlyRight } = compareGraphs(graphOf(light), graphOf(hasty));
    expect(isSame).toBe(false);
    expect(onlyLeft).toMatchObject({ states: 0, edges: 0 });
    expect(onlyRight).toMatchObject({
      states: 0,
      edges: 1,
      someEdges: [{ source: 'green', label: 'stop', target: 'red' }],
    });
  });

  it('counts all differences but shows only some', () => {
    const { onlyLeft } = compareGraphs(graphOf(light), new LabelledGraph(), 2);
    expect(onlyLeft).toMatchObject({ states: 3, edges: 3 });
    expect(onlyLeft.someStates).toHaveLength(2);
    expect(onlyLeft.someEdges).toHaveLength(2);
  });
});

describe('a golden file', () => {
  const files = { 'Light.tla': 'MODULE Light' };
  const golden = goldenOf('Light', 'a model checker', files, explore(light).summary);

  it('is read as it was written', () => {
    expect(parseGolden(JSON.stringify(golden))).toEqual(golden);
  });

  it('agrees with the same graph and the same files', () => {
    expect(goldenDifferences(golden, files, explore(light).summary)).toEqual([]);
  });

  it('disagrees with another graph, and says in what', () => {
    const differences = goldenDifferences(golden, files, explore(hasty).summary);
    expect(differences).toContain('edges: 4 instead of 3');
    expect(differences).toContain('edges of stop: 2 instead of 1');
    expect(differences.some((difference) => difference.startsWith('edgeDigest'))).toBe(true);
  });

  it('disagrees when a file that it was made from has changed, gone or come', () => {
    const { summary } = explore(light);
    expect(goldenDifferences(golden, { 'Light.tla': 'MODULE Lamp' }, summary)).toEqual([
      'Light.tla has changed since the golden file was made',
    ]);
    expect(goldenDifferences(golden, { 'Lamp.tla': '' }, summary)).toEqual([
      'Light.tla is gone, but the golden file was made from it',
      'Lamp.tla was not there when the golden file was made',
    ]);
  });

  it('is refused when it is something else', () => {
    expect(() => parseGolden('{"model":"Light"}')).toThrow(TypeError);
  });
});

describe('reading what TLC wrote', () => {
  const dump = [
    'strict digraph DiskGraph {',
    'nodesep=0.35;',
    '-1 [label="/\\\\ lamp = \\"red\\"\\n/\\\\ on = TRUE",style = filled]',
    '-1 -> 2 [label="go",color="black",fontcolor="black"];',
    '2 [label="/\\\\ lamp = \\"green\\"\\n/\\\\ on = TRUE"];',
    '2 -> 3 [label="warn",color="black",fontcolor="black"];',
    '3 [label="/\\\\ lamp = \\"amber\\"\\n/\\\\ on = TRUE"];',
    '3 -> -1 [label="stop",color="black",fontcolor="black"];',
    '{rank = same; -1;2;3;}',
    '}',
  ];
  const lampOf = (printed: string): string => /lamp = "(\w+)"/.exec(printed)?.[1] ?? printed;

  it('takes states and labelled edges from a dump for graphviz', async () => {
    const graph = new LabelledGraph();
    await readDot(dump, graph, { stateOf: lampOf });
    expect(graph.summary()).toEqual(explore(light).summary);
  });

  it('shows states as printed, in one line, unless told otherwise', async () => {
    const graph = new LabelledGraph();
    await readDot(dump, graph);
    expect(graph.states[0]).toBe('/\\ lamp = "red" /\\ on = TRUE');
  });

  it('leaves out edges that are not part of the graph', async () => {
    const graph = new LabelledGraph();
    await readDot(dump, graph, { labelOf: (label) => (label === 'stop' ? null : label) });
    expect([...graph.edges()].map(({ label }) => label)).toEqual(['go', 'warn']);
  });

  it('refuses a dump that ends too early', async () => {
    await expect(readDot(dump.slice(0, 4), new LabelledGraph())).rejects.toThrow(SyntaxError);
  });

  const printed = [
    'Starting',
    '"INIT red"',
    '"EDGE go red green"',
    '"EDGE warn green amber"',
    'EDGE stop amber red',
  ];

  it('takes edges from among the other lines that were printed', async () => {
    const graph = new LabelledGraph();
    const others: string[] = [];
    await readEdgeList(printed, graph, (line) => others.push(line));
    expect(graph.summary()).toEqual(explore(light).summary);
    expect(others).toEqual(['Starting']);
  });

  it('sums a graph up without keeping its edges', async () => {
    const graph = new StreamedGraph();
    await readEdgeList(printed, graph);
    expect(summaryDifferences(explore(light).summary, graph.summary())).toEqual([]);
  });

  it('refuses an edge with a text too few', async () => {
    await expect(readEdgeList(['"EDGE go red"'], new StreamedGraph())).rejects.toThrow(SyntaxError);
  });
});
