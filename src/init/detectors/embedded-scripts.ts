/** A part of a file that is a program. */
export interface Script {
  /** A name whose ending tells the language. */
  readonly name: string;
  readonly text: string;
}

/**
 * The programs in a file: itself, or those in a component of Vue, Svelte or Astro, or in a page of MDX. Each text is
 * looked through once: what has no end is no part, and neither is what follows.
 */
export function scriptsIn(file: string, text: string): Script[] {
  if (/\.(?:vue|svelte)$/.test(file)) return blocksIn(text);
  if (file.endsWith('.astro')) return [...frontmatterIn(text), ...blocksIn(text)];
  return file.endsWith('.mdx') ? modulePartsIn(text) : [{ name: file, text }];
}

/** `<script>` outside of comments. */
function blocksIn(text: string): Script[] {
  const scripts: Script[] = [];
  const begin = /<!--|<script(?=[\s>])/gi;
  for (let found = begin.exec(text); found !== null; found = begin.exec(text)) {
    const isComment = found[0] === '<!--';
    const start = isComment ? begin.lastIndex : endOfTag(text, begin.lastIndex);
    const end = start === null ? null : findFrom(text, isComment ? /-->/g : /<\/script/gi, start);
    if (start === null || end === null) break;
    const name = isComment ? null : nameFor(text.slice(found.index, start));
    if (name !== null) scripts.push({ name, text: text.slice(start, end) });
    begin.lastIndex = end;
  }
  return scripts;
}

/** Where the contents begin. Texts in a tag may have a `>`, as types in Vue's `generic` do. */
function endOfTag(text: string, start: number): number | null {
  const mark = /[>"']/g;
  mark.lastIndex = start;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    if (found[0] === '>') return mark.lastIndex;
    const end = text.indexOf(found[0], mark.lastIndex);
    if (end === -1) return null;
    mark.lastIndex = end + 1;
  }
  return null;
}

function findFrom(text: string, pattern: RegExp, start: number): number | null {
  pattern.lastIndex = start;
  return pattern.exec(text)?.index ?? null;
}

/** Without a `lang` it is JavaScript, which TypeScript's parser reads as well. Null: data, or a template. */
function nameFor(tag: string): string | null {
  if (/\stype\s*=\s*["']?(?![^"'>\s]*(?:module|script|babel))/.test(tag)) return null;
  return /\slang\s*=\s*["']?[jt]sx\b/.test(tag) ? 'script.tsx' : 'script.ts';
}

function frontmatterIn(text: string): Script[] {
  const start = /^\s*---/.exec(text)?.[0].length;
  const end = start === undefined ? null : findFrom(text, /^---/gm, start);
  return start === undefined || end === null
    ? []
    : [{ name: 'frontmatter.ts', text: text.slice(start, end) }];
}

/** In MDX such a line begins a statement, which has no empty line in it. */
const statementPattern = /^(?:import[\s{*"']|export\s*[{*])/;

function modulePartsIn(text: string): Script[] {
  const parts: string[] = [];
  let [inCode, inPart, inProse] = [false, false, false];
  for (const line of text.split('\n')) {
    if (!inPart && /^ {0,3}(?:```|~~~)/.test(line)) inCode = !inCode;
    const isEmpty = line.trim() === '';
    inPart = !inCode && !isEmpty && (inPart || (!inProse && statementPattern.test(line)));
    inProse = !inPart && !isEmpty && !line.startsWith('---');
    if (inPart) parts.push(line);
  }
  return [{ name: 'page.tsx', text: parts.join('\n') }];
}
