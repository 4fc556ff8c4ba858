/** What the shell makes of words: each field is one argument of a command. */
import type { Why } from './reading.ts';

export interface TextField {
  readonly kind: 'text';
  readonly text: string;
  /** If it is a pattern that stands for names on disk: the same with everything escaped that is literal. */
  readonly pattern: string | null;
}

/** One argument whose text is not known, or several; `prefix` is what is known of its beginning. */
export interface UnknownField {
  readonly kind: 'unknown';
  readonly why: Why;
  readonly prefix: string;
}

export type Field = TextField | UnknownField;

export const textField = (text: string): TextField => ({ kind: 'text', text, pattern: null });
export const unknownField = (why: Why, prefix = ''): UnknownField => ({ kind: 'unknown', why, prefix });

/** Its text; of an unknown one what is known of it. */
export const beginningOf = (field: Field): string => (field.kind === 'text' ? field.text : field.prefix);

export const textOf = (field: Field | undefined): string | null =>
  field?.kind === 'text' && field.pattern === null ? field.text : null;

/** Literal text within a pattern. */
export const escaped = (text: string): string => text.replaceAll(/[*?[\](){}!+@|\\]/g, String.raw`\$&`);

/** The same field without its first characters, such as `--output=`. */
export function fieldFrom(field: Field, length: number): Field {
  if (field.kind === 'unknown') return { ...field, prefix: field.prefix.slice(length) };
  const head = escaped(field.text.slice(0, length));
  const { pattern } = field;
  if (pattern === null) return textField(field.text.slice(length));
  // A pattern in front of the cut is none of an option that has a name.
  return {
    kind: 'text',
    text: field.text.slice(length),
    pattern: pattern.startsWith(head) ? pattern.slice(head.length) : pattern.slice(length),
  };
}

/** Builds the fields of one word: expansions may end one and begin the next. */
export class FieldBuilder {
  readonly #fields: Field[] = [];
  #text = '';
  #pattern = '';
  #isPattern = false;
  #isBegun = false;
  #unknown: UnknownField | null = null;

  /** Literal text; an empty one, too, makes a field. */
  literal(text: string): void {
    this.#isBegun = true;
    this.#text += text;
    this.#pattern += escaped(text);
  }

  glob(text: string): void {
    this.#isBegun = true;
    this.#isPattern = true;
    this.#text += text;
    this.#pattern += text;
  }

  unknown(why: Why): void {
    this.#isBegun = true;
    this.#unknown ??= unknownField(why, this.#text);
  }

  /** Several at once, as of `"$@"`. */
  fields(fields: readonly Field[]): void {
    for (const [index, field] of fields.entries()) {
      if (index > 0) this.end();
      if (field.kind === 'unknown') {
        this.literal(field.prefix);
        this.unknown(field.why);
      } else if (field.pattern === null) this.literal(field.text);
      else this.#join(field.text, field.pattern);
    }
  }

  #join(text: string, pattern: string): void {
    this.#isBegun = true;
    this.#isPattern = true;
    this.#text += text;
    this.#pattern += pattern;
  }

  /** As it stands without quotes: split at blanks, and with live patterns. */
  split(text: string): void {
    const [first = '', ...rest] = text.split(/[ \t\n]+/);
    if (first !== '') this.#bare(first);
    for (const piece of rest) {
      this.end();
      if (piece !== '') this.#bare(piece);
    }
  }

  #bare(text: string): void {
    if (/[*?[]/.test(text)) this.glob(text);
    else this.literal(text);
  }

  end(): void {
    if (this.#unknown !== null) this.#fields.push(this.#unknown);
    else if (this.#isBegun)
      this.#fields.push({
        kind: 'text',
        text: this.#text,
        pattern: this.#isPattern ? this.#pattern : null,
      });
    this.#text = this.#pattern = '';
    this.#isPattern = this.#isBegun = false;
    this.#unknown = null;
  }

  finish(): readonly Field[] {
    this.end();
    return this.#fields;
  }
}
