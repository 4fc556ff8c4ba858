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
  if (call.has('--stdin')) return updateRefs(call);
  const [ref, to] = call.operands;
  if (ref === undefined || (to === undefined && !call.has('-d'))) return;
  refMoved(call, ref, call.has('-d') ? null : to);
}

/** One command a line, `update REF NEW`, which is judged where the lines stand in the command line itself. */
function updateRefs(call: GitCall): void {
  if (call.input === null || call.has('-z')) return call.unjudged('arguments');
  for (const line of call.input.split('\n')) {
    const [word = '', ref = '', to = ''] = line.split(' ');
    if (ref.startsWith('"')) call.unjudged('arguments');
    else if (word === 'delete' || (word === 'update' && isNone(to))) refMoved(call, textField(ref), null);
    else if (word === 'update') refMoved(call, textField(ref), textField(to));
    else if (word === 'symref-update' && ref === 'HEAD') call.operation('newBranch');
  }
}

/** As an object: there is to be nothing. */
const isNone = (id: string): boolean => /^0*$/.test(id);

/** `to`: null, it is deleted. */
function refMoved(call: GitCall, ref: Field, to: Field | undefined | null): void {
  const name = textOf(ref);
  if (name === 'HEAD') return to === null ? undefined : moved(call, ref, resetTo(to));
  const branch = /^refs\/heads\/(.+)$/.exec(name ?? '')?.[1];
  if (branch === undefined) return name === null ? moved(call, ref, null) : undefined;
  const named = textField(branch);
  moved(call, named, to === null ? removed(named) : begunAnew(named, to));
}

/** Branches of this repository itself, `git push . +HEAD~2:topic`: as `git branch -f` and `-D` have them. */
export function applyLocalRefspecs(call: GitCall): void {
  const [remote, ...refspecs] = call.operands;
  if (textOf(remote) !== '.') return;
  const isForced = call.has('-f', '--force', '--force-with-lease');
  for (const refspec of refspecs) {
    const [, plus, from, to] = /^(\+?)([^:]*)(?::(.*))?$/.exec(textOf(refspec) ?? '') ?? [];
    const name = to === undefined || to === '' ? undefined : textField(branchOf(to));
    const isDeleted = from === '' || call.has('-d', '--delete');
    if (isDeleted) {
      const gone = name ?? textField(branchOf(from ?? ''));
      moved(call, gone, removed(gone));
    } else if (name !== undefined && from !== undefined && (isForced || plus === '+'))
      moved(call, name, begunAnew(name, textField(from)));
  }
}

const branchOf = (ref: string): string => ref.replace(/^refs\/heads\//, '');

/** `git symbolic-ref HEAD refs/heads/NAME`, after which all who work in the tree commit to that one. */
export function applySymbolicRef(call: GitCall): void {
  if (call.operands.length === 2 && textOf(call.operands[0]) === 'HEAD') call.operation('newBranch');
}

function moved(call: GitCall, name: Field, drops: DroppedCommits | null): void {
  if (name.kind === 'unknown') call.unjudged('arguments');
  else call.operation('branch', null, { drops });
}
