/** The name after `package`, which stands before everything but remarks; empty where there is none. */
export function goPackageName(text: string): string {
  const tokens = tokensOf(text);
  for (let token = tokens.next(); token.done !== true; token = tokens.next())
    if (token.value === 'package') return tokens.next().value ?? '';
    else if (token.value !== '\n') return '';
  return '';
}

/** Whether a file says that it is in no build (`//go:build ignore`): then somebody runs it by hand, as a tool. */
export function isOutOfBuild(text: string): boolean {
  const packageAt = text.search(/^package\b/m);
  const header = packageAt === -1 ? text : text.slice(0, packageAt);
  return /^\/\/(?:go:build|[ \t]*\+build)[ \t].*(?<![!\w])ignore\b/m.test(header);
}

/**
 * The paths that a Go file imports: string literals of the import declarations, which stand before all others. Reads the
 * documented grammar only as far as needed, and stops at the first declaration of another kind.
 */
export function goImports(text: string): string[] {
  const imports: string[] = [];
  const tokens = tokensOf(text);
  for (let token = tokens.next(); token.done !== true; token = tokens.next())
    switch (token.value) {
      case 'package':
        tokens.next();
        break;
      case ';':
      case '\n':
        break;
      case 'import':
        readImport(tokens, imports);
        break;
      default:
        return imports;
    }
  return imports;
}

/**
 * Whether the imports have no certain end: one of them is begun and not ended, or something follows that begins no
 * declaration, as the marks of a merge conflict do.
 */
export function hasBrokenImports(text: string): boolean {
  let isOpen = false;
  for (const token of tokensOf(text)) {
    if (isUnendedText(token)) return true;
    if (token === '(') isOpen = true;
    else if (token === ')') isOpen = false;
    else if (/^(?:func|var|const|type)$/.test(token)) return isOpen;
    else if (!/^[\p{L}_"`;.\n]/u.test(token)) return true;
  }
  return isOpen;
}

function isUnendedText(token: string): boolean {
  const [mark] = token;
  return (mark === '"' || mark === '`') && (token.length === 1 || !token.endsWith(mark));
}

/** What stands on a line as an import does, in a file whose imports cannot be told for certain. */
export function goImportsByLooks(text: string): string[] {
  const pattern = /^[ \t]*(?:import\b[ \t]*)?(?:\([ \t]*)?(?:[\p{L}\p{N}_.]+[ \t]+)?"([^"\s\\]+)"/gmu;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '');
}

/** One path, or several in parentheses; names before a path (`_`, `.`, an alias) do not matter. */
function readImport(tokens: Iterator<string, undefined>, imports: string[]): void {
  let grouped = false;
  for (let token = tokens.next(); token.done !== true; token = tokens.next()) {
    const { value } = token;
    if (value === '(') grouped = true;
    else if (value === ')') return;
    else if (/^(?:"[^"\\]*"|`[^`]*`)$/.test(value)) {
      imports.push(value.slice(1, -1));
      if (!grouped) return;
    }
  }
}

/**
 * Words, string literals, and each other mark by itself; comments and blanks are left out. What is begun and not ended is
 * one token up to where its end was looked for, so that no part of a text is looked at from more than one beginning.
 */
function* tokensOf(text: string): Generator<string, undefined> {
  const pattern =
    /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]|\\.)*"?|`[^`]*`?|\n|[\p{L}_][\p{L}\p{N}_]*|[^\s]/gu;
  for (const [token] of text.matchAll(pattern)) if (!/^\/[/*]/.test(token)) yield token;
  return undefined;
}

/** A line of go.mod or go.work: its words, with quotes and comments taken off. */
export interface Directive {
  readonly verb: string;
  readonly words: readonly string[];
}

/** The directives of go.mod or go.work, those in blocks one by one. */
export function goDirectives(text: string): Directive[] {
  return readDirectives(text).directives;
}

/** The line, from 1, of a block of go.mod or go.work that has no end; null when there is none. */
export function unendedBlockLine(text: string): number | null {
  return readDirectives(text).openLine;
}

function readDirectives(text: string): { directives: Directive[]; openLine: number | null } {
  const directives: Directive[] = [];
  let block: { readonly verb: string; readonly line: number } | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    const words = wordsOf(line);
    const [first] = words;
    if (first === undefined) continue;
    if (first === ')') block = null;
    else if (block !== null) directives.push({ verb: block.verb, words });
    else if (words[1] === '(') block = { verb: first, line: index + 1 };
    else directives.push({ verb: first, words: words.slice(1) });
  }
  return { directives, openLine: block?.line ?? null };
}

function wordsOf(line: string): string[] {
  const words = line.split('//', 1)[0]?.match(/"[^"]*"|`[^`]*`|[()]|[^\s()]+/g) ?? [];
  return words.map((word) => (/^["`]/.test(word) ? word.slice(1, -1) : word));
}
