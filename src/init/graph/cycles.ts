import { reachableInOrder, type ScopePath } from '../../core/index.ts';
import { AcyclicGraph } from './acyclic-graph.ts';
import { byEnds, strengthOf, targetsOf, type Link } from './links.ts';
import { top } from '../paths.ts';

/** A dependency that is there in the code, but would close a cycle. */
export interface LeftOut {
  readonly link: Link;
  /** All dependencies along the cycle, this one first. */
  readonly cycle: readonly Link[];
}

export interface Untangled {
  /** Sorted. Without a cycle, unless fixed links alone form one. */
  readonly kept: readonly Link[];
  /** Sorted. */
  readonly leftOut: readonly LeftOut[];
  /** A cycle of fixed links, as the scopes along it, the first one repeated; null when there is none. */
  readonly fixedCycle: readonly ScopePath[] | null;
}

export interface Tangle {
  readonly links: readonly Link[];
  /** Written by a person: never left out. */
  readonly isFixed: (link: Link) => boolean;
  /** Chosen to be left out where it closes a cycle. */
  readonly isUnwanted: (link: Link) => boolean;
}

/**
 * Leaves out dependencies so that no cycle remains. They are taken one by one, the strongest first, and one that would close
 * a cycle with those before it is left out: so of each cycle the weakest goes. Strong is what a manifest declares, then an
 * import alone, an option, a peer, and last what only tests and tools need; among equals what the top needs is the weakest, then
 * what fewer files say, then the last by name. The answer depends on the links alone, not on their order.
 */
export function untangle({ links, isFixed, isUnwanted }: Tangle): Untangled {
  const graph = new AcyclicGraph(inLikelyOrder(links));
  const rank = (link: Link): number => (isFixed(link) ? 0 : isUnwanted(link) ? 2 : 1);
  const ordered = links.toSorted((a, b) => rank(a) - rank(b) || strongestFirst(a, b));
  const out = ordered.filter((link) => !graph.add(link));
  const leftOut = out.filter((link) => !isFixed(link)).sort(byEnds);
  const [impossible] = out.filter(isFixed);
  const cycleOf = (link: Link): Link[] => [link, ...graph.path(link.to, link.from)];
  return {
    kept: links.filter((link) => isFixed(link) || graph.has(link)).sort(byEnds),
    leftOut: leftOut.map((link) => ({ link, cycle: cycleOf(link) })),
    fixedCycle:
      impossible === undefined ? null : [...cycleOf(impossible).map(({ from }) => from), impossible.from],
  };
}

/** What depends before what it depends on, as far as cycles allow: then hardly anything has to be moved. */
function inLikelyOrder(links: readonly Link[]): ScopePath[] {
  const targets = targetsOf(links.toSorted(byEnds));
  return reachableInOrder(targets.keys(), (scope) => targets.get(scope) ?? []);
}

function strongestFirst(a: Link, b: Link): number {
  return (
    strengthOf(b.kind) - strengthOf(a.kind) ||
    Number(a.from === top) - Number(b.from === top) ||
    b.fileCount - a.fileCount ||
    byEnds(a, b)
  );
}
