import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/**
 * Changes to a YAML text at the places of its nodes. What is not changed stays byte for byte: comments, order, layout,
 * line ends, a byte order mark. Null wherever the text has a form in which the change has no certain place.
 */
export class YamlText {
  readonly text: string;
  readonly #mark: string;
  readonly #body: string;
  readonly #document: Document;

  constructor(text: string) {
    this.text = text;
    this.#mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
    this.#body = text.slice(this.#mark.length);
    this.#document = parseDocument(this.#body, {
      keepSourceTokens: true,
      prettyErrors: false,
      logLevel: 'error',
    });
  }

  /** Why it has no certain meaning, for people: then it must not be changed. Null: it has one. */
  get problem(): string | null {
    if (this.#document.errors.length > 0) return 'is no valid YAML';
    return this.#read() === null
      ? 'has an alias that leads nowhere, or aliases of aliases beyond number'
      : null;
  }

  /** What the text says, as plain values; undefined when its aliases leave that open. */
  get value(): unknown {
    return this.#read()?.value;
  }

  /** Aliases are followed only here. Each reading gives values of its own, which its reader may change. */
  #read(): { readonly value: unknown } | null {
    try {
      return { value: this.#document.toJS() as unknown };
    } catch (error) {
      if (error instanceof ReferenceError) return null;
      throw error;
    }
  }

  /** The value under the keys, as a plain value; undefined when there is none. */
  valueAt(...keys: readonly string[]): unknown {
    return keys.reduce<unknown>(
      (at, key) => (at as Record<string, unknown> | null | undefined)?.[key],
      this.value,
    );
  }

  /**
   * Appends a key to the map at the top, or to the one that `parents` lead to. `lines` are its text in block form, `flow`
   * the same for a map in braces.
   */
  withKey(lines: readonly string[], flow: string, parents: readonly Step[] = []): YamlText | null {
    const map = this.#nodeAt(parents);
    if (!isMap(map)) return null;
    if (map.flow === true) return this.#beforeClosing(map, '}', flow, map.items.length === 0);
    const column = this.#columnOf(map);
    const at = parents.length === 0 ? this.#endOfContent() : this.#lineEnd((endOf(map) ?? 1) - 1);
    return column === null ? null : this.#insertLines(at, column, [{ lines, flow }]);
  }

  /** Writes another value for a key whose value stands on one line, in quotes or not. */
  withValue(keys: readonly string[], text: string): YamlText | null {
    const value = this.#pairAt(keys)?.value;
    const range = isScalar(value) && value.type?.startsWith('BLOCK') === false ? value.range : null;
    if (!range || /[\r\n]/.test(this.#body.slice(range[0], range[1]))) return null;
    return this.#replaced(range[0], range[1], text);
  }

  /**
   * Writes another value for a key, in whatever form the present one is: `lines` from the colon's right on, as they would
   * stand below a key in the first column, or `flow` on the key's line. What stands behind the value stays.
   */
  withReplaced(path: readonly Step[], { lines, flow }: ListItem): YamlText | null {
    const pair = this.#pairAt(path);
    const span = pair && this.#spanOfValue(pair);
    if (pair === null || span === null) return null;
    const [start, end] = span;
    const column = this.#column(startOf(pair.key) ?? 0);
    const [first = '', ...more] = lines;
    const isOnOwnLines =
      more.length > 0 && !this.#isWithinFlow(path) && /^[ \t]*\r?$/m.test(this.#restOfLine(end));
    const text = isOnOwnLines
      ? [first, ...more.map((line) => (line === '' ? '' : ' '.repeat(column) + line))].join(this.#eol)
      : ` ${flow}`;
    return this.#replaced(start, end, text);
  }

  /** Appends entries to a list; each is given in block form (its lines) and for a list in brackets. */
  withItems(keys: readonly string[], items: readonly ListItem[]): YamlText | null {
    if (items.length === 0) return this;
    const pair = this.#pairAt(keys);
    if (pair === null) return null;
    if (isSeq(pair.value))
      return pair.value.flow === true
        ? this.#withinBrackets(pair.value, items)
        : this.#afterLast(pair.value, items);
    return isEmpty(pair.value) ? this.#belowKey(pair, items) : null;
  }

  /** Puts lines below a key that has no value yet. */
  withLinesBelow(keys: readonly string[], lines: readonly string[]): YamlText | null {
    const pair = this.#pairAt(keys);
    return pair && this.#belowKey(pair, [{ lines, flow: '' }]);
  }

  /** The line of a key, from 1; of the nearest one above it that is there. Null: there is none. */
  lineOf(keys: readonly string[]): number | null {
    for (let count = keys.length; count > 0; count -= 1) {
      const key = this.#pairAt(keys.slice(0, count))?.key;
      const offset = startOf(key);
      if (offset !== null) return this.#body.slice(0, offset).split('\n').length;
    }
    return null;
  }

  /** Takes an entry out of a list, with its lines. Null when a comment stands in it, unless `remarks` go with it. */
  withoutItem(keys: readonly string[], index: number, remarks: 'keep' | 'drop' = 'keep'): YamlText | null {
    const list = this.#pairAt(keys)?.value;
    if (!isSeq(list)) return null;
    if (list.flow === true) return this.#withoutFlowItem(list, index);
    const mark = marksOf(list)[index];
    const end = endOf(list.items[index]);
    return mark === undefined || end === null
      ? null
      : this.#withoutLines(mark, Math.max(end, mark + 1), remarks);
  }

  /** Takes a key out of a map, with its value and their lines, remarks in them included. */
  withoutKey(path: readonly Step[]): YamlText | null {
    const map = this.#nodeAt(path.slice(0, -1));
    if (!isMap(map)) return null;
    const index = map.items.findIndex(({ key }) => isScalar(key) && key.value === path.at(-1));
    const pair = map.items[index];
    const [start, end] = [startOf(pair?.key), endOf(pair)];
    if (pair === undefined || start === null || end === null) return null;
    if (map.flow === true) return this.#withoutFlowItem(map, index);
    const isFirst = index === 0 && !this.#isBegunBy(start);
    if (!isFirst) return this.#withoutLines(start, end, 'drop');
    // It stands behind the mark of a list's entry: there the next key goes.
    const next = startOf(map.items[1]?.key);
    return next === null ? null : this.#replaced(start, next, '');
  }

  get #eol(): string {
    return /\r\n/.test(this.#body) ? '\r\n' : '\n';
  }

  #replaced(start: number, end: number, text: string): YamlText {
    return new YamlText(this.#mark + this.#body.slice(0, start) + text + this.#body.slice(end));
  }

  /** The pair that the last key names; null where the way leads through an alias, or nowhere. */
  #pairAt(path: readonly Step[]): Pair | null {
    const map = this.#nodeAt(path.slice(0, -1));
    if (!isMap(map)) return null;
    return (map.items as Pair[]).find(({ key }) => isScalar(key) && key.value === path.at(-1)) ?? null;
  }

  #nodeAt(path: readonly Step[]): unknown {
    return path.reduce<unknown>((at, step) => {
      if (typeof step === 'number') return isSeq(at) ? at.items[step] : null;
      if (!isMap(at)) return null;
      return (at.items as Pair[]).find(({ key }) => isScalar(key) && key.value === step)?.value;
    }, this.#document.contents);
  }

  #isWithinFlow(path: readonly Step[]): boolean {
    return path.some((_step, index) => {
      const node = this.#nodeAt(path.slice(0, index));
      return (isMap(node) || isSeq(node)) && node.flow === true;
    });
  }

  /** From behind the colon to the end of the value; null where more than the value stands there. */
  #spanOfValue({ key, value }: Pair): readonly [number, number] | null {
    const keyEnd = rangeOf(key)?.[1];
    if (keyEnd === undefined) return null;
    const colon = this.#body.indexOf(':', keyEnd);
    if (!/^[ \t]*$/.test(this.#body.slice(keyEnd, colon))) return null;
    const [start, valueEnd] = rangeOf(value) ?? [colon + 1, colon + 1];
    // An anchor or a tag before it belongs to the value, and others may refer to it.
    if (!/^\s*$/.test(this.#body.slice(colon + 1, start))) return null;
    const written = this.#body.slice(0, Math.max(valueEnd, colon + 1));
    return [colon + 1, Math.max(colon + 1, written.trimEnd().length)];
  }

  #restOfLine(offset: number): string {
    const end = this.#body.indexOf('\n', offset);
    return this.#body.slice(offset, end === -1 ? undefined : end);
  }

  /** Whether only spaces stand before it on its line. */
  #isBegunBy(offset: number): boolean {
    return /^ *$/.test(this.#body.slice(this.#lineStart(offset), offset));
  }

  /** Where a document ends: before `...`, else with the text. */
  #endOfContent(): number {
    const marker = /^\.\.\.(?=[ \t\r\n]|$)/m.exec(this.#body);
    return marker === null ? this.#body.length : marker.index;
  }

  #columnOf(map: YAMLMap): number | null {
    const [first] = map.items as Pair[];
    const start = isScalar(first?.key) ? first.key.range?.[0] : undefined;
    if (start === undefined) return null;
    const column = this.#column(start);
    // The first key of a map that is an entry of a list stands behind its mark.
    return /^[ -]*$/.test(this.#body.slice(start - column, start)) ? column : null;
  }

  #column(offset: number): number {
    return offset - (this.#body.lastIndexOf('\n', offset - 1) + 1);
  }

  #lineStart(offset: number): number {
    return offset - this.#column(offset);
  }

  /** Just after the line end of the line of an offset; the end of the text for the last line. */
  #lineEnd(offset: number): number {
    const end = this.#body.indexOf('\n', offset);
    return end === -1 ? this.#body.length : end + 1;
  }

  #withinBrackets(list: YAMLSeq, items: readonly ListItem[]): YamlText | null {
    return this.#beforeClosing(list, ']', items.map((item) => item.flow).join(', '), list.items.length === 0);
  }

  #beforeClosing(node: YAMLMap | YAMLSeq, closing: string, text: string, isFirst: boolean): YamlText | null {
    const end = node.range?.[1];
    if (end === undefined || this.#body[end - 1] !== closing) return null;
    const last = (node.items as unknown[]).at(-1);
    const lastEnd = isFirst ? (node.range?.[0] ?? 0) + 1 : endOf(last);
    // A comment before the bracket would swallow what is put there.
    if (lastEnd === null || this.#body.slice(lastEnd, end).includes('#')) return null;
    const hasComma = this.#body.slice(lastEnd, end).includes(',');
    const at = hasComma ? this.#body.indexOf(',', lastEnd) + 1 : lastEnd;
    return this.#replaced(at, at, isFirst ? text : hasComma ? ` ${text}` : `, ${text}`);
  }

  #afterLast(list: YAMLSeq, items: readonly ListItem[]): YamlText | null {
    const marks = marksOf(list);
    const [column, last] = [marks[0], list.items.at(-1)];
    const end = endOf(last);
    if (column === undefined || end === null) return null;
    return this.#insertLines(
      this.#lineEnd(Math.max(end - 1, marks.at(-1) ?? 0)),
      this.#column(column),
      items,
    );
  }

  /** The key has no value yet, or one that says so: what is given goes below it, one step to the right. */
  #belowKey({ key, value }: Pair, items: readonly ListItem[]): YamlText | null {
    const range = isScalar(key) ? key.range : null;
    if (!range) return null;
    const bare = this.#withoutValue(range[1], value);
    return bare && bare.#insertLines(bare.#lineEnd(range[0]), bare.#column(range[0]) + 2, items);
  }

  /** The text without the words for nothing behind a key: `null`, `~`, `{}`, `[]`. Null where more stands there. */
  #withoutValue(keyEnd: number, value: unknown): YamlText | null {
    const [start = keyEnd, end = keyEnd] = rangeOf(value) ?? [];
    if (start === end) return this;
    const isAlone = /^:[ \t]*$/.test(this.#body.slice(keyEnd, start));
    const isShort = /^(?:~|null|Null|NULL|\{ *\}|\[ *\])$/.test(this.#body.slice(start, end));
    return isAlone && isShort ? this.#replaced(keyEnd + 1, end, '') : null;
  }

  #insertLines(at: number, column: number, items: readonly ListItem[]): YamlText {
    const eol = this.#eol;
    const joint = at === 0 || this.#body.slice(0, at).endsWith('\n') ? '' : eol;
    const text = items
      .flatMap(({ lines }) => lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line)))
      .join(eol);
    return this.#replaced(at, at, joint + text + (joint === '' ? eol : ''));
  }

  /** Takes out the lines from the one that something begins to the one in which it ends. */
  #withoutLines(start: number, end: number, remarks: 'keep' | 'drop'): YamlText | null {
    const [from, to] = [this.#lineStart(start), this.#lineEnd(end - 1)];
    const isKept = remarks === 'keep' && this.#body.slice(from, to).includes('#');
    return !this.#isBegunBy(start) || isKept ? null : this.#replaced(from, to, '');
  }

  #withoutFlowItem(list: YAMLSeq | YAMLMap, index: number): YamlText | null {
    const starts = (list.items as unknown[]).map((item) => startOf(isPair(item) ? item.key : item));
    const [start, next] = [starts[index], starts[index + 1]];
    const end = endOf(list.items[index]);
    if (start === undefined || start === null || end === null) return null;
    const from = next === undefined && index > 0 ? endOf(list.items[index - 1]) : start;
    const to = next ?? end;
    return from === null || this.#body.slice(from, to).includes('#') ? null : this.#replaced(from, to, '');
  }
}

/** A key of a map, or the place in a list, from 0. */
export type Step = string | number;

/** An entry to be put into a list. */
export interface ListItem {
  /** In block form, from the `-` on. */
  readonly lines: readonly string[];
  /** In a list in brackets. */
  readonly flow: string;
}

/** Where the `-` of each entry is. */
function marksOf(list: YAMLSeq): number[] {
  const { srcToken } = list;
  if (srcToken?.type !== 'block-seq') return [];
  return srcToken.items
    .flatMap(({ start }) => start.filter(({ type }) => type === 'seq-item-ind'))
    .map(({ offset }) => offset);
}

function rangeOf(node: unknown): readonly [number, number, number] | null {
  const { range } = (node ?? {}) as { readonly range?: readonly [number, number, number] | null };
  return range ?? null;
}

const startOf = (node: unknown): number | null => rangeOf(node)?.[0] ?? null;

/**
 * Where a node ends; of a key with a value, where the value does. The library has a map or list whose last value is not
 * written end behind the remarks that follow.
 */
function endOf(node: unknown): number | null {
  if (isPair(node)) return endOf(node.value) ?? rangeOf(node.key)?.[1] ?? null;
  const isBlock = (isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0;
  if (!isBlock) return rangeOf(node)?.[1] ?? null;
  const last = (node.items as unknown[]).at(-1);
  if (isPair(last) || isWritten(last)) return endOf(last);
  const mark = isSeq(node) ? marksOf(node).at(-1) : undefined;
  return mark === undefined ? (rangeOf(node)?.[1] ?? null) : mark + 1;
}

function isWritten(node: unknown): boolean {
  const [start, end] = rangeOf(node) ?? [0, 0];
  return start < end;
}

function isEmpty(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}
