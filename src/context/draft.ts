import { isDeepStrictEqual } from 'node:util';
import { YamlText, type Step } from '../repository/yaml/index.ts';
import { entriesOf, type ContextEntry } from './entries.ts';
import { collectionsOf, type Collection, type ContextKind, type EntryForm } from './kinds.ts';
import { readContext } from './read.ts';
import { keyed, listEntry, valueOnly, type Fields, type LongTexts, type Written } from './written.ts';

/** Where a new entry goes. */
export interface EntryPlace {
  readonly collection: string;
  readonly form: EntryForm;
}

/**
 * The text of a context file under change. Each change is made at the place of the entry, and the result read again: it
 * has to say exactly what it should, else the change is null, and the file one that must be changed by hand.
 */
export class Draft {
  readonly kind: ContextKind;
  readonly entries: readonly ContextEntry[];
  readonly #yaml: YamlText;
  readonly #value: Readonly<Record<string, unknown>>;

  private constructor(kind: ContextKind, yaml: YamlText) {
    this.kind = kind;
    this.#yaml = yaml;
    this.#value = (yaml.value ?? {}) as Readonly<Record<string, unknown>>;
    const read = readContext('', Buffer.from(yaml.text));
    this.entries = read.ok ? entriesOf(read.yaml, kind) : [];
  }

  /** Of a text that can be read, see {@link readContext}. */
  static of(kind: ContextKind, text: string): Draft {
    return new Draft(kind, new YamlText(text));
  }

  get text(): string {
    return this.#yaml.text;
  }

  /** All that it says, as plain values. */
  get value(): Readonly<Record<string, unknown>> {
    return this.#value;
  }

  find(id: string): ContextEntry | null {
    return this.entries.find((entry) => entry.id === id) ?? null;
  }

  /** What an entry says, as plain values. */
  valueOf({ collection, index, id, form }: ContextEntry): unknown {
    const held = this.#value[collection] as Readonly<Record<string | number, unknown>>;
    return form === 'list' ? held[index] : held[id ?? ''];
  }

  /** Where most entries are; without any, in the first collection that the file has, or else that its kind has. */
  get usualPlace(): EntryPlace {
    const counts = new Map<string, number>();
    for (const { collection } of this.entries) counts.set(collection, (counts.get(collection) ?? 0) + 1);
    const collections = collectionsOf[this.kind];
    const [busiest] = [...counts].toSorted(([, one], [, other]) => other - one);
    const known =
      collections.find(({ key }) => key === busiest?.[0]) ??
      collections.find(({ key }) => key in this.#value) ??
      collections[0];
    if (known === undefined) throw new Error(`${this.kind} has no collection`);
    return this.#placeIn(known);
  }

  /** Null: its kind has no such collection. */
  placeIn(collection: string): EntryPlace | null {
    const known = collectionsOf[this.kind].find(({ key }) => key === collection);
    return known === undefined ? null : this.#placeIn(known);
  }

  #placeIn({ key, forms }: Collection): EntryPlace {
    const [first = 'list', second] = forms;
    const held = this.#value[key];
    const isMap = typeof held === 'object' && held !== null && !Array.isArray(held);
    return { collection: key, form: second !== undefined && isMap ? second : first };
  }

  /** With one more entry, behind all others. */
  with({ collection, form }: EntryPlace, id: string, fields: Fields): Draft | null {
    const held = this.#value[collection] ?? null;
    const said = form === 'list' ? { id, ...fields } : fields;
    const expected =
      form === 'list'
        ? [...((held ?? []) as readonly unknown[]), said]
        : { ...(held as object | null), [id]: said };
    return this.#firstChecked({ ...this.#value, [collection]: expected }, (texts) =>
      this.#withEntry(
        { collection, form },
        form === 'list' ? listEntry(said, texts) : keyed(id, said, texts),
      ),
    );
  }

  #withEntry({ collection, form }: EntryPlace, entry: Written): YamlText | null {
    if (!(collection in this.#value)) return this.#withCollection(collection, entry);
    if (sizeOf(this.#value[collection]) === 0) return this.#yaml.withLinesBelow([collection], entry.lines);
    return form === 'list'
      ? this.#yaml.withItems([collection], [entry])
      : this.#yaml.withKey(entry.lines, entry.flow, [collection]);
  }

  #withCollection(key: string, entry: Written): YamlText | null {
    const lines = [`${key}:`, ...entry.lines.map((line) => (line === '' ? '' : `  ${line}`))];
    if (Object.keys(this.#value).length > 0) return this.#yaml.withKey(lines, '', []);
    const { text } = this.#yaml;
    return new YamlText(`${text === '' || text.endsWith('\n') ? text : `${text}\n`}${lines.join('\n')}\n`);
  }

  /** With another value of a key of an entry; undefined takes the key out. */
  withField(entry: ContextEntry, key: string, value: unknown): Draft | null {
    const before = this.valueOf(entry);
    if (typeof before !== 'object' || before === null || Array.isArray(before)) return null;
    const { [key]: present, ...others } = before as Readonly<Record<string, unknown>>;
    if (isDeepStrictEqual(present, value)) return this;
    const path: readonly Step[] = [...stepsTo(entry), key];
    if (value === undefined)
      return this.#checked(this.#yaml.withoutKey(path), this.#replacing(entry, others));
    return this.#firstChecked(this.#replacing(entry, { ...others, [key]: value }), (texts) => {
      if (present !== undefined) return this.#yaml.withReplaced(path, valueOnly(value, texts));
      const { lines, flow } = keyed(key, value, texts);
      return this.#yaml.withKey(lines, flow, stepsTo(entry));
    });
  }

  /** With another value of a key at the top that holds no entries; undefined takes the key out. */
  withOther(key: string, value: unknown): Draft | null {
    const { [key]: present, ...others } = this.#value;
    if (isDeepStrictEqual(present, value)) return this;
    if (value === undefined) return this.#checked(this.#yaml.withoutKey([key]), others);
    return this.#firstChecked({ ...others, [key]: value }, (texts) => {
      if (present !== undefined) return this.#yaml.withReplaced([key], valueOnly(value, texts));
      const { lines, flow } = keyed(key, value, texts);
      return this.#yaml.withKey(lines, flow);
    });
  }

  /** Without one entry. */
  without(entry: ContextEntry): Draft | null {
    const { collection, form, index, id } = entry;
    const rest =
      form === 'list'
        ? this.#yaml.withoutItem([collection], index, 'drop')
        : this.#yaml.withoutKey([collection, id ?? '']);
    const isEmptied = sizeOf(this.#value[collection]) === 1;
    const next = isEmptied ? emptied(rest, entry) : rest;
    return this.#checked(next, this.#replacing(entry, undefined));
  }

  /** All that is to be said once an entry says something else; undefined: once it is gone. */
  #replacing({ collection, form, index, id }: ContextEntry, value: unknown): object {
    const held = this.#value[collection];
    if (form === 'list') {
      const put = value === undefined ? [] : [value];
      return { ...this.#value, [collection]: (held as readonly unknown[]).toSpliced(index, 1, ...put) };
    }
    const { [id ?? '']: _gone, ...others } = held as Readonly<Record<string, unknown>>;
    return { ...this.#value, [collection]: value === undefined ? others : { ...others, [id ?? '']: value } };
  }

  /** In the form that is easier to read, where it says the same there. */
  #firstChecked(expected: object, make: (texts: LongTexts) => YamlText | null): Draft | null {
    return this.#checked(make('blocks'), expected) ?? this.#checked(make('quoted'), expected);
  }

  #checked(next: YamlText | null, expected: object): Draft | null {
    if (next === null || next.problem !== null || !isDeepStrictEqual(next.value, expected)) return null;
    return new Draft(this.kind, next);
  }
}

const stepsTo = ({ collection, form, index, id }: ContextEntry): readonly Step[] => [
  collection,
  form === 'list' ? index : (id ?? ''),
];

/** A collection without entries says that it has none; a key without a value would say nothing. */
function emptied(rest: YamlText | null, { collection, form }: ContextEntry): YamlText | null {
  const isNothing = rest !== null && (rest.valueAt(collection) ?? null) === null;
  return isNothing ? rest.withReplaced([collection], valueOnly(form === 'list' ? [] : {}, 'quoted')) : rest;
}

function sizeOf(held: unknown): number {
  return typeof held === 'object' && held !== null ? Object.keys(held).length : 0;
}

/** The draft of a text whose entries can be told apart; else why they cannot, for people. */
export function draftOf(kind: ContextKind, text: string): Draft | string {
  if (!readContext('', Buffer.from(text)).ok) return 'a version cannot be read';
  const draft = Draft.of(kind, text);
  const ids = draft.entries.map(({ id }) => id);
  if (ids.includes(null)) return 'an entry has no id';
  if (collectionsOf[kind].some(({ key }) => isOtherForm(draft, key)))
    return 'entries stand in a form of their own';
  return new Set(ids).size < ids.length ? 'two entries have one id' : draft;
}

/** Whether a key that should hold entries holds something else. */
function isOtherForm({ value, entries }: Draft, key: string): boolean {
  const held = value[key] ?? null;
  const isEmpty = typeof held === 'object' && Object.keys(held ?? {}).length === 0;
  return !isEmpty && !entries.some(({ collection }) => collection === key);
}

/** Keys at the top under which no entries stand. */
export function otherKeysOf(...drafts: readonly Draft[]): ReadonlySet<string> {
  return new Set(
    drafts.flatMap(({ kind, value }) => {
      const own = new Set(collectionsOf[kind].map(({ key }) => key));
      return Object.keys(value).filter((key) => !own.has(key));
    }),
  );
}
