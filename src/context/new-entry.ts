import { collectionsOf, type ContextKind, type EntryForm } from './kinds.ts';
import type { Draft } from './draft.ts';
import type { Fields } from './written.ts';

/** What goes without saying of a new entry: what its writer says goes before it. */
export function defaultsOf(kind: ContextKind, form: EntryForm, nowMs: number): Fields {
  const [time, day] = momentsOf(nowMs);
  const isList = form === 'list';
  switch (kind) {
    case 'todos':
      return isList
        ? { status: 'pending', priority: 'medium', created_at: time }
        : { status: 'todo', priority: 'medium', created: day };
    case 'decisions':
      return isList ? { status: 'proposed', decided_at: time } : { status: 'proposed', date: day };
    case 'knowledge':
    case 'patterns':
    case 'conventions':
      return isList ? { created_at: time } : {};
  }
}

/** What a change of keys brings with it: when a todo was completed, and when an entry was last changed. */
export function consequencesOf(
  kind: ContextKind,
  form: EntryForm,
  { status, ...others }: Fields,
  nowMs: number,
): { readonly set: Fields; readonly unset: readonly string[] } {
  const [time] = momentsOf(nowMs);
  if (form === 'map') return { set: {}, unset: [] };
  if (kind === 'todos') {
    if (status === undefined || 'completed_at' in others) return { set: {}, unset: [] };
    return status === 'completed' || status === 'done'
      ? { set: { completed_at: time }, unset: [] }
      : { set: {}, unset: ['completed_at'] };
  }
  const hasIt = kind === 'knowledge' || kind === 'patterns' || kind === 'conventions';
  return { set: hasIt && !('updated_at' in others) ? { updated_at: time } : {}, unset: [] };
}

/** An id that no entry has yet, made of what it is called. */
export function freeId({ kind, entries }: Draft, form: EntryForm, name: string): string {
  const taken = new Set(entries.map(({ id }) => id));
  if (kind === 'decisions' && form === 'map') return nextRecord(taken);
  const slug =
    name
      .replaceAll(/[ßæœøłđðþı]/giu, (letter) => spelt[letter.toLowerCase()] ?? letter)
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, slugLengthMax)
      .replaceAll(/^-+|-+$/g, '') ||
    collectionsOf[kind][0]?.key.replace(/s$/, '') ||
    'entry';
  if (!taken.has(slug)) return slug;
  for (let number = 2; ; number += 1) if (!taken.has(`${slug}-${number}`)) return `${slug}-${number}`;
}

/** Latin letters that are no letter with a mark. */
const spelt: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** In characters. */
const slugLengthMax = 50;

/** Records of decisions are numbered, as `ADR-001`. */
function nextRecord(taken: ReadonlySet<string | null>): string {
  const numbers = [...taken].map((id) => Number(/^ADR-(\d+)$/.exec(id ?? '')?.[1] ?? 0));
  return `ADR-${String(Math.max(0, ...numbers) + 1).padStart(3, '0')}`;
}

/** In RFC 3339, to the second; and the day of it. */
function momentsOf(nowMs: number): readonly [time: string, day: string] {
  const iso = new Date(nowMs).toISOString();
  return [iso.replace(/\.\d+Z$/, 'Z'), iso.slice(0, 10)];
}
