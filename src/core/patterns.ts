/**
 * Patterns for paths of a repository, as its configuration has them. `*` and `?` stand for letters within a name, `**` for any
 * number of folders (at the end: for whatever lies below), `{a,b}` for one of several texts. A pattern without a slash
 * fits a name in any folder, one with a slash is seen from the top folder; a slash at its end says that a folder is meant.
 * Square brackets are letters like any other, since folders bear names such as `[id]`.
 *
 * A pattern fits a path if it fits the path itself or a folder above it: what a pattern names is meant with all that is in it.
 *
 * A repository is anybody's, so nothing here can be made slow: matching takes at most as many steps as the pattern has
 * letters times the path has.
 */

/** Letters of one pattern. */
export const patternLengthMax = 256;
/** Patterns of one list. */
export const patternsMax = 200;
/** Texts that the alternatives of one pattern may come to. */
const expansionsMax = 64;

/** One pattern, ready to be matched. */
export interface PathPattern {
  /** As it was written. */
  readonly text: string;
  readonly ways: readonly Way[];
}

/** One of the texts that the alternatives of a pattern come to. */
interface Way {
  /** Names seen from the top folder; `**` stands for any number of them. */
  readonly steps: readonly string[];
  /** Only a folder is meant, not a file of that name. */
  readonly isFolder: boolean;
}

export type ParsedPattern =
  | { readonly ok: true; readonly pattern: PathPattern }
  | { readonly ok: false; readonly problem: string };

/** Reads one pattern. The problem says what is wrong with it, and what to write instead. */
export function parsePattern(text: string): ParsedPattern {
  const problem = troubleOf(text);
  if (problem !== null) return { ok: false, problem };
  const expanded = expand(text.normalize('NFC'));
  if (!expanded.ok) return expanded;
  const ways: Way[] = [];
  for (const one of expanded.texts) {
    const way = wayOf(one);
    if (way === null) return { ok: false, problem: namesProblem };
    ways.push(way);
  }
  return { ok: true, pattern: { text, ways } };
}

const namesProblem =
  'has an empty name, or `.` or `..`, between its slashes: write a path from the top folder';

function troubleOf(text: string): string | null {
  if (text.trim() === '') return 'is empty: write a path or a pattern such as **/fixtures/**';
  if (text.length > patternLengthMax) return `is longer than ${patternLengthMax} letters: write it shorter`;
  if (/\p{Cc}/u.test(text)) return 'has a control character: remove it';
  if (text.includes('\\'))
    return 'has a backslash: write forward slashes, and ? for a letter that has a meaning here';
  return text.startsWith('!') ? 'begins with !: nothing is taken back here, leave it out' : null;
}

/** A path of the repository, made so that the pattern means it and no other. */
export function patternOf(path: string): string {
  return `/${path.replaceAll(/[*?{}\\!]/g, '?')}`;
}

type Expanded =
  | { readonly ok: true; readonly texts: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** Each round writes out the outermost alternatives that are left; a pattern has fewer rounds than letters. */
function expand(text: string): Expanded {
  let texts: string[] = [text];
  while (texts.some((one) => one.includes('{') || one.includes('}'))) {
    const longer: string[] = [];
    for (const one of texts) {
      const written = writeOut(one);
      if (written === null)
        return { ok: false, problem: 'has a brace without its counterpart: write {a,b}, or ? for a brace' };
      longer.push(...written);
    }
    if (longer.length > expansionsMax)
      return { ok: false, problem: `stands for more than ${expansionsMax} texts: write several patterns` };
    texts = longer;
  }
  return { ok: true, texts };
}

/** The text once for each of its first alternatives; null when a brace has no counterpart. */
function writeOut(text: string): string[] | null {
  const start = text.indexOf('{');
  if (start === -1) return text.includes('}') ? null : [text];
  if (text.slice(0, start).includes('}')) return null;
  const cuts = [start];
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '{') depth += 1;
    else if (letter === ',' && depth === 1) cuts.push(at);
    else if (letter === '}') {
      depth -= 1;
      if (depth > 0) continue;
      const ends = [...cuts.slice(1), at];
      return cuts.map(
        (cut, index) => text.slice(0, start) + text.slice(cut + 1, ends[index]) + text.slice(at + 1),
      );
    }
  }
  return null;
}

/** Null: it has names that are none. */
function wayOf(text: string): Way | null {
  const isFolder = text.endsWith('/');
  const inner = text.replace(/^\//, '').replace(/\/$/, '');
  const names = inner
    .split('/')
    .map((name) => (/^\*+$/.test(name) ? name.slice(0, 2) : name.replaceAll(/\*+/g, '*')));
  if (names.some((name) => name === '' || name === '.' || name === '..')) return null;
  const isAnywhere = names.length === 1 && !text.startsWith('/');
  return { steps: isAnywhere && names[0] !== '**' ? ['**', ...names] : names, isFolder };
}

/** What a path leads to, for patterns that mean folders only. */
export type PathKind = 'file' | 'folder';

/** Whether the pattern fits the path, or a folder above it. `path`: from the top folder, without a slash at either end. */
export function fitsPath({ ways }: PathPattern, path: string, kind: PathKind): boolean {
  return ways.some((way) => depthsFitted(way, path, kind).length > 0);
}

/** Whether the pattern fits just this folder, not one above it. */
export function fitsFolder({ ways }: PathPattern, path: string): boolean {
  const depth = namesOf(path).length;
  return ways.some((way) => depthsFitted(way, path, 'folder').includes(depth));
}

/** How many names of the path, from the top, it takes to fit: all such numbers. */
function depthsFitted({ steps, isFolder }: Way, path: string, kind: PathKind): number[] {
  const names = namesOf(path);
  let reached: readonly boolean[] = [true, ...names.map(() => false)];
  for (const [index, step] of steps.entries())
    reached =
      step === '**' ? afterFolders(reached, index === steps.length - 1) : afterName(reached, step, names);
  const last = isFolder && kind === 'file' ? names.length - 1 : names.length;
  return reached.flatMap((is, depth) => (is && depth > 0 && depth <= last ? [depth] : []));
}

function namesOf(path: string): string[] {
  return path === '.' || path === '' ? [] : path.split('/');
}

/** Any number of names more; at the end of a pattern at least one, since what lies below is meant. */
function afterFolders(reached: readonly boolean[], isLast: boolean): boolean[] {
  let isBelow = false;
  return reached.map((is) => {
    const fits = isBelow || (is && !isLast);
    isBelow ||= is;
    return fits;
  });
}

function afterName(reached: readonly boolean[], step: string, names: readonly string[]): boolean[] {
  return reached.map((_, depth) => {
    const name = names[depth - 1];
    return name !== undefined && reached[depth - 1] === true && fitsName(step, name);
  });
}

/** A star first takes nothing; when what follows does not fit, the last star takes one letter more. */
function fitsName(step: string, name: string): boolean {
  let [at, inName, star, taken] = [0, 0, -1, 0];
  while (inName < name.length) {
    const wanted = step[at];
    if (wanted === '*') {
      [star, taken] = [at, inName];
      at += 1;
    } else if (wanted === '?' || wanted === name[inName]) {
      at += 1;
      inName += 1;
    } else if (star >= 0) {
      taken += 1;
      [at, inName] = [star + 1, taken];
    } else return false;
  }
  return /^\**$/.test(step.slice(at));
}
