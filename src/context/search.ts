import type { SearchResult } from 'minisearch';
import type { ScopePath } from '../core/index.ts';
import type { ContextKind } from './kinds.ts';

/** An entry of some scope's context file, as plain values. */
export interface KnownEntry {
  readonly scope: ScopePath;
  readonly kind: ContextKind;
  readonly file: ScopePath;
  /** From 1; null where it has no place. */
  readonly line: number | null;
  readonly id: string | null;
  readonly fields: unknown;
}

export interface FoundEntry extends KnownEntry {
  readonly title: string;
  /** What it says beside its title, on one line, from where a word was found on. */
  readonly excerpt: string;
  /** Steps from where it is asked for; null: no way leads there. */
  readonly distance: number | null;
}

export interface SearchWish {
  /** None: all that is known, the nearest first. */
  readonly words: string;
  /** Steps from where it is asked for to a scope; null: no way leads there. */
  readonly distanceTo: (scope: ScopePath) => number | null;
  /** The file that it is asked for: entries that name it are the nearest. */
  readonly about: ScopePath | null;
  readonly limit: number;
}

/** Entries that have the words, the best first: how well they fit counts, and how near their scope is. */
export async function searchEntries(
  entries: readonly KnownEntry[],
  { words, distanceTo, about, limit }: SearchWish,
): Promise<readonly FoundEntry[]> {
  const documents = entries.map((entry, id) => ({ id, entry, ...textsOf(entry) }));
  const distances = documents.map(({ entry, text }) =>
    about !== null && mentions(text, about) ? 0 : distanceTo(entry.scope),
  );
  const weight = (id: number): number => weightOf(distances[id] ?? null);
  const isEverythingMeant = about === null;
  const found = words.trim() === '' ? null : await matching(documents, words, weight);
  const ranked =
    found ??
    documents
      .filter(({ id }) => isEverythingMeant || distances[id] !== null)
      .map(({ id }) => ({ id, terms: [] }));
  const inOrder =
    found === null ? ranked.toSorted((one, other) => weight(other.id) - weight(one.id)) : ranked;
  return inOrder.slice(0, limit).flatMap(({ id, terms }) => {
    const document = documents[id];
    if (document === undefined) return [];
    const { entry, title, text } = document;
    return [{ ...entry, title, excerpt: excerptOf(text, terms), distance: distances[id] ?? null }];
  });
}

interface Document {
  readonly id: number;
  readonly title: string;
  readonly tags: string;
  readonly text: string;
}

interface Match {
  readonly id: number;
  /** The words as the entry has them. */
  readonly terms: readonly string[];
}

/** All words at first; any of them where no entry has all. */
async function matching(
  documents: readonly Document[],
  words: string,
  weight: (id: number) => number,
): Promise<Match[]> {
  const { default: MiniSearch } = await import('minisearch');
  const index = new MiniSearch<Document>({ fields: ['title', 'tags', 'text'], storeFields: [] });
  index.addAll(documents);
  const find = (combineWith: 'AND' | 'OR'): SearchResult[] =>
    index.search(words, {
      boost: { title: 3, tags: 2 },
      prefix: (term) => term.length > 2,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      boostDocument: (id: number) => weight(id),
      combineWith,
    });
  const all = find('AND');
  const found = all.length > 0 ? all : find('OR');
  return found.map(({ id, terms }) => ({ id: id as number, terms }));
}

/** An entry of the scope itself counts thrice as much as one of somewhere else that fits as well. */
function weightOf(distance: number | null): number {
  return distance === null ? 1 : 1 + 2 / (1 + distance);
}

function textsOf({ id, fields }: KnownEntry): Pick<Document, 'title' | 'tags' | 'text'> {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    return { title: id ?? '', tags: '', text: wordsIn(fields) };
  const { title, name, insight, tags, ...others } = fields as Readonly<Record<string, unknown>>;
  const named = [title, name, insight].find(
    (text): text is string => typeof text === 'string' && text !== '',
  );
  return { title: named ?? id ?? '', tags: wordsIn(tags), text: wordsIn(withoutId(others)) };
}

/** Neither what it is called nor when something happened is what it says. */
function withoutId(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).filter(([key]) => key !== 'id' && !/(^|_)(at|date|created|analyzed)$/.test(key)),
  );
}

/** All texts in a value, one after another. */
function wordsIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value)
    .map(wordsIn)
    .filter((text) => text !== '')
    .join(' · ');
}

function mentions(text: string, path: ScopePath): boolean {
  return text.includes(path);
}

/** In characters. */
const excerptLength = 160;
/** How much stands before the word that was found. */
const leadLength = 40;

function excerptOf(text: string, terms: readonly string[]): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  const lower = line.toLowerCase();
  const places = terms.map((term) => lower.indexOf(term)).filter((place) => place >= 0);
  const first = places.length === 0 ? 0 : Math.max(0, Math.min(...places) - leadLength);
  const start = first === 0 ? 0 : line.indexOf(' ', first) + 1;
  const part = line.slice(start, start + excerptLength);
  return `${start > 0 ? '… ' : ''}${part}${start + excerptLength < line.length ? ' …' : ''}`;
}
