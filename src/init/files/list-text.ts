/**
 * The list of scopes in a root scope's file, as text: what stands under each folder can be taken out, and put in again. What is not
 * changed stays byte for byte, remarks and line ends included.
 */
import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, LineCounter, parseDocument, type Document, type Pair, type YAMLMap } from 'yaml';
import type { ScopePath } from '../../core/index.ts';
import { configBlock, scalar } from '../../config/index.ts';
import { isTable, type Table } from '../detectors/manifests.ts';
import { blockKeys } from '../graph/limits.ts';
import { byText } from '../paths.ts';
import { withTopKey } from './block.ts';

import { YamlText } from '../../repository/yaml/index.ts';

/** Where a key stands, from 1. */
export interface KeyPosition {
  readonly line: number | null;
  readonly column: number | null;
}

/** What stands under one folder of the list. */
export interface Entry {
  /** What is said of the scope, without the indentation that it has in the list. */
  readonly text: string;
  /** The same as a plain value; null: nothing is said. */
  readonly value: unknown;
  /** Nothing stands beside it: no remark at its key, no anchor. */
  readonly isBare: boolean;
  /** It can be taken for a text of its own: its meaning does not depend on what stands elsewhere. */
  readonly isWhole: boolean;
}

interface Part {
  readonly key: string;
  /** Of the lines that belong to it, key included. */
  readonly start: number;
  readonly end: number;
  /** Of what is said of it: the lines of a map, or what stands in braces. */
  readonly said: {
    readonly start: number;
    readonly end: number;
    readonly column: number;
    readonly kind: 'lines' | 'braces' | 'none';
  };
  readonly keyColumn: number;
  readonly pair: Pair;
}

/** A root scope's file, read for its list. */
export class ListText {
  readonly #mark: string;
  readonly #body: string;
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly #list: YAMLMap | null;
  readonly #parts: readonly Part[] | null;

  constructor(text: string) {
    this.#mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
    this.#body = text.slice(this.#mark.length);
    // The library compares each key with every other of its map, unless it is told not to.
    const options = {
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter: this.#lines,
    } as const;
    this.#document = parseDocument(this.#body, options);
    this.#list = this.#document.errors.length > 0 ? null : this.#findList();
    this.#parts = this.#list === null || this.#list.flow === true ? null : this.#partsOf(this.#list);
  }

  /** The entry whose key stands there; null: there is none, or it has a form in which nothing can be told for certain. */
  at({ line, column }: KeyPosition): Entry | null {
    const part = this.#partAt({ line, column });
    return part === undefined ? null : this.#entryOf(part);
  }

  #partAt({ line, column }: KeyPosition): Part | undefined {
    return this.#parts?.find(({ pair }) => {
      const { line: at, col } = this.#lines.linePos(offsetOf(pair.key));
      return at === line && col === column;
    });
  }

  /** Where the remarks begin that stand right above the key, and where those end that stand below, farther to the right. */
  #remarksOf({ start, end, keyColumn }: Part): { readonly above: number; readonly below: number } {
    let above = start;
    const margin = ' '.repeat(keyColumn);
    for (let line = this.#lineStart(above - 1); above > 0; line = this.#lineStart(above - 1)) {
      if (!this.#body.startsWith(`${margin}#`, line)) break;
      above = line;
    }
    let below = end;
    for (let line = end; line < this.#body.length; line = this.#lineEnd(line)) {
      if (!/^ *#/.test(this.#body.slice(line, this.#lineEnd(line)))) break;
      if (!this.#body.startsWith(`${margin} `, line)) break;
      below = this.#lineEnd(line);
    }
    return { above, below };
  }

  /**
   * All that belongs to an entry, as a text of its own: with the remarks above and beside its key and below it, which stand on top and
   * at the end there. Null: it means something only where it stands.
   */
  wholeAt(position: KeyPosition): string | null {
    const part = this.#partAt(position);
    if (part === undefined) return null;
    const entry = this.#entryOf(part);
    if (!entry.isWhole) return null;
    const { above, below } = this.#remarksOf(part);
    const beside = /#.*/.exec(this.#body.slice(keyEndOf(part.pair), this.#lineEnd(keyEndOf(part.pair))))?.[0];
    const isBeside = beside !== undefined && part.said.kind !== 'braces';
    const inner =
      part.said.kind === 'lines' ? this.#body.slice(this.#lineEnd(keyEndOf(part.pair)), part.said.start) : '';
    const said = part.said.kind === 'braces' ? `${entry.text}${this.#eol}` : entry.text;
    const lead = [
      this.#body.slice(above, part.start),
      isBeside ? `${beside.trimEnd()}${this.#eol}` : '',
      inner,
    ];
    return lead.map(withoutMargin).join('') + said + withoutMargin(this.#body.slice(part.end, below));
  }

  /** The text with other entries; null in their place takes one out. Null where that has no certain place. `moved`: those that go with their remarks. */
  with(
    edits: ReadonlyMap<ScopePath, string | null>,
    moved: ReadonlySet<ScopePath> = new Set(),
  ): string | null {
    if (edits.size === 0) return this.#mark + this.#body;
    const text =
      this.#list === null || this.#parts === null
        ? this.#withList(edits)
        : this.#withEdits(edits, this.#parts, moved);
    return text !== null && this.#saysTheSame(text, edits) ? text : null;
  }

  #findList(): YAMLMap | null {
    const root = this.#document.contents;
    const places = [[configBlock], ['rhema', configBlock]];
    const block = places.map((keys) => isMap(root) && root.getIn(keys, true)).find((node) => isMap(node));
    const list = isMap(block) ? block.get('scopes', true) : null;
    return isMap(list) ? list : null;
  }

  #partsOf({ items }: YAMLMap): Part[] | null {
    const parts: Part[] = [];
    for (const pair of items as readonly Pair[]) {
      const start = offsetOf(pair.key);
      if (!isScalar(pair.key) || !/^ *$/.test(this.#body.slice(this.#lineStart(start), start))) return null;
      const said = this.#saidOf(pair);
      const end = this.#lineEnd(Math.max(said.end - 1, start));
      const keyColumn = start - this.#lineStart(start);
      parts.push({ key: String(pair.key.value), start: this.#lineStart(start), end, said, keyColumn, pair });
    }
    return parts;
  }

  #saidOf({ key, value }: Pair): Part['said'] {
    const range = (value as { readonly range?: readonly number[] | null } | null)?.range ?? null;
    const keyEnd = (key as { readonly range?: readonly number[] }).range?.[1] ?? 0;
    if (range === null) return { start: keyEnd, end: keyEnd + 1, column: 0, kind: 'none' };
    const [start = keyEnd, end = keyEnd] = range;
    if (!isMap(value)) return { start, end: Math.max(end, keyEnd + 1), column: 0, kind: 'none' };
    if (value.flow === true) return { start, end, column: 0, kind: 'braces' };
    const first = offsetOf((value.items as readonly Pair[])[0]?.key);
    const line = this.#lineStart(first);
    return { start: line, end: this.#lineEnd(end - 1), column: first - line, kind: 'lines' };
  }

  #entryOf({ said, pair }: Part): Entry {
    const { kind, start, end, column } = said;
    const value = valueOf(() =>
      isMap(pair.value) ? pair.value.toJS(this.#document) : isNothing(pair.value) ? null : undefined,
    );
    const written = kind === 'none' ? '' : this.#body.slice(start, end);
    const text = kind === 'lines' ? dedented(written, column) : written;
    const keyEnd = keyEndOf(pair);
    const isBare = kind === 'lines' && /^:[ \t]*\r?\n$/.test(this.#body.slice(keyEnd, start));
    const isWhole = kind === 'none' ? value === null : isDeepStrictEqual(new YamlText(text).value, value);
    return { text, value, isBare, isWhole };
  }

  #withEdits(
    edits: ReadonlyMap<ScopePath, string | null>,
    parts: readonly Part[],
    moved: ReadonlySet<ScopePath>,
  ): string | null {
    const pieces: Piece[] = [];
    for (const [path, text] of [...edits].toSorted(([a], [b]) => byText(a, b))) {
      const part = parts.find(({ key }) => isKeyOf(key, path));
      if (part === undefined) pieces.push(...(text === null ? [] : [this.#insertion(path, text, parts)]));
      else if (text === null) pieces.push({ ...this.#extentOf(part, moved.has(path)), text: '' });
      else pieces.push(this.#replacement(part, text));
    }
    return this.#mark + this.#withPieces(pieces);
  }

  #extentOf(part: Part, isMoved: boolean): Pick<Piece, 'start' | 'end'> {
    if (!isMoved) return { start: part.start, end: part.end };
    const { above, below } = this.#remarksOf(part);
    return { start: above, end: below };
  }

  #replacement({ said, start, keyColumn }: Part, text: string): Piece {
    if (said.kind === 'braces') return { start: said.start, end: said.end, text };
    if (said.kind === 'lines')
      return { start: said.start, end: said.end, text: this.#indented(text, said.column) };
    // Nothing was said so far, in a word or without one.
    const line = this.#body.slice(start, this.#lineEnd(start));
    const kept = line.replace(/:([ \t]+(?:~|null|Null|NULL))?(?=[ \t]*(?:#.*)?\r?\n?$)/, ':');
    return { start, end: start + line.length, text: this.#ended(kept) + this.#indented(text, keyColumn + 2) };
  }

  /** After the entry before it by name, as long as the others are in order; else at the end. */
  #insertion(path: ScopePath, text: string, parts: readonly Part[]): Piece {
    const before = parts.findLast(({ key }) => key < path) ?? null;
    const at = before?.end ?? parts[0]?.start ?? this.#body.length;
    const lines = this.#entryLines(path, text, parts[0]?.keyColumn ?? 4);
    return { start: at, end: at, text: lines };
  }

  #entryLines(path: ScopePath, text: string, column: number): string {
    const said = text === '' ? '' : this.#indented(text, column + 2);
    return `${' '.repeat(column)}${scalar(path)}:${this.#eol}${said}`;
  }

  /** Where there is no list yet, or an empty one. */
  #withList(edits: ReadonlyMap<ScopePath, string | null>): string | null {
    if (this.#list !== null && this.#list.items.length > 0) return null;
    const added = [...edits].flatMap(([path, text]) => (text === null ? [] : [[path, text] as const]));
    if (added.length === 0) return this.#mark + this.#body;
    const entries = added
      .toSorted(([a], [b]) => byText(a, b))
      .map(([path, text]) => this.#entryLines(path, text, 2));
    const lines = ['scopes:', ...entries.join('').replaceAll('\r\n', '\n').trimEnd().split('\n')];
    const whole = this.#mark + this.#body;
    const yaml = new YamlText(whole);
    const keys = blockKeys(yaml);
    if (keys === null)
      return withTopKey(whole, configBlock, [`${configBlock}:`, ...lines.map((one) => `  ${one}`)], '{}');
    if (yaml.valueAt(...keys, 'scopes') === undefined)
      return yaml.withKey(lines, 'scopes: {}', keys)?.text ?? null;
    return (
      yaml.withLinesBelow(
        [...keys, 'scopes'],
        lines.slice(1).map((one) => one.slice(2)),
      )?.text ?? null
    );
  }

  #withPieces(pieces: readonly Piece[]): string {
    let text = '';
    let at = 0;
    for (const piece of pieces.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
      text = this.#joined(text + this.#body.slice(at, piece.start), piece) + piece.text;
      at = piece.end;
    }
    return text + this.#body.slice(at);
  }

  /** What is put behind a last line that has no end must begin on a line of its own. */
  #joined(text: string, { start, end, text: added }: Piece): string {
    const isOpen = start === end && added !== '' && text !== '' && !text.endsWith('\n');
    return isOpen ? text + this.#eol : text;
  }

  /** A second reading makes sure that everything else still means the same. */
  #saysTheSame(text: string, edits: ReadonlyMap<ScopePath, string | null>): boolean {
    const [before, after] = [this.#mark + this.#body, text].map(listOf);
    if (before === undefined || after === undefined || before === null || after === null) return false;
    const wanted = new Map(before.list);
    for (const [path, said] of edits) {
      const key = [...wanted.keys()].find((one) => isKeyOf(one, path)) ?? path;
      if (said === null) wanted.delete(key);
      else wanted.set(key, said === '' ? null : new YamlText(said).value);
    }
    const isSame = isDeepStrictEqual(Object.fromEntries(wanted), Object.fromEntries(after.list));
    return isSame && isDeepStrictEqual(before.rest, after.rest);
  }

  get #eol(): string {
    return this.#body.includes('\r\n') ? '\r\n' : '\n';
  }

  #ended(line: string): string {
    return line.endsWith('\n') ? line : line + this.#eol;
  }

  #indented(text: string, column: number): string {
    const lines = text.replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n');
    return lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line) + this.#eol).join('');
  }

  #lineStart(offset: number): number {
    return this.#body.lastIndexOf('\n', offset - 1) + 1;
  }

  #lineEnd(offset: number): number {
    const end = this.#body.indexOf('\n', offset);
    return end === -1 ? this.#body.length : end + 1;
  }
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** People add slashes to folders. */
function isKeyOf(key: string, path: ScopePath): boolean {
  return key.replace(/^\.?\/+(?=.)/, '').replace(/\/+$/, '') === path;
}

function dedented(text: string, column: number): string {
  const margin = new RegExp(`^ {1,${Math.max(1, column)}}`);
  return text
    .split('\n')
    .map((line) => (column === 0 ? line : line.replace(margin, '')))
    .join('\n');
}

function listOf(text: string): { readonly list: Map<string, unknown>; readonly rest: unknown } | null {
  const options = { uniqueKeys: false, prettyErrors: false, logLevel: 'error' } as const;
  const document = parseDocument(text.replace(/^\uFEFF/, ''), options);
  const value = document.errors.length > 0 ? undefined : valueOf(() => document.toJS() as unknown);
  if (!isTable(value)) return null;
  const { [configBlock]: atTop, rhema, ...rest } = value;
  const nested = isTable(rhema) ? rhema[configBlock] : undefined;
  const block: Table = isTable(atTop) ? atTop : isTable(nested) ? nested : {};
  const { scopes, ...settings } = block;
  const others = isTable(rhema) ? { ...rhema, [configBlock]: null } : rhema;
  return { list: new Map(isTable(scopes) ? Object.entries(scopes) : []), rest: { rest, settings, others } };
}

/** Aliases are followed here: one may lead nowhere, or they may multiply beyond bounds. */
function valueOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

function keyEndOf({ key }: Pair): number {
  return (key as { readonly range?: readonly number[] | null } | null)?.range?.[1] ?? 0;
}

/** As far to the left as the first line is. */
function withoutMargin(text: string): string {
  return text === '' ? '' : dedented(text, /^ */.exec(text)?.[0].length ?? 0);
}

function offsetOf(node: unknown): number {
  return (node as { readonly range?: readonly number[] | null } | null | undefined)?.range?.[0] ?? 0;
}

function isNothing(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}
