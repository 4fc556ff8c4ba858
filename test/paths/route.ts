/** What there is to walk: the core's own graph of a model, and paths that cover what a public interface can do of it. */
import * as core from '../../src/core/index.ts';
import {
  actionOf,
  EdgeCover,
  explore,
  type Cover,
  type CoverOptions,
  type CoverPath,
  type CoverStep,
  type GraphSink,
  type Model,
} from '../../src/explore/index.ts';
import type { ScopeDefinition, Settings } from '../../src/core/index.ts';
import type { Act } from '../spec/alphabet.ts';
import { modelOf } from '../spec/model.ts';
import { loadSlice, type Constants, type Slice } from '../spec/slice.ts';
import type { World } from '../spec/world.ts';

/** Which edges are to be walked: every one, one for each label, or one for each action and code. */
export type Breadth = 'edges' | 'labels' | 'actions';

/** A step as it is in the graph: the states are in canonical form. */
export interface Edge {
  readonly label: string;
  readonly source: string;
  readonly target: string;
  readonly constants: Constants;
}

/** Why a step cannot be taken through an interface; null when it can. */
export type Obstacles = (edge: Edge) => string | null;

export interface Route {
  readonly slice: Slice;
  readonly settings: Settings;
  /** The graph of scopes that the model begins with. */
  readonly scopes: readonly ScopeDefinition[];
  readonly acts: ReadonlyMap<string, Act>;
  readonly initial: string;
  readonly cover: Cover;
  /** A shortest path to a state of the graph, for telling in few words what went wrong far away. */
  readonly shortestPathTo: (state: string) => CoverPath | null;
  /** The path of these labels from the beginning on. Throws when there is none. */
  readonly pathAlong: (labels: readonly string[]) => CoverPath;
  /** Labels that the interface has no way to say, each with the reason. */
  readonly obstacles: ReadonlyMap<string, string>;
}

/** Interfaces show seconds, so a unit is one. */
export const shownUnitMs = 1_000;

/** Long enough to need few beginnings, short enough to read what came before a difference. */
const stepsMax = 400;

export function planRoute(name: string, breadth: Breadth, obstacleTo: Obstacles): Route {
  const slice = loadSlice(name);
  const model = modelOf(core, slice, shownUnitMs);
  const graph = new EdgeCover();
  const obstacles = new Map<string, string>();
  const toEdge = (source: string, label: string, target: string): string | null =>
    obstacleTo({ label, source, target, constants: slice.constants });
  explore(model, { sink: without(graph, toEdge, obstacles) });
  const [world] = model.initial;
  if (world === undefined) throw new Error(`${name} starts nowhere`);
  return {
    slice,
    settings: world.state.settings,
    scopes: [...world.state.scopes.values()].map(({ contexts: _contexts, ...definition }) => definition),
    acts: new Map(slice.alphabet.acts.map((act) => [act.label, act])),
    initial: model.canonical(world),
    cover: graph.plan({ stepsMax, ...classesOf[breadth] }),
    shortestPathTo: (state) => graph.shortestPathTo(state),
    pathAlong: (labels) => pathAlong(model, world, labels),
    obstacles,
  };
}

const classesOf: Readonly<Record<Breadth, CoverOptions>> = {
  edges: {},
  labels: { classOf: ({ label }) => label },
  actions: { classOf: ({ label }) => actionOf(label) },
};

function without(
  sink: GraphSink,
  obstacleTo: (...edge: Parameters<GraphSink['addEdge']>) => string | null,
  obstacles: Map<string, string>,
): GraphSink {
  return {
    addInitial: (state) => sink.addInitial(state),
    addEdge: (source, label, target) => {
      const obstacle = obstacleTo(source, label, target);
      if (obstacle === null) sink.addEdge(source, label, target);
      else obstacles.set(label, obstacle);
    },
  };
}

function pathAlong(model: Model<World>, start: World, labels: readonly string[]): CoverPath {
  const steps: CoverStep[] = [];
  let world = start;
  for (const label of labels) {
    const step = [...model.actions(world)].find((possible) => possible.label === label);
    if (step === undefined) throw new Error(`there is no step ${label} after ${steps.length} steps`);
    world = step.target;
    steps.push({ label, target: model.canonical(world) });
  }
  return { initial: model.canonical(start), steps };
}

/** A label without its outcome, and the outcome: null when the command was accepted and did something. */
export function split(label: string): { readonly act: string; readonly outcome: string | null } {
  const mark = label.lastIndexOf('!');
  return mark < 0
    ? { act: label, outcome: null }
    : { act: label.slice(0, mark), outcome: label.slice(mark + 1) };
}
