import type { ScopePath } from '../../core/index.ts';
import { byText } from '../paths.ts';

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
  /** Those that give this reason, repository-relative, the first few. */
  readonly files: readonly string[];
  /** How many files say so. */
  readonly fileCount: number;
}

export type Ends = Pick<Link, 'from' | 'to'>;

/** The same for the same dependency, for sets. */
export function endsKey({ from, to }: Ends): string {
  return `${from}\n${to}`;
}

interface GrowingLink extends Link {
  kind: LinkKind;
  readonly files: string[];
  fileCount: number;
}

/** What one file says, or several. */
export interface Reason {
  readonly kind: LinkKind;
  readonly files: readonly string[];
  readonly fileCount: number;
}

/** Dependencies between scopes, each once. */
export class Links {
  readonly #from = new Map<ScopePath, Map<ScopePath, GrowingLink>>();

  /** Notes that a file says so. A scope's dependency on itself is none. */
  add(from: ScopePath, to: ScopePath, kind: LinkKind, file: string): void {
    this.addReason(from, to, { kind, files: [file], fileCount: 1 });
  }

  addReason(from: ScopePath, to: ScopePath, { kind, files, fileCount }: Reason): void {
    if (from === to) return;
    const link = this.#from.get(from)?.get(to) ?? this.#begin(from, to, kind);
    if (strengthOf(kind) > strengthOf(link.kind)) {
      link.kind = kind;
      // They say something weaker: a manifest that asks for development only is no import.
      link.files.length = 0;
    }
    link.fileCount += fileCount;
    if (kind !== link.kind) return;
    for (const file of files)
      if (link.files.length < filesPerLinkMax && !link.files.includes(file)) link.files.push(file);
  }

  #begin(from: ScopePath, to: ScopePath, kind: LinkKind): GrowingLink {
    const link = { from, to, kind, files: [], fileCount: 0 };
    const targets = this.#from.get(from) ?? new Map<ScopePath, GrowingLink>();
    this.#from.set(from, targets.set(to, link));
    return link;
  }

  /** Whether one more import would tell nothing new: a manifest says it already, or enough files do. */
  isSettled(from: ScopePath, to: ScopePath, kind: LinkKind): boolean {
    const known = this.#from.get(from)?.get(to);
    if (known === undefined) return false;
    if (strengthOf(known.kind) > strengthOf(kind)) return true;
    return known.kind === kind && known.files.length >= filesPerLinkMax;
  }

  /** In the order of their ends. */
  all(): Link[] {
    const links = [...this.#from.values()].flatMap((targets) => [...targets.values()]);
    return links.sort(byEnds);
  }
}

/** What each scope depends on, in the order of the links. */
export function targetsOf(links: readonly Ends[]): Map<ScopePath, ScopePath[]> {
  const targets = new Map<ScopePath, ScopePath[]>();
  for (const { from, to } of links) {
    const known = targets.get(from);
    if (known === undefined) targets.set(from, [to]);
    else known.push(to);
  }
  return targets;
}

export function strengthOf(kind: LinkKind): number {
  return linkKinds.indexOf(kind);
}

export function byEnds(a: Ends, b: Ends): number {
  return byText(a.from, b.from) || byText(a.to, b.to);
}
