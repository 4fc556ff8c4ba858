import type { Style } from './style.ts';
import { displayWidth, wrap } from './width.ts';

/** What stands beside a term is not made narrower than that, but put below it. */
const besideMin = 24;

/**
 * Help as it fits a terminal: paragraphs are filled anew, and what is said of a term goes on below itself. Elsewhere it
 * stays as it is.
 */
export function helpFitted({ columns }: Style, text: string): string {
  if (columns === null) return text;
  return filled(text.split('\n'))
    .flatMap((line) => (displayWidth(line) <= columns ? [line] : broken(line, columns)))
    .join('\n');
}

/** Lines of one paragraph become one; what is indented stands for itself. */
function filled(lines: readonly string[]): string[] {
  const whole: string[] = [];
  for (const line of lines) {
    const last = whole.at(-1);
    if (last !== undefined && isProse(last) && isProse(line)) whole[whole.length - 1] = `${last} ${line}`;
    else whole.push(line);
  }
  return whole;
}

const isProse = (line: string): boolean => /^[^\s{]/.test(line);

function broken(line: string, columns: number): string[] {
  const [, lead = '', term = '', gap = '', told = ''] = /^( *)(\S.*?)(?:( {2,})(\S.*))?$/.exec(line) ?? [];
  const begin = `${lead}${term}${gap}`;
  const beside = columns - displayWidth(begin);
  if (told !== '' && beside >= besideMin)
    return wrap(told, beside).map((part, at) => (at === 0 ? begin : ' '.repeat(displayWidth(begin))) + part);
  const rest = told === '' ? [] : wrapped(told, `${lead}    `, columns);
  // What is broken in the middle of a sentence or a command line goes on a little further to the right.
  return [...wrapped(term, lead, columns, lead === '' ? '' : '  '), ...rest];
}

function wrapped(text: string, lead: string, columns: number, more = ''): string[] {
  return wrap(text, Math.max(2, columns - lead.length), more).map((part) => `${lead}${part}`);
}
