/** Which models are walked through which face, and how broadly. */
import type { Breadth } from './route.ts';

export interface Case {
  readonly face: 'client' | 'cli' | 'mcp' | 'processes';
  readonly model: string;
  readonly breadth: Breadth;
}

const cases = (face: Case['face'], breadth: Breadth, ...models: readonly string[]): Case[] =>
  models.map((model) => ({ face, model, breadth }));

/** Part of the test suite: some 80 s on two quiet cores. Together they say every command that a face has. */
export const testedCases: readonly Case[] = [
  ...cases('client', 'edges', 'Hold21', 'Sync12', 'Sessions21'),
  ...cases(
    'client',
    'labels',
    'Locks22c2',
    'Multi22',
    'Status22',
    'TakeOver22',
    'Context22',
    'Runners22',
    'Graph22',
    'Configure32',
    'Requests21',
    'Messages21lost',
  ),
  ...cases('cli', 'edges', 'Hold21'),
  ...cases(
    'cli',
    'labels',
    'Locks22c2',
    'Multi22',
    'Sync12',
    'Sessions21',
    'Status22',
    'Configure32',
    'Messages21lost',
  ),
  ...cases('mcp', 'edges', 'Hold21'),
  ...cases(
    'mcp',
    'labels',
    'Multi22',
    'Sync12',
    'Sessions21',
    'Status22',
    'Context22',
    'TakeOver22',
    'Runners22',
  ),
  ...cases('processes', 'actions', 'Hold21', 'Locks22c2', 'Sync12', 'Sessions21'),
];

/** Every edge of every model that the others walk in part: for a script. */
export const longCases: readonly Case[] = [
  ...cases('client', 'edges', 'Hold21', 'Locks22c2', 'Multi22', 'Sync12', 'Sessions21', 'Status22'),
  ...cases('client', 'edges', 'Hold32c1', 'TakeOver22', 'Requests21', 'Configure32', 'Graph22', 'Context22'),
  ...cases('client', 'edges', 'Runners22'),
  ...cases('cli', 'edges', 'Hold21', 'Locks22c2', 'Multi22', 'Sync12', 'Sessions21', 'Status22'),
  ...cases('cli', 'labels', 'Configure32', 'Runners22'),
  ...cases(
    'mcp',
    'edges',
    'Hold21',
    'Multi22',
    'Sync12',
    'Sessions21',
    'Status22',
    'Context22',
    'TakeOver22',
  ),
  ...cases('mcp', 'labels', 'Locks22c2', 'Configure32', 'Graph22', 'Runners22'),
  ...cases('processes', 'labels', 'Hold21', 'Locks22c2', 'Multi22', 'Sync12', 'Sessions21', 'Status22'),
];
