import type { FileChange, Plan, Prepared } from '../../init/index.ts';
import type { Call } from '../call.ts';
import { toRepair } from './unwritten.ts';
import { changedText, excessText } from '../format/plan.ts';
import { line, shownPatch } from '../format/text.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';

/** Whether a person sits there who can be asked. */
export function isInteractive(call: Call): boolean {
  const { stdin, stdout } = call.ports;
  return stdin.isTTY && stdout.isTTY && !call.json && !call.quiet;
}

/**
 * Something is wrong that only a person can repair: nothing may be written before. What a scope's own file says is unknown
 * while it is broken, and the coordinator would not take the graph whole.
 */
export function isBlocked({ notices, problems }: Plan): boolean {
  return [...notices, ...problems].some(({ severity }) => severity === 'error');
}

export function blocked(call: Call, plan: Plan): Outcome {
  const { notices, gaps, problems } = plan;
  const told = [...notices.filter(({ severity }) => severity === 'error'), ...gaps, ...problems];
  const message = 'nothing was written: something has to be repaired by hand first';
  const excesses = plan.excesses.map(excessText);
  return toRepair(call, message, { details: planData(plan), problems: told, told: excesses });
}

/** A plan for programs. */
export function planData(plan: Plan): Readonly<Record<string, unknown>> {
  const {
    mode,
    origins,
    scopes,
    links,
    leftOut,
    excesses,

    leftAside,
    changes,
    notices,
    problems,
  } = plan;
  return {
    mode,
    origins,
    scopes,
    dependencies: links,
    leftOut: leftOut.map(({ link, cycle }) => ({ ...link, cycle })),
    excesses,

    leftAside,
    changes: changes.map((change) => ({ file: change.file, action: actionOf(change) })),
    notices: [...notices, ...problems],
  };
}

export function actionOf({ before, after }: FileChange): 'add' | 'change' | 'remove' {
  if (after === null) return 'remove';
  return before === null ? 'add' : 'change';
}

/** Writes the files of a plan, and says so at once: what comes after may fail. */
export async function applyPlan(call: Call, prepared: Prepared, plan: Plan): Promise<void> {
  await writeFiles(call, prepared.root, plan.changes);
  call.show(changedText(plan));
}

/** Writes files of a working tree; what was there before can be put back by `rhema uninstall`. */
export async function writeFiles(call: Call, root: string, changes: readonly FileChange[]): Promise<void> {
  const { commonDir } = await call.repository();
  const { withoutOurs } = await import('./hooks/taken-out.ts');
  const problem = await call.world.scopeFiles.apply({ commonDir, root }, changes, withoutOurs);
  if (problem === null) return;
  call.note(line`rhema: warning: uninstall will not know what was here before: ${problem}`);
}

/**
 * The changes as a diff, after what there is to say beside it; nothing is written, and what would be refused is refused.
 */
export async function patchOutcome(
  call: Call,
  prepared: Prepared,
  plan: Plan,
  told: string,
): Promise<Outcome> {
  await call.world.scopeFiles.check(prepared.root, plan.changes);
  const patch = await call.world.scopeFiles.patch(plan.changes);
  if (told !== '') call.note(`${told}\n`);
  return done(null, { ...planData(plan), patch, written: false }, () => withoutLastBreak(shownPatch(patch)));
}

/** Whoever prints a patch adds one. All other white space belongs to the patch. */
export function withoutLastBreak(patch: string): string {
  return patch.endsWith('\n') ? patch.slice(0, -1) : patch;
}
