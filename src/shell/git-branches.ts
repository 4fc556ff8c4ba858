/** Commands of Git by which a branch goes elsewhere, or away, while the files stay. */
import { begunAnew, removed, resetTo } from './dropped-commits.ts';
import { textField, textOf, type Field } from './fields.ts';
import type { GitCall } from './git-call.ts';
import type { DroppedCommits } from './reading.ts';

/** What Git itself does only where nothing is lost is left to it. */
export function applyBranch(call: GitCall): void {
  if (call.has('-r', '--remotes')) return;
  const isForced = call.has('-f', '--force');
  const [first, second] = call.operands;
  if (call.has('-D') || (isForced && call.has('-d', '--delete'))) {
    for (const name of call.operands) moved(call, name, removed(name));
  } else if (first === undefined) return;
  else if (call.has('-M', '-C') || (isForced && call.has('-m', '--move', '-c', '--copy'))) {
    const [from, to] = second === undefined ? [undefined, first] : [first, second];
    moved(call, to, begunAnew(to, from));
  } else if (isForced) moved(call, first, begunAnew(first, second));
}

export function applyUpdateRef(call: GitCall): void {
  if (call.has('--stdin')) return call.unjudged('arguments');
  const [ref, to] = call.operands;
  const name = textOf(ref);
  if (ref === undefined || (to === undefined && !call.has('-d'))) return;
  if (name === 'HEAD') return call.has('-d') ? undefined : moved(call, ref, resetTo(to));
  const branch = /^refs\/heads\/(.+)$/.exec(name ?? '')?.[1];
  if (branch === undefined) return name === null ? moved(call, ref, null) : undefined;
  const named = textField(branch);
  moved(call, named, call.has('-d') ? removed(named) : begunAnew(named, to));
}

/** `git symbolic-ref HEAD refs/heads/NAME`, after which all who work in the tree commit to that one. */
export function applySymbolicRef(call: GitCall): void {
  if (call.operands.length === 2 && textOf(call.operands[0]) === 'HEAD') call.operation('newBranch');
}

function moved(call: GitCall, name: Field, drops: DroppedCommits | null): void {
  if (name.kind === 'unknown') call.unjudged('arguments');
  else call.operation('branch', null, { drops });
}
