/** Pictures of the machines of one agent, one lock and one sync, taken from the explored graphs of many models. */
import { formatted } from '../support/formatted.ts';
import * as core from '../../src/core/index.ts';
import { explore, Projection, toMermaid, type GraphSink, type View } from '../../src/explore/index.ts';
import { modelOf } from './model.ts';
import { loadSlice, type Constants } from './slice.ts';

export const picturesFolder = 'spec/pictures';

interface Picture {
  /** Of the file, without its ending. */
  readonly name: string;
  readonly title: string;
  /** What the nodes are, and which words the names of steps use. */
  readonly legend: string;
  /** One view for each agent, or scope, of a model: they all go into the same picture. */
  readonly views: (constants: Constants) => readonly View[];
}

// The parts of a canonical text, see `spec/ABSTRACTION.md` section 3.

const agentPart = 0;
const lockPart = 2;
const queuePart = 3;
const graphPart = 4;
const syncPart = 5;

const partOf = (state: string, part: number): string => state.split('|')[part] ?? '';
const elementOf = (state: string, part: number, place: number): string =>
  partOf(state, part).split(';')[place] ?? '';

const agentNodes: Readonly<Record<string, string>> = {
  '-': 'not known',
  L: 'lost',
  i: 'idle',
  w: 'working',
  b: 'blocked',
  c: 'completed',
};
const syncNodes: Readonly<Record<string, string>> = {
  i: 'idle',
  s: 'syncing',
  c: 'completed',
  f: 'failed',
};
const noScope = 'no scope';

const agentNode = (state: string, place: number): string | null =>
  agentNodes[elementOf(state, agentPart, place).charAt(0)] ?? null;

const isDefined = (state: string, place: number): boolean => elementOf(state, graphPart, place) !== '-';

function lockNode(state: string, place: number, scope: string): string {
  if (!isDefined(state, place)) return noScope;
  const isFree = elementOf(state, lockPart, place) === '-';
  const tickets = partOf(state, queuePart).split(';');
  const isWanted = tickets.some((ticket) => scopesOfTicket(ticket).includes(scope));
  return `${isFree ? 'free' : 'held'}${isWanted ? ', waited for' : ''}`;
}

/** Of `a1:s1+s2.~`: `s1` and `s2`. */
const scopesOfTicket = (ticket: string): string[] => /:(.*)\./.exec(ticket)?.[1]?.split('+') ?? [];

const holderOf = (state: string, place: number): string =>
  elementOf(state, lockPart, place).split('.', 1).join('');

const syncNode = (state: string, place: number): string | null =>
  isDefined(state, place) ? (syncNodes[elementOf(state, syncPart, place).charAt(0)] ?? null) : noScope;

// What steps are called.

function takeApart(label: string): { kind: string; args: string[] } {
  const [kind = '', args = ''] = label.split(/[()]/);
  return { kind, args: args.split(',') };
}

/** A status that an agent gives itself belongs to the name of the step. */
function nameSeenBy(agent: string, label: string): string {
  const { kind, args } = takeApart(label);
  const name = kind === 'SetAgentStatus' ? `${kind} ${args[1]}` : kind;
  return /^a\d/.test(args[0] ?? '') && args[0] !== agent ? `${name} of another agent` : name;
}

function nameSeenFrom(scope: string, label: string): string {
  const { kind, args } = takeApart(label);
  const scopes = args.find((arg) => /^s\d(\+s\d)*$/.test(arg))?.split('+') ?? [scope];
  return scopes.includes(scope) ? kind : `${kind} of another scope`;
}

export const pictures: readonly Picture[] = [
  {
    name: 'agent',
    title: 'One agent',
    legend:
      'Status and presence of one agent. A command is its own, or one of the operator or the service, unless "of another agent" stands behind it.',
    views: ({ agents }) =>
      agents.map((agent, place) => ({
        nodeOf: (state) => agentNode(state, place),
        nameOf: (label) => nameSeenBy(agent, label),
      })),
  },
  {
    name: 'lock',
    title: 'One lock',
    legend:
      'The lock of one scope, and whether a ticket wants it: while it is held, or while it is free but a place, or another scope of the same ticket, is not. An edge from a node to itself: the lock passes to another holder.',
    views: ({ scopes }) =>
      scopes.map((scope, place) => ({
        nodeOf: (state) => lockNode(state, place, scope),
        detailOf: (state) => holderOf(state, place),
        nameOf: (label) => nameSeenFrom(scope, label),
      })),
  },
  {
    name: 'sync',
    title: 'One sync',
    legend:
      'The sync status of one scope. A command names this scope unless "of another scope" stands behind it.',
    views: ({ scopes }) =>
      scopes.map((scope, place) => ({
        nodeOf: (state) => syncNode(state, place),
        nameOf: (label) => nameSeenFrom(scope, label),
      })),
  },
];

/** Tells one graph to many sinks. */
const toAll = (sinks: readonly GraphSink[]): GraphSink => ({
  addInitial: (state) => sinks.forEach((sink) => sink.addInitial(state)),
  addEdge: (source, label, target) => sinks.forEach((sink) => sink.addEdge(source, label, target)),
});

/** Explores the models, and draws each picture from all of them: the text of each file, by name of the picture. */
export async function draw(models: readonly string[]): Promise<Map<string, string>> {
  const projections = pictures.map((picture) => ({ picture, projection: new Projection() }));
  for (const name of models) {
    const slice = loadSlice(name);
    const sinks = projections.flatMap(({ picture, projection }) =>
      picture.views(slice.constants).map((view) => projection.sink(view)),
    );
    explore(modelOf(core, slice), { sink: toAll(sinks) });
  }
  const pages = new Map<string, string>();
  for (const { picture, projection } of projections) pages.set(picture.name, await page(picture, projection));
  return pages;
}

async function page({ name, title, legend }: Picture, projection: Projection): Promise<string> {
  const path = `${picturesFolder}/${name}.md`;
  const rows = projection.edges.map(
    ({ source, target, names }) => `| ${source} | ${target} | ${names.join(', ')} |`,
  );
  const text = [
    `# ${title}`,
    legend,
    'Taken from the explored graphs of the core, not drawn by hand: on an edge stands every command that takes this step in some reachable state of some [model](../models/README.md). Refused commands change nothing and are not shown.',
    ['```mermaid', toMermaid(projection), '```'].join('\n'),
    ['| from | to | because of |', '| --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
  return formatted(path, text);
}
