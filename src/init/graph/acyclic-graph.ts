import type { ScopePath } from '../../core/index.ts';
import type { Ends, Link } from './links.ts';

/**
 * A graph that refuses every link that would close a cycle. Keeps its scopes in an order in which each stands before what
 * it depends on, and only what lies between the two ends of a new link is looked at or moved (Pearce and Kelly, "A
 * Dynamic Topological Sort Algorithm for Directed Acyclic Graphs", 2006): so thousands of links cost little.
 */
export class AcyclicGraph {
  readonly #rank = new Map<ScopePath, number>();
  readonly #from = new Map<ScopePath, Map<ScopePath, Link>>();
  readonly #to = new Map<ScopePath, ScopePath[]>();

  /** All scopes that links will name, best in an order that is nearly right. */
  constructor(scopes: Iterable<ScopePath>) {
    for (const scope of scopes) this.#rank.set(scope, this.#rank.size);
  }

  /** Adds a link; false, and nothing is changed, when it closes a cycle. */
  add(link: Link): boolean {
    const [first, last] = [this.#rankOf(link.to), this.#rankOf(link.from)];
    if (first <= last) {
      const after = this.#reached(
        link.to,
        (scope) => this.#targets(scope),
        (rank) => rank <= last,
      );
      if (after.has(link.from)) return false;
      const before = this.#reached(
        link.from,
        (scope) => this.#to.get(scope) ?? [],
        (rank) => rank >= first,
      );
      this.#reorder([...this.#sorted(before), ...this.#sorted(after)]);
    }
    this.#link(link);
    return true;
  }

  has({ from, to }: Ends): boolean {
    return this.#from.get(from)?.has(to) ?? false;
  }

  /** A shortest way from one scope to another, as its links; empty when there is none. */
  path(start: ScopePath, end: ScopePath): Link[] {
    const cameBy = new Map<ScopePath, Link | null>([[start, null]]);
    for (const scope of cameBy.keys()) {
      if (scope === end) break;
      for (const link of this.#from.get(scope)?.values() ?? [])
        if (!cameBy.has(link.to)) cameBy.set(link.to, link);
    }
    const way: Link[] = [];
    for (let link = cameBy.get(end); link; link = cameBy.get(link.from)) way.unshift(link);
    return way;
  }

  #rankOf(scope: ScopePath): number {
    const rank = this.#rank.get(scope);
    if (rank !== undefined) return rank;
    this.#rank.set(scope, this.#rank.size);
    return this.#rank.size - 1;
  }

  #targets(scope: ScopePath): Iterable<ScopePath> {
    return this.#from.get(scope)?.keys() ?? [];
  }

  #reached(
    start: ScopePath,
    next: (scope: ScopePath) => Iterable<ScopePath>,
    isBetween: (rank: number) => boolean,
  ): Set<ScopePath> {
    const reached = new Set([start]);
    for (const scope of reached)
      for (const one of next(scope)) if (isBetween(this.#rankOf(one))) reached.add(one);
    return reached;
  }

  #sorted(scopes: Iterable<ScopePath>): ScopePath[] {
    return [...scopes].sort((a, b) => this.#rankOf(a) - this.#rankOf(b));
  }

  /** The same ranks, given out anew. */
  #reorder(scopes: readonly ScopePath[]): void {
    const ranks = scopes.map((scope) => this.#rankOf(scope)).sort((a, b) => a - b);
    for (const [index, scope] of scopes.entries()) this.#rank.set(scope, ranks[index] ?? 0);
  }

  #link(link: Link): void {
    const targets = this.#from.get(link.from) ?? new Map<ScopePath, Link>();
    this.#from.set(link.from, targets.set(link.to, link));
    const sources = this.#to.get(link.to);
    if (sources === undefined) this.#to.set(link.to, [link.from]);
    else sources.push(link.from);
  }
}
