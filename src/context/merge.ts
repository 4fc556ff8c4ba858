/**
 * Two changes of one context file made side by side, brought together entry by entry: what one side alone has changed is
 * taken from it. Entries are the same when they have the same id. What both have changed to different things is a conflict.
 */
import { isDeepStrictEqual } from 'node:util';
import { draftOf, otherKeysOf, type Draft } from './draft.ts';
import type { ContextEntry } from './entries.ts';
import type { ContextKind } from './kinds.ts';
import type { Fields } from './written.ts';

export interface Versions {
  readonly kind: ContextKind;
  /** What both began with. */
  readonly base: string;
  readonly mine: string;
  /** What is in the file now: its layout and remarks are kept, and my changes put into it. */
  readonly theirs: string;
}

/** Where two versions cannot both be had; undefined: it is not there in that version. */
export interface Clash {
  /** The entry; null for a key at the top of the file. */
  readonly id: string | null;
  /** The key of the entry, or at the top; null where the entry as a whole clashes. */
  readonly key: string | null;
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
}

export type Merged =
  | { readonly kind: 'merged'; readonly text: string }
  | { readonly kind: 'clash'; readonly clashes: readonly Clash[] }
  /** It cannot be told entry by entry: one version cannot be read, or has entries without ids of their own. */
  | { readonly kind: 'unmergeable'; readonly why: string };

export function mergeContext({ kind, base, mine, theirs }: Versions): Merged {
  const [before, my, their] = [base, mine, theirs].map((text) => draftOf(kind, text));
  if (typeof before === 'string' || typeof my === 'string' || typeof their === 'string')
    return { kind: 'unmergeable', why: [before, my, their].find((one) => typeof one === 'string') ?? '' };
  if (before === undefined || my === undefined || their === undefined) throw new Error('three versions');
  const merge = new Merge(before, my, their);
  return merge.result();
}

class Merge {
  readonly #before: Draft;
  readonly #my: Draft;
  readonly #their: Draft;
  readonly #clashes: Clash[] = [];
  /** Null once a change has no certain place in the file. */
  #now: Draft | null;

  constructor(before: Draft, my: Draft, their: Draft) {
    this.#before = before;
    this.#my = my;
    this.#their = their;
    this.#now = their;
  }

  result(): Merged {
    for (const id of idsOf(this.#before, this.#my)) this.#mergeEntry(id);
    for (const key of otherKeysOf(this.#before, this.#my)) this.#mergeOther(key);
    if (this.#clashes.length > 0) return { kind: 'clash', clashes: this.#clashes };
    if (this.#now !== null) return { kind: 'merged', text: this.#now.text };
    return { kind: 'unmergeable', why: 'the file has a form in which this cannot be changed for certain' };
  }

  #mergeEntry(id: string): void {
    const [base, mine, theirs] = [this.#before, this.#my, this.#their].map((draft) => saidBy(draft, id));
    if (isDeepStrictEqual(base, mine) || isDeepStrictEqual(mine, theirs)) return;
    if (isEntry(base) && isEntry(mine) && isEntry(theirs) && base.collection === mine.collection)
      return this.#mergeFields(id, base, mine, theirs);
    if (!isDeepStrictEqual(base, theirs))
      return this.#clash(
        id,
        null,
        [base, mine, theirs].map((said) => said?.value),
      );
    this.#change((now) => {
      const present = now.find(id);
      return present === null ? now : now.without(present);
    });
    const added = this.#my.find(id);
    if (added === null || !isEntry(mine)) return;
    const { id: _, ...fields } = mine.value;
    this.#change((now) => now.with(added, id, added.form === 'list' ? fields : mine.value));
  }

  #mergeFields(id: string, base: Entry, mine: Entry, theirs: Entry): void {
    for (const key of new Set([...Object.keys(base.value), ...Object.keys(mine.value)])) {
      const values = [base, mine, theirs].map(({ value }) => value[key]);
      const [was, wanted, is] = values;
      if (isDeepStrictEqual(was, wanted) || isDeepStrictEqual(wanted, is)) continue;
      if (!isDeepStrictEqual(was, is)) {
        this.#clash(id, key, values);
        continue;
      }
      this.#change((now) => {
        const entry = now.find(id);
        return entry === null ? null : now.withField(entry, key, wanted);
      });
    }
  }

  #mergeOther(key: string): void {
    const values = [this.#before, this.#my, this.#their].map(({ value }) => value[key]);
    const [base, mine, theirs] = values;
    if (isDeepStrictEqual(base, mine) || isDeepStrictEqual(mine, theirs)) return;
    if (isDeepStrictEqual(base, theirs)) this.#change((now) => now.withOther(key, mine));
    else this.#clash(null, key, values);
  }

  #change(change: (now: Draft) => Draft | null): void {
    if (this.#now !== null) this.#now = change(this.#now);
  }

  #clash(id: string | null, key: string | null, [base, mine, theirs]: readonly unknown[]): void {
    this.#clashes.push({ id, key, base, mine, theirs });
  }
}

/** What a version says of an entry, and where. */
interface Said {
  readonly collection: string;
  readonly value: unknown;
}
interface Entry extends Said {
  readonly value: Fields;
}

function saidBy(draft: Draft, id: string): Said | undefined {
  const entry: ContextEntry | null = draft.find(id);
  return entry === null ? undefined : { collection: entry.collection, value: draft.valueOf(entry) };
}

function isEntry(said: Said | undefined): said is Entry {
  return typeof said?.value === 'object' && said.value !== null && !Array.isArray(said.value);
}

function idsOf(...drafts: readonly Draft[]): ReadonlySet<string> {
  return new Set(drafts.flatMap(({ entries }) => entries.flatMap(({ id }) => (id === null ? [] : [id]))));
}
