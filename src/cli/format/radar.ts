import { count } from '../../wording/index.ts';
import type { AgentId } from '../../core/index.ts';
import type { Clash, LastLook, Look, Side } from '../../radar/index.ts';
import { inShort } from '../../radar/index.ts';
import type { Call } from '../call.ts';
import type { Style } from './style.ts';
import { line } from './text.ts';
import { table } from './table.ts';
import { fitted } from './width.ts';
import { relative } from './time.ts';

export interface ShownClash extends Clash {
  /** Whom it concerns, on each side. */
  readonly agents: readonly [readonly AgentId[], readonly AgentId[]];
}

/** A row for each file and each two sides between which it clashes. */
export function clashesText(style: Style, clashes: readonly ShownClash[]): string {
  const rows = clashes.map(({ file, kinds, between: [left, right], agents: [lefts, rights] }) => [
    file,
    kinds.join(', '),
    sideText(left, lefts),
    sideText(right, rights),
  ]);
  return table(style, ['FILE', 'CONFLICT', 'BETWEEN', 'AND'], rows);
}

const sideText = ({ name }: Side, agents: readonly AgentId[]): string =>
  `${name} (${agents.length === 0 ? 'nobody' : agents.join(', ')})`;

const filesShownMax = 3;

/** What could not be looked at. */
export function gapsText(style: Style, { unread, unmerged, leftOut }: Look): string {
  return [
    ...unread.map(({ side, why }) => line`${side.name} could not be looked at: ${why}`),
    ...unmerged.map(
      ({ between: [left, right], why }) => line`${left.name} and ${right.name} could not be merged: ${why}`,
    ),
    ...leftOut.map(({ side, files }) => {
      const more = files.length > filesShownMax ? ` and ${files.length - filesShownMax} more` : '';
      return line`${side.name}: too large to be looked at, taken for unchanged: ${files.slice(0, filesShownMax).join(', ')}${more}`;
    }),
  ]
    .map((text) => fitted(style, text))
    .join('\n');
}

/** `nothing clashes: 4 sides, 6 pairs, 5 of them as before`. */
export function lookedText({ clashes, sides, merged, remembered }: Look): string {
  const files = new Set(clashes.map(({ file }) => file)).size;
  const found = files === 0 ? 'nothing clashes' : `${count(files, 'file')} will clash`;
  const asBefore = remembered === 0 ? '' : `, ${remembered} known from before`;
  return `${found}: ${count(sides.length, 'tree or branch', 'trees and branches')} looked at, ${count(merged, 'merge')} tried${asBefore}`;
}

/** What was found last, on one line, with the command that looks anew. */
export function lastText(style: Style, last: LastLook, call: Pick<Call, 'nowMs' | 'rhema'>): string {
  const { files, between } = inShort(last);
  const shown = between.slice(0, pairsShownMax).map(([left, right]) => `${left} and ${right}`);
  const rest = between.length - pairsShownMax;
  const more = rest > 0 ? `, and ${count(rest, 'more pair')}` : '';
  const clash = `${last.more > 0 ? 'more than ' : ''}${count(files, 'file')} will clash`;
  const seen = relative(last.atMs, call.nowMs);
  return fitted(
    style,
    line`${clash} between ${shown.join(', ')}${more} (seen ${seen}): ${call.rhema('radar')}`,
  );
}

const pairsShownMax = 2;
