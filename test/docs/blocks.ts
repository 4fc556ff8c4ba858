/**
 * Shell blocks of a document that are meant to be run: a fenced `sh` block under a comment.
 *
 *     <!-- run -->               must exit with 0
 *     <!-- run exit=3 -->        must exit with 3
 *     <!-- run output -->        must print the `text` block that follows, in which `...` stands for anything
 */
export interface Block {
  /** Of the comment, from 1. */
  readonly line: number;
  readonly script: string;
  readonly exitCode: number;
  /** Null: whatever it prints is fine. */
  readonly output: string | null;
}

const comment = /<!-- run\b(?<wishes>[^>]*)-->/g;
const shellBlock = /^\s*```sh\n(?<script>[^]*?)```/;
const outputBlock = /^\s*```text\n(?<output>[^]*?)```/;

/** Throws when a comment is not followed by what it announces. */
export function findBlocks(text: string): Block[] {
  return [...text.matchAll(comment)].map((found) => {
    const line = text.slice(0, found.index).split('\n').length;
    const wishes = (found.groups?.['wishes'] ?? '').trim().split(/\s+/).filter(Boolean);
    const after = text.slice(found.index + found[0].length);
    const shell = shellBlock.exec(after);
    if (shell === null) throw new Error(`line ${line}: there is no sh block under the comment`);
    const rest = after.slice(shell[0].length);
    const output = wishes.includes('output') ? outputUnder(rest, line) : null;
    return { line, script: shell.groups?.['script'] ?? '', exitCode: exitCodeIn(wishes, line), output };
  });
}

function outputUnder(rest: string, line: number): string {
  const output = outputBlock.exec(rest)?.groups?.['output'];
  if (output === undefined) throw new Error(`line ${line}: there is no text block with the output`);
  return output;
}

function exitCodeIn(wishes: readonly string[], line: number): number {
  const unknown = wishes.filter((wish) => !/^(output|exit=\d+)$/.test(wish));
  if (unknown.length > 0) throw new Error(`line ${line}: what is ${unknown.join(' ')}?`);
  const wish = wishes.find((word) => word.startsWith('exit='));
  return wish === undefined ? 0 : Number(wish.slice('exit='.length));
}

/** Whether a text is the expected one, in which `...` stands for anything. Blanks at the ends of lines do not count. */
export function matchesOutput(actual: string, expected: string): boolean {
  const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const pattern = tidy(expected).split('...').map(literal).join('[^]*?');
  return new RegExp(`^${pattern}$`).test(tidy(actual));
}

function tidy(text: string): string {
  return text.replaceAll(/[ \t]+$/gm, '').trim();
}
