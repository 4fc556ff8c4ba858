import { join } from 'node:path';
import type { FileChange } from '../../../init/index.ts';
import { readRegularFile } from '../../../repository/index.ts';
import { CommandError } from '../../answer/errors.ts';
import { exitCodes } from '../../answer/exit-codes.ts';

/** Files of a working tree as they will be: several that write into one file see what those before them put there. */
export class Draft {
  readonly root: string;
  readonly #texts = new Map<string, { readonly before: string | null; after: string | null }>();

  constructor(root: string) {
    this.root = root;
  }

  /**
   * Null where there is no such file. A link is followed: where it leads is looked at before anything is written.
   *
   * @throws CommandError NOT_WRITTEN where something lies there that is no text.
   */
  read(file: string): string | null {
    const known = this.#texts.get(file);
    if (known !== undefined) return known.after;
    const text = textOf(this.root, file);
    this.#texts.set(file, { before: text, after: text });
    return text;
  }

  /** Null removes the file. */
  write(file: string, text: string | null): void {
    const known = this.#texts.get(file);
    this.#texts.set(file, { before: known === undefined ? this.read(file) : known.before, after: text });
  }

  changes(): readonly FileChange[] {
    return [...this.#texts]
      .filter(([, { before, after }]) => before !== after)
      .map(([file, { before, after }]) => ({ file, before, after }));
  }
}

function textOf(root: string, file: string): string | null {
  const read = readRegularFile(join(root, file), { followLink: true });
  if (!read.ok && read.kind === 'gone') return null;
  if (!read.ok)
    throw notWritten(
      file,
      `cannot be read: ${read.problem}; make it a file that can be read, or move it away`,
    );
  const text = read.bytes.toString('utf8');
  if (Buffer.from(text).equals(read.bytes)) return text;
  throw notWritten(file, 'is no UTF-8 text; save it as that, or move it away');
}

export function notWritten(file: string, problem: string): CommandError {
  return new CommandError('NOT_WRITTEN', exitCodes.refused, `${file} ${problem}`, { file });
}
