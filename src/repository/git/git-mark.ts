/** Whether Git has done something to a working tree, without asking Git. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFile } from './regular-file.ts';
import type { Repository } from './folders.ts';

/** What a working tree's Git is at. */
export interface GitMark {
  /** Another text once the index, or what HEAD leads to, is another. */
  readonly text: string;
  /** Another text once HEAD leads to another commit. */
  readonly head: string;
  /** Whether Git is at work on the index just now. */
  readonly isBusy: boolean;
}

/** Looks at a few files of the main working tree's Git folder. Null where there is none to be looked at. */
export function gitMark({ commonDir, bare }: Pick<Repository, 'commonDir' | 'bare'>): GitMark | null {
  if (bare) return null;
  const head = textOf(join(commonDir, 'HEAD'));
  const [, ref] = /^ref: (refs\/[^\0\n]+)$/.exec(head) ?? [];
  // Where it is packed, its file is not there.
  const at =
    ref === undefined || ref.split('/').includes('..')
      ? head
      : [ref, textOf(join(commonDir, ref)), statOf(join(commonDir, 'packed-refs'))].join('\n');
  return {
    text: [at, statOf(join(commonDir, 'index'))].join('\n'),
    head: at,
    isBusy: lstatSync(join(commonDir, 'index.lock'), { throwIfNoEntry: false }) !== undefined,
  };
}

function textOf(path: string): string {
  const read = readRegularFile(path);
  return read.ok ? read.bytes.toString('utf8').trim() : '';
}

/** By content: what is written anew with the same content, within one tick of its clock, has another number. */
function statOf(path: string): string {
  const found = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? 'none' : [found.ino, found.size, found.mtimeNs].join(' ');
}

const operationLengthMax = 60;

/** What Git did last, by its own log: `commit`, `checkout`, `rebase (finish)`, `pull`; null where it keeps none. */
export function lastOperation({ commonDir }: Pick<Repository, 'commonDir'>): string | null {
  const read = readRegularFile(join(commonDir, 'logs/HEAD'));
  if (!read.ok) return null;
  const last = read.bytes.toString('utf8').trimEnd().split('\n').at(-1) ?? '';
  const [, message = ''] = /\t(.*)$/.exec(last) ?? [];
  const [operation = ''] = message.split(': ');
  // Who writes it is Git, or whoever has set GIT_REFLOG_ACTION.
  return /^[\w .()/-]+$/.test(operation) ? operation.slice(0, operationLengthMax).trim() : null;
}
