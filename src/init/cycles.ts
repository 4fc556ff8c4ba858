import { reachableInOrder, type ScopePath } from '../core/index.ts';
import { byEnds, strengthOf, type Link } from './links.ts';
import { byText, top } from './paths.ts';

/** A dependency that is there in the code, but would close a cycle. */
export interface LeftOut {
  readonly link: Link;
  /** All dependencies along the cycle, this one first. */
  readonly cycle: readonly Link[];
}

export interface Untangled {
  /** Without a cycle, unless fixed links alone form one. */
  readonly kept: readonly Link[];
  readonly leftOut: readonly LeftOut[];
  /** A cycle of fixed links, as the scopes along it, the first one repeated; null when there is none. */
  readonly fixedCycle: readonly ScopePath[] | null;
}

export interface Tangle {
  readonly links: readonly Link[];
  /** Written by a person: never left out. */
  readonly isFixed: (link: Link) => boolean;
  /** To be left out first, if that breaks a cycle. */
  readonly isPreferred: (link: Link) => boolean;
}

/**
 * Leaves out as few dependencies as needed so that no cycle remains. Of each cycle the weakest goes: what only tests
 * need, then what is needed as a peer, optionally, by an import that no manifest declares, by declaration; among
 * equals what the top scope needs, then what fewer files say, then the last by name. The answer depends on the links
 * alone, not on their order.
 */
export function untangle({ links, isFixed, isPreferred }: Tangle): Untangled {
  const open = new LinkGraph(links.filter((link) => isFixed(link) || !isPreferred(link)));
  let fixedCycle: readonly ScopePath[] | null = null;
  const pending = open.components([...open.nodes()].sort(byText));
  for (let component = pending.pop(); component !== undefined; component = pending.pop()) {
    const cycle = open.shortestCycle(component);
    const loose = cycle.filter((link) => !isFixed(link)).sort(weakestFirst);
    const [weakest = cycle[0]] = loose;
    if (weakest === undefined) continue;
    if (loose.length === 0) fixedCycle = scopesAlong(cycle);
    open.remove(weakest);
    pending.push(...open.components(component));
  }
  return { ...restore(links, open, isFixed), fixedCycle };
}

/** What was taken out for a cycle that something else has broken meanwhile comes back, the strongest first. */
function restore(
  links: readonly Link[],
  open: LinkGraph,
  isFixed: Tangle['isFixed'],
): Pick<Untangled, 'kept' | 'leftOut'> {
  const out: Link[] = [];
  for (const link of links.filter((one) => !open.has(one)).sort((a, b) => weakestFirst(b, a)))
    if (isFixed(link) || open.path(link.to, link.from) !== null) out.push(link);
    else open.add(link);
  const leftOut = out
    .filter((link) => !isFixed(link))
    .sort(byEnds)
    .map((link) => ({ link, cycle: [link, ...(open.path(link.to, link.from) ?? [])] }));
  const kept = links.filter((link) => open.has(link) || isFixed(link)).toSorted(byEnds);
  return { kept, leftOut };
}

export function scopesAlong(cycle: readonly Link[]): ScopePath[] {
  return [...cycle.map(({ from }) => from), ...cycle.slice(-1).map(({ to }) => to)];
}

function weakestFirst(a: Link, b: Link): number {
  return (
    strengthOf(a.kind) - strengthOf(b.kind) ||
    Number(b.from === top) - Number(a.from === top) ||
    a.files.length - b.files.length ||
    byEnds(b, a)
  );
}

class LinkGraph {
  readonly #from = new Map<ScopePath, Map<ScopePath, Link>>();

  constructor(links: readonly Link[]) {
    for (const link of links.toSorted(byEnds)) this.add(link);
  }

  add(link: Link): void {
    const targets = this.#from.get(link.from);
    if (targets === undefined) this.#from.set(link.from, new Map([[link.to, link]]));
    else targets.set(link.to, link);
  }

  remove({ from, to }: Link): void {
    this.#from.get(from)?.delete(to);
  }

  has({ from, to }: Link): boolean {
    return this.#from.get(from)?.has(to) ?? false;
  }

  nodes(): Iterable<ScopePath> {
    return this.#from.keys();
  }

  /** The groups of these scopes whose members all lead to each other, each in the order of paths; loners are left out. */
  components(scopes: readonly ScopePath[]): ScopePath[][] {
    const inside = new Set(scopes);
    const order = reachableInOrder(scopes, (scope) => this.#targets(scope, inside));
    const backwards = this.#reversed(inside);
    const groups: ScopePath[][] = [];
    for (const start of order) {
      if (!inside.has(start)) continue;
      const group = reachableInOrder([start], (scope) =>
        (backwards.get(scope) ?? []).filter((one) => inside.has(one)),
      );
      for (const scope of group) inside.delete(scope);
      if (group.length > 1) groups.push(group.sort(byText));
    }
    return groups;
  }

  *#targets(scope: ScopePath, inside: ReadonlySet<ScopePath>): Iterable<ScopePath> {
    for (const to of this.#from.get(scope)?.keys() ?? []) if (inside.has(to)) yield to;
  }

  #reversed(inside: ReadonlySet<ScopePath>): Map<ScopePath, ScopePath[]> {
    const backwards = new Map<ScopePath, ScopePath[]>();
    for (const from of inside)
      for (const to of this.#targets(from, inside)) {
        const sources = backwards.get(to);
        if (sources === undefined) backwards.set(to, [from]);
        else sources.push(from);
      }
    return backwards;
  }

  /** Through the first scope of a component. */
  shortestCycle([first]: readonly ScopePath[]): Link[] {
    if (first === undefined) return [];
    const ways = [...(this.#from.get(first)?.values() ?? [])].flatMap((link) => {
      const back = this.path(link.to, first);
      return back === null ? [] : [[link, ...back]];
    });
    return ways.sort((a, b) => a.length - b.length)[0] ?? [];
  }

  /** A shortest way, as its links; null when there is none. */
  path(start: ScopePath, end: ScopePath): Link[] | null {
    const cameBy = new Map<ScopePath, Link | null>([[start, null]]);
    for (const scope of cameBy.keys()) {
      if (scope === end) return wayBack(cameBy, end);
      for (const link of this.#from.get(scope)?.values() ?? [])
        if (!cameBy.has(link.to)) cameBy.set(link.to, link);
    }
    return null;
  }
}

function wayBack(cameBy: ReadonlyMap<ScopePath, Link | null>, end: ScopePath): Link[] {
  const way: Link[] = [];
  for (let link = cameBy.get(end) ?? null; link !== null; link = cameBy.get(link.from) ?? null)
    way.unshift(link);
  return way;
}
