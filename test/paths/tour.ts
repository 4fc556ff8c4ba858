/** All paths of a model through one face, and what to say when they differ. */
import type { CoverPath } from '../../src/explore/index.ts';
import { Checkout } from './checkout.ts';
import type { Face } from './face.ts';
import { planRoute, type Breadth, type Obstacles, type Route } from './route.ts';
import { Stage } from './stage.ts';
import { walk, type Difference } from './walk.ts';

/** How a public interface is reached, new for each path. */
export interface FaceKind {
  readonly name: string;
  /** Version of the owner that it wants to find. */
  readonly ownerVersion?: string;
  readonly obstacleTo: Obstacles;
  readonly open: (stage: Stage, route: Route) => Promise<Face>;
}

export interface Tour {
  readonly paths: number;
  readonly steps: number;
  /** Edges, labels or actions that were walked, as the breadth says. */
  readonly covered: number;
  readonly missed: number;
  /** Kinds of commands that were said. */
  readonly actions: ReadonlySet<string>;
  readonly obstacles: ReadonlyMap<string, string>;
  /** Null when face and graph agree on every path; else the report on the first difference. */
  readonly report: string | null;
}

/** Walks the paths that cover a model, as broadly as asked, until the first difference. */
export async function tour(kind: FaceKind, model: string, breadth: Breadth): Promise<Tour> {
  const route = planRoute(model, breadth, kind.obstacleTo);
  const checkout = new Checkout();
  try {
    const report = await firstReport(kind, route, checkout);
    const { paths, steps, covered, missed } = route.cover;
    const actions = new Set(paths.flatMap((path) => path.steps.map(({ label }) => actionName(label))));
    return { paths: paths.length, steps, covered, missed, actions, obstacles: route.obstacles, report };
  } finally {
    checkout.remove();
  }
}

/** Walks one path, given by its labels. Null, or the report on the difference. Throws when the model has no such path. */
export async function retrace(
  kind: FaceKind,
  model: string,
  labels: readonly string[],
): Promise<string | null> {
  const route = planRoute(model, 'edges', kind.obstacleTo);
  const checkout = new Checkout();
  try {
    const path = route.pathAlong(labels);
    const difference = await walkOnce(kind, route, checkout, path);
    return difference === null ? null : describe(kind, route, path, difference);
  } finally {
    checkout.remove();
  }
}

const actionName = (label: string): string => /^\w+/.exec(label)?.[0] ?? label;

async function firstReport(kind: FaceKind, route: Route, checkout: Checkout): Promise<string | null> {
  for (const path of route.cover.paths) {
    const difference = await walkOnce(kind, route, checkout, path);
    if (difference !== null) return shortestReport(kind, route, checkout, path, difference);
  }
  return null;
}

/** Where the shortest path to the same step differs as well, it says the same in fewer words. */
async function shortestReport(
  kind: FaceKind,
  route: Route,
  checkout: Checkout,
  path: CoverPath,
  difference: Difference,
): Promise<string> {
  const last = path.steps[difference.step - 1];
  const source = path.steps[difference.step - 2]?.target ?? path.initial;
  if (last === undefined) return describe(kind, route, path, difference);
  const way = route.shortestPathTo(source)?.steps ?? [];
  const shorter = { initial: route.initial, steps: [...way, last] };
  const again = await walkOnce(kind, route, checkout, shorter);
  return again === null ? describe(kind, route, path, difference) : describe(kind, route, shorter, again);
}

async function walkOnce(
  kind: FaceKind,
  route: Route,
  checkout: Checkout,
  path: CoverPath,
): Promise<Difference | null> {
  checkout.begin(route.settings, route.scopes);
  const stage = await Stage.open(checkout, kind.ownerVersion);
  try {
    const face = await kind.open(stage, route);
    try {
      return await walk(route, stage, face, path);
    } finally {
      await face.end();
    }
  } finally {
    await stage.close();
  }
}

function describe(
  kind: FaceKind,
  route: Route,
  path: CoverPath,
  { step, said, expected, seen }: Difference,
): string {
  const { name } = route.slice;
  const labels = path.steps.slice(0, step).map(({ label }) => label);
  return [
    `${kind.name} on ${name} differs at step ${step}${step === 0 ? '' : `: ${labels.at(-1)}`}`,
    `  expected: ${expected}`,
    `  seen:     ${seen}`,
    `  said, from the beginning on:`,
    ...said.map((line) => `    ${line}`),
    `  walk it again:`,
    `    npm run spec:paths -- again ${kind.name} ${name} ${labels.map((label) => `'${label}'`).join(' ')}`,
  ].join('\n');
}
