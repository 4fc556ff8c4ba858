import type { ScopePath } from '../../core/index.ts';
import type { RefreshOptions, RefreshReport } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import type { Style } from '../format/style.ts';
import { line } from '../format/text.ts';
import { problemsText } from '../format/views.ts';
import { withdrawnText } from '../format/withdrawn.ts';
import { fitted } from '../format/width.ts';
import { whileTelling } from '../process/live-line.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { isDisabled } from '../answer/output.ts';
import { count } from '../../wording/index.ts';

/**
 * Has the coordinator read the scope files again. A refused graph leaves the last good one in force, and of a file that
 * is broken what it said last: neither is what the files say. `more` is added to the answer.
 */
export async function refreshCoordinator(
  call: Call,
  more: Readonly<Record<string, unknown>> = {},
  options: RefreshOptions = {},
): Promise<Outcome> {
  const coordinator = await call.coordinator();
  const report = await whileTelling(call, 'reading the scope files', () => coordinator.refresh(options));
  const { revision, accepted, scopes, problems } = report;
  const withdrawn = await withdrawnScopes(call);
  if (accepted && problems.every(({ severity }) => severity !== 'error'))
    return done(revision, { accepted, scopes, withdrawn, problems, ...more }, (style) =>
      [`${count(scopes, 'scope')} in force`, withdrawnLines(style, withdrawn), problemsText(style, problems)]
        .filter((part) => part !== '')
        .join('\n'),
    );
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision,
    code: 'SCOPES_REFUSED',
    message: unsoundText(report),
    details: { accepted, scopes, withdrawn, problems, ...more },
    lines: [...refusalLines(call.errorStyle, report), withdrawnLines(call.errorStyle, withdrawn)].filter(
      (part) => part !== '',
    ),
  };
}

/** Somebody uses them although no scope file names them any more. */
async function withdrawnScopes(call: Call): Promise<readonly ScopePath[]> {
  const { scopes } = await (await call.coordinator()).query({ kind: 'scopes' });
  return scopes.flatMap(({ path, withdrawn }) => (withdrawn ? [path] : []));
}

const withdrawnLines = (style: Style, scopes: readonly ScopePath[]): string =>
  scopes.map((scope) => fitted(style, line`${scope} is ${withdrawnText}`)).join('\n');

/**
 * Has the coordinator that runs, if any, take over files that were just written: it looks at them only now and then. They
 * are written in any case, so that it cannot be told is no failure. Null: none runs, or it was not told.
 */
export async function tellCoordinator(call: Call): Promise<RefreshReport | null> {
  try {
    const repository = await call.repository();
    return await whileTelling(call, 'reading the scope files', () => call.world.owner.refresh(repository));
  } catch (error) {
    if (!isDisabled(error)) call.note(untoldText(call, error));
    return null;
  }
}

function untoldText(call: Call, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return line`the coordinator that runs was not told: ${reason}; ${call.rhema('scope', 'refresh')} tells it`;
}

/** What people have to know of a report that they did not ask for; empty when the graph was taken whole. */
export function reportText(style: Style, report: RefreshReport | null): string {
  const isWhole = report?.accepted === true && report.problems.every(({ severity }) => severity !== 'error');
  return report === null || isWhole ? '' : refusalLines(style, report).join('\n');
}

function refusalLines(style: Style, report: RefreshReport): string[] {
  return [unsoundText(report), problemsText(style, report.problems)];
}

function unsoundText({ accepted, scopes }: RefreshReport): string {
  const inForce = accepted
    ? `${count(scopes, 'scope')} in force, without what is broken`
    : 'the last good graph stays in force';
  return `the scope files are unsound: ${inForce}`;
}
