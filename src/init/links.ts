import type { ScopePath } from '../core/index.ts';
import { byText } from './paths.ts';

/** Why one scope depends on another, the weakest first: so cycles are broken where it hurts least. */
export const linkKinds = ['development', 'peer', 'optional', 'import', 'required'] as const;
export type LinkKind = (typeof linkKinds)[number];

/** The files kept to explain a dependency. */
const filesPerLinkMax = 3;

/** A dependency of one scope on another, and what says so. */
export interface Link {
  readonly from: ScopePath;
  readonly to: ScopePath;
  /** The strongest reason found. */
  readonly kind: LinkKind;
  /** Repository-relative, the first few. */
  readonly files: readonly string[];
}

export type Ends = Pick<Link, 'from' | 'to'>;

/** The same for the same dependency, for sets. */
export function endsKey({ from, to }: Ends): string {
  return `${from}\n${to}`;
}

interface GrowingLink extends Link {
  kind: LinkKind;
  readonly files: string[];
}

/** Dependencies between scopes, each once. */
export class Links {
  readonly #from = new Map<ScopePath, Map<ScopePath, GrowingLink>>();

  /** A scope's dependency on itself is none. */
  add(from: ScopePath, to: ScopePath, kind: LinkKind, file: string): void {
    if (from === to) return;
    const known = this.#from.get(from)?.get(to);
    if (known === undefined) return this.#begin({ from, to, kind, files: [file] });
    if (strengthOf(kind) > strengthOf(known.kind)) known.kind = kind;
    if (known.files.length < filesPerLinkMax && !known.files.includes(file)) known.files.push(file);
  }

  #begin(link: GrowingLink): void {
    const targets = this.#from.get(link.from);
    if (targets === undefined) this.#from.set(link.from, new Map([[link.to, link]]));
    else targets.set(link.to, link);
  }

  get(from: ScopePath, to: ScopePath): Link | null {
    return this.#from.get(from)?.get(to) ?? null;
  }

  /** Whether one more import would tell nothing new: a manifest says it already, or enough files do. */
  isSettled(from: ScopePath, to: ScopePath, kind: LinkKind): boolean {
    const known = this.#from.get(from)?.get(to);
    if (known === undefined) return from === to;
    if (strengthOf(known.kind) > strengthOf(kind)) return true;
    return known.kind === kind && known.files.length >= filesPerLinkMax;
  }

  /** In the order of their ends. */
  all(): Link[] {
    const links = [...this.#from.values()].flatMap((targets) => [...targets.values()]);
    return links.sort(byEnds);
  }
}

export function strengthOf(kind: LinkKind): number {
  return linkKinds.indexOf(kind);
}

export function byEnds(a: Ends, b: Ends): number {
  return byText(a.from, b.from) || byText(a.to, b.to);
}
