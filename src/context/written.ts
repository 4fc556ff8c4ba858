import { stringify } from 'yaml';

/** What an entry says, as plain values: texts, numbers, truth values, nothing, lists and maps of these. */
export type Fields = Readonly<Record<string, unknown>>;

/** A value in both forms in which it can stand in a file; `lines` are without the last line's end. */
export interface Written {
  readonly lines: readonly string[];
  readonly flow: string;
}

/**
 * How texts of several lines stand: as blocks, or in quotes. A block that keeps the empty lines at its end takes those
 * that follow in the file for its own.
 */
export type LongTexts = 'blocks' | 'quoted';

/** As an entry of a list, from its mark on. */
export function listEntry(value: unknown, texts: LongTexts): Written {
  return { lines: blockLines([value], texts), flow: flowText(value) };
}

/** As a key of a map with its value. */
export function keyed(key: string, value: unknown, texts: LongTexts): Written {
  return { lines: blockLines({ [key]: value }, texts), flow: `${flowText(key)}: ${flowText(value)}` };
}

/** What stands behind the colon of a key. */
export function valueOnly(value: unknown, texts: LongTexts): Written {
  const [first = '', ...more] = blockLines({ k: value }, texts);
  const flow = more.length === 0 ? first.slice('k: '.length) : flowText(value);
  return { lines: [first.slice('k:'.length), ...more], flow };
}

/** Texts that another version of YAML would take for something else stand in quotes. */
function blockLines(value: unknown, texts: LongTexts): readonly string[] {
  const text = stringify(value, {
    lineWidth: 0,
    compat: 'yaml-1.1',
    aliasDuplicateObjects: false,
    blockQuote: texts === 'blocks',
  });
  return text.replace(/\n$/, '').split('\n');
}

/** In JSON's form, which YAML reads alike, but for characters that it takes for line ends or does not allow. */
function flowText(value: unknown): string {
  return (JSON.stringify(value) ?? 'null').replaceAll(
    /[\u007F-\u009F\u2028\u2029\uFEFF]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
