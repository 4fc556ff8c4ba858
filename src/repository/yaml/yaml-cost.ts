/**
 * The YAML library takes some 30 microseconds for each thing it finds, and the coordinator cannot renew leases meanwhile.
 * Upstream's own file, the largest known, has some 3,000 lines and marks.
 */
export const yamlMarksMax = 50_000;

/** Whether a text has more than {@link yamlMarksMax} line ends and characters that may begin or separate something. */
export function hasTooManyMarks(text: string): boolean {
  let marks = 0;
  for (const _ of text.matchAll(/[\n,:[\]{}"'!&*%]/g)) {
    marks += 1;
    if (marks > yamlMarksMax) return true;
  }
  return false;
}

/** Deeper nesting than this is refused before the YAML library, which recurses, sees it. */
export const yamlDepthMax = 100;

/**
 * Line (from 1) at which a YAML text may nest deeper than {@link yamlDepthMax}, or null. A cheap over-estimate in one
 * pass: brackets in quoted text count as nesting, which no real file notices.
 */
export function tooDeepAt(text: string): number | null {
  const indents: number[] = [];
  let brackets = 0;
  let line = 1;
  for (let start = 0; start < text.length; line += 1) {
    const end = endOfLine(text, start);
    const content = text.slice(start, end);
    nestByIndent(indents, content);
    const nesting = nestByBrackets(brackets, content);
    if (indents.length + nesting.deepest > yamlDepthMax) return line;
    brackets = nesting.atEnd;
    start = end + 1;
  }
  return null;
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end === -1 ? text.length : end;
}

/** Keeps the stack of columns at which a block begins: the line's own, and one for each `- ` or `? ` on it. */
function nestByIndent(indents: number[], content: string): void {
  let column = skipSpaces(content, 0);
  if (column === content.length || content[column] === '#' || content[column] === '\r') return;
  while (indents.length > 0 && (indents.at(-1) ?? 0) >= column) indents.pop();
  indents.push(column);
  while (/[-?:]/.test(content[column] ?? '') && /[ \t]/.test(content[column + 1] ?? '')) {
    column = skipSpaces(content, column + 1);
    indents.push(column);
    if (indents.length > 2 * yamlDepthMax) return;
  }
}

function skipSpaces(content: string, from: number): number {
  let column = from;
  while (content[column] === ' ' || content[column] === '\t') column += 1;
  return column;
}

/** How many brackets are open at the deepest point of a line and at its end. */
function nestByBrackets(before: number, content: string): { deepest: number; atEnd: number } {
  let atEnd = before;
  let deepest = before;
  for (const bracket of content.match(/[[\]{}]/g) ?? []) {
    atEnd = bracket === '[' || bracket === '{' ? atEnd + 1 : Math.max(0, atEnd - 1);
    deepest = Math.max(deepest, atEnd);
  }
  return { deepest, atEnd };
}
