/** Changes of JSON with comments as people wrote it: what is not changed keeps every byte, its layout and line ends included. */
import {
  createScanner,
  findNodeAtLocation,
  parse,
  parseTree,
  printParseErrorCode,
  type JSONPath,
  type Node,
  type ParseError,
} from 'jsonc-parser';

/** `problem` names the line. */
export type Read =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

export type Table = Readonly<Record<string, unknown>>;

export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** No client has a deeper one, and who reads it goes as deep. */
const depthMax = 200;

/** What stands in texts counts, too: nobody writes so many brackets there. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const letter of text) {
    if (letter === '{' || letter === '[') depth += 1;
    else if (letter === '}' || letter === ']') depth -= 1;
    if (depth > depthMax) return true;
  }
  return false;
}

/** The mark with which some editors begin a file is no JSON; the same letters stand at the same offsets. */
const behindMark = (text: string): string => text.replace(/^\uFEFF/, ' ');

export function readJson(text: string): Read {
  const errors: ParseError[] = [];
  if (isTooDeep(text)) return { ok: false, problem: `it is nested more than ${depthMax} levels deep` };
  const value: unknown = parse(behindMark(text), errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first === undefined) return { ok: true, value };
  const line = text.slice(0, first.offset).split('\n').length;
  return { ok: false, problem: `line ${line}: ${printParseErrorCode(first.error)}` };
}

/**
 * The text with a new first property of the object, or first element of the list, at `path`: first, so that no comment behind
 * another comes to stand behind this one. `name`: of the property; null in a list. The same text where nothing is at `path`.
 */
export function insertFirst(text: string, path: JSONPath, name: string | null, value: unknown): string {
  const parent = nodeAt(text, path);
  if (parent === undefined) return text;
  const indent = /^[ \t]+/m.exec(text)?.[0] ?? '  ';
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const depth = path.length + 1;
  const key = name === null ? '' : `${JSON.stringify(name)}: `;
  const lines = `${key}${JSON.stringify(value, null, indent)}`.split('\n');
  const inserted = lines.map((line) => `${lineEnd}${indent.repeat(depth)}${line}`).join('');
  const at = parent.offset + 1;
  const rest = text.slice(at);
  if (parent.children?.length !== 0) return `${text.slice(0, at)}${inserted},${rest}`;
  const closing = /^\s*[}\]]/.test(rest) ? `${lineEnd}${indent.repeat(depth - 1)}` : '';
  return `${text.slice(0, at)}${inserted}${closing === '' ? rest : closing + rest.trimStart()}`;
}

/** The text without the property or element at `path`; undoes {@link insertFirst}, but for blanks in what was empty before. */
export function remove(text: string, path: JSONPath): string {
  const value = nodeAt(text, path);
  const node = value?.parent?.type === 'property' ? value.parent : value;
  const parent = node?.parent;
  if (node === undefined || parent?.children === undefined) return text;
  const index = parent.children.indexOf(node);
  const start = text.slice(0, node.offset).trimEnd().length;
  const end = node.offset + node.length;
  const comma = commaAfter(text, end);
  if (parent.children.length === 1) return emptied(text, start, comma === null ? end : comma + 1);
  const cut = text.slice(0, start) + text.slice(comma === null ? end : comma + 1);
  const previous = parent.children[index - 1];
  if (comma !== null || previous === undefined) return cut;
  const before = commaAfter(text, previous.offset + previous.length);
  return before === null ? cut : cut.slice(0, before) + cut.slice(before + 1);
}

/** Between brackets in which nothing is left, no blanks are. */
function emptied(text: string, start: number, end: number): string {
  const rest = text.slice(end);
  const isBare = /[{[]$/.test(text.slice(0, start)) && /^\s*[}\]]/.test(rest);
  return text.slice(0, start) + (isBare ? rest.trimStart() : rest);
}

function nodeAt(text: string, path: JSONPath): Node | undefined {
  const root = parseTree(behindMark(text), [], { allowTrailingComma: true });
  return root === undefined ? undefined : findNodeAtLocation(root, path);
}

/** Where the comma stands that is the next thing after a place but for comments; null where another thing is. */
function commaAfter(text: string, offset: number): number | null {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  scanner.scan();
  const at = scanner.getTokenOffset();
  return text[at] === ',' ? at : null;
}
