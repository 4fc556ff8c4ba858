/** `{a,b}` and `{1..3}` in the text of a word, before anything else is done with it. */

const wordsMax = 256;

/** The words that it stands for, still quoted; null: more than 256, or it cannot be told. */
export function expandBraces(text: string): readonly string[] | null {
  if (/`|\$\(|[<>]\(/.test(text)) return null;
  const words = expand(text);
  return words.length > wordsMax ? null : words;
}

function expand(text: string): string[] {
  for (let at = 0; at < text.length; at = next(text, at)) {
    if (text[at] !== '{') continue;
    const group = groupAt(text, at);
    if (group === null) continue;
    const before = text.slice(0, at);
    const after = expand(text.slice(group.end));
    const inner = group.choices.flatMap((choice) => (group.isRange ? [choice] : expand(choice)));
    if (inner.length * after.length > wordsMax) return Array<string>(wordsMax + 1).fill('');
    return inner.flatMap((choice) => after.map((rest) => before + choice + rest));
  }
  return [text];
}

/** Where the next character is that may be live: not in quotes, nor in `${...}`. */
function next(text: string, at: number): number {
  const character = text[at];
  if (character === '\\') return at + 2;
  if (character === "'") return after(text, text.indexOf("'", at + 1));
  if (character === '"') return afterDouble(text, at);
  if (character === '$' && text[at + 1] === "'") return afterAnsi(text, at + 2);
  if (character === '$' && text[at + 1] === '{') return after(text, text.indexOf('}', at));
  return at + 1;
}

const after = (text: string, end: number): number => (end === -1 ? text.length : end + 1);

function afterDouble(text: string, at: number): number {
  for (let end = at + 1; end < text.length; end += text[end] === '\\' ? 2 : 1)
    if (text[end] === '"') return end + 1;
  return text.length;
}

function afterAnsi(text: string, at: number): number {
  for (let end = at; end < text.length; end += text[end] === '\\' ? 2 : 1)
    if (text[end] === "'") return end + 1;
  return text.length;
}

interface Group {
  readonly end: number;
  readonly choices: readonly string[];
  readonly isRange: boolean;
}

function groupAt(text: string, start: number): Group | null {
  const choices: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let at = start; at < text.length; at = next(text, at)) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === ',' && depth === 1) {
      choices.push(text.slice(from, at));
      from = at + 1;
    } else if (text[at] === '}') {
      depth -= 1;
      if (depth > 0) continue;
      const last = text.slice(from, at);
      if (choices.length > 0) return { end: at + 1, choices: [...choices, last], isRange: false };
      const range = rangeOf(last);
      return range === null ? null : { end: at + 1, choices: range, isRange: true };
    }
  }
  return null;
}

function rangeOf(text: string): readonly string[] | null {
  const numbers = /^(-?\d{1,9})\.\.(-?\d{1,9})(?:\.\.(-?\d{1,9}))?$/.exec(text);
  if (numbers !== null) return numbersOf(numbers);
  const letters = /^([a-zA-Z])\.\.([a-zA-Z])$/.exec(text);
  if (letters === null) return null;
  const [from = 0, to = 0] = [letters[1], letters[2]].map((letter) => letter?.charCodeAt(0));
  return steps(from, to, 1).map((code) => quoted(String.fromCharCode(code)));
}

function numbersOf([, first = '', last = '', step = '1']: RegExpExecArray): readonly string[] {
  const isPadded = [first, last].some((text) => /^-?0\d/.test(text));
  const width = isPadded ? Math.max(first.length, last.length) : 0;
  return steps(Number(first), Number(last), Math.abs(Number(step)) || 1).map((value) =>
    value < 0 ? `-${String(-value).padStart(width - 1, '0')}` : String(value).padStart(width, '0'),
  );
}

function steps(from: number, to: number, step: number): readonly number[] {
  const length = Math.min(Math.floor(Math.abs(to - from) / step), wordsMax) + 1;
  return Array.from({ length }, (_, index) => from + (from <= to ? index : -index) * step);
}

/** Between `Z` and `a` there are characters that mean something. */
const quoted = (character: string): string => (/\w/.test(character) ? character : `\\${character}`);
