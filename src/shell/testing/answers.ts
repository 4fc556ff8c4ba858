import type { GitOperation, NamedPath, ShellRead, ShellReading, ShellWrite } from '../reading.ts';

/** One command line of the golden file, and the lines below it. */
export interface Example {
  readonly line: number;
  readonly command: string;
  readonly answer: readonly string[];
}

/**
 * Command lines begin with `$ `, their further lines with `> `; the answer follows, indented. A line that begins with `#` is a title, and
 * empty lines mean nothing.
 */
export function parseExamples(text: string): readonly Example[] {
  const examples: { line: number; command: string; answer: string[] }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const last = examples.at(-1);
    if (line.startsWith('$ ')) examples.push({ line: index + 1, command: line.slice(2), answer: [] });
    else if (/^>( |$)/.test(line) && last !== undefined) last.command += `\n${line.slice(2)}`;
    else if (line.startsWith('  ')) last?.answer.push(line.trim());
  }
  return examples;
}

/** A reading in the words of the golden file. */
export function answerOf(reading: ShellReading): readonly string[] {
  const lines = [
    ...reading.writes.map(writeText),
    ...reading.reads.map(readText),
    ...reading.git.map(gitText),
    ...reading.unjudged.map(
      ({ why, command }) => `not judged: ${why}${command === '' ? '' : ` (${command})`}`,
    ),
  ];
  return lines.length === 0 ? ['nothing'] : lines;
}

const placeText = ({ folder, path }: NamedPath): string => `${path}${folder === '.' ? '' : ` in ${folder}`}`;

const matching = (pattern: string | null): string => (pattern === null ? '' : ` matching ${pattern}`);

function writeText(write: ShellWrite): string {
  const below = write.how === 'tree' ? ' and below' : '';
  const inside = write.inside === null ? '' : `, or ${write.inside} within`;
  const does = write.replaces ? 'replaces' : 'writes';
  return `${write.command} ${does} ${placeText(write)}${below}${matching(write.pattern)}${inside}`;
}

const readText = (read: ShellRead): string =>
  `${read.command} shows ${placeText(read)}${matching(read.pattern)}`;

function gitText({ kind, folder, paths, orPath, entry, drops, skipsHooks }: GitOperation): string {
  return [
    `git: ${kind}`,
    ...(folder === '.' ? [] : [`in ${folder ?? '?'}`]),
    ...(paths === null ? [] : [`of ${paths.join(' ')}`]),
    ...(orPath === null ? [] : [`or file ${orPath}`]),
    ...(entry === null ? [] : [`at ${entry}`]),
    ...(drops === null ? [] : [`drops ${drops.range}${drops.isOne ? ' alone' : ''} from ${drops.branch}`]),
    ...(skipsHooks ? ['without hooks'] : []),
  ].join(' ');
}
