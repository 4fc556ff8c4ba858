import type { Undoing } from '../../init/index.ts';
import { count } from '../../wording/index.ts';
import type { HookChange } from '../git-hooks/hook-files.ts';
import type { StateLook } from '../world/world.ts';
import { changeLines } from './plan.ts';
import type { Style } from './style.ts';
import { line } from './text.ts';
import { fitted } from './width.ts';

/** What an uninstall comes to. */
export interface Removal {
  /** The working tree that is worked in. */
  readonly here: string | null;
  readonly state: StateLook;
  readonly undoing: Undoing;
  /** Hooks of Git, and what of them is ours. */
  readonly hooks: readonly HookChange[];
  /** Context files; they stay. */
  readonly context: readonly string[];
}

/** Files of one kind that are named. */
const namedMax = 20;

export function removalText(style: Style, removal: Removal): string {
  const { here, hooks, state, undoing } = removal;
  const trees = undoing.trees.map(({ root, changes }) =>
    [...(root === here ? [] : [line`in ${root}:`]), ...changeLines(style, { changes })].join('\n'),
  );
  const places = state.places.map((place) => `${style.paint('bad', 'remove')} ${line`${place}`}`);
  const refs =
    state.refs.length === 0
      ? []
      : [`${style.paint('bad', 'remove')} ${count(state.refs.length, 'ref')} below refs/rhema`];
  const hookLines = hooks.map(({ path, after }) =>
    after === null
      ? `${style.paint('bad', 'remove')} ${line`${path}`}`
      : line`take out of ${path} what is of rhema`,
  );
  const parts = [...trees, hookLines.join('\n'), [...places, ...refs].join('\n')].filter(
    (part) => part !== '',
  );
  const head = parts.length === 0 ? ['nothing of the coordination is here'] : parts;
  return [...head, stayingText(style, removal)].filter((part) => part !== '').join('\n\n');
}

function stayingText(style: Style, { here, undoing, context }: Removal): string {
  const staying = undoing.staying.map(
    ({ root, file, why }) => line`${root === here ? file : `${root}/${file}`} stays: it ${why}`,
  );
  return [
    ...cut(staying),
    ...named('context', context),
    ...named(
      'scope',
      undoing.byHand.filter((file) => undoing.staying.every((one) => one.file !== file)),
    ),
  ]
    .map((text) => fitted(style, text))
    .join('\n');
}

function named(kind: string, files: readonly string[]): string[] {
  if (files.length === 0) return [];
  const more = files.length - namedMax;
  const names = files.slice(0, namedMax).map((file) => line`${file}`);
  const all = [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return [`${count(files.length, `${kind} file`)} of yours ${files.length === 1 ? 'stays' : 'stay'}: ${all}`];
}

function cut(lines: readonly string[]): readonly string[] {
  const more = lines.length - namedMax;
  return more > 0 ? [...lines.slice(0, namedMax), `... and ${more} more; --json has all`] : lines;
}

export function removedText({ undoing }: Removal): string {
  const files = undoing.trees.flatMap(({ changes }) => changes);
  const restored = files.filter(({ after }) => after !== null).length;
  const removed = files.length - restored;
  const told = [
    ...(removed === 0 ? [] : [`${count(removed, 'file')} removed`]),
    ...(restored === 0 ? [] : [`${count(restored, 'file')} put back`]),
    'the state is gone',
  ];
  return `${told.join(', ')}. Agents that still run begin anew with their next call: end their clients first`;
}
