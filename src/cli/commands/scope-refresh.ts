import type { Choices, Plan, Prepared } from '../../init/index.ts';
import type { Call } from '../call.ts';
import { toRepair, unconfirmed } from './unwritten.ts';
import { usageError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { refreshText, warningsText } from '../format/plan.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome, Refused } from '../answer/outcome.ts';
import { refreshCoordinator } from './coordinator-refresh.ts';
import { agentsUnlessSaid, askAboutRefresh } from './init-questions.ts';
import { whileTelling } from '../process/live-line.ts';
import { applyPlan, blocked, isBlocked, isInteractive, patchOutcome, planData } from './scope-plan.ts';
import { scopeFiles } from './scope-files.ts';
import { count } from '../../wording/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';

export interface RefreshInput {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly check?: boolean;
  readonly acceptNone?: boolean;
}

/** Brings generated scope files in step with the code, and has the coordinator read all of them. */
export async function refreshScopes(call: Call, input: RefreshInput): Promise<Outcome> {
  if ([input.dryRun, input.yes, input.check, input.acceptNone].filter(Boolean).length > 1)
    throw usageError('--dry-run, --yes, --check or --accept-none, one of them');
  if (input.acceptNone === true) return refreshCoordinator(call, {}, { acceptNone: true });
  const repository = await call.repository();
  const isComparing = input.check === true || input.dryRun === true;
  // A bare repository has no files to bring in step, but the coordinator reads those of its HEAD.
  if (repository.worktree === null && !isComparing) return refreshCoordinator(call);
  const prepared = await whileTelling(call, 'looking at what is here', () =>
    call.world.scopeFiles.prepareRefresh({ repository, env: call.ports.env }),
  );
  if (prepared === null) return refreshUngenerated(call, input);
  const choices = { depth: null, leaveOut: [], raise: true, agents: agentsUnlessSaid, hooks: false };
  const plan = prepared.plan(choices);
  if (isBlocked(plan)) return blocked(call, plan);
  if (input.check === true) return checked(call, plan);
  if (input.dryRun === true)
    return plan.changes.length === 0 && plan.gaps.length === 0
      ? inStep(plan)
      : patchOutcome(call, prepared, plan, warningsText(call.errorStyle, plan));
  return writeAndRefresh(call, prepared, choices, input);
}

async function refreshUngenerated(call: Call, { check, dryRun }: RefreshInput): Promise<Outcome> {
  if (check !== true && dryRun !== true) return refreshCoordinator(call);
  const { definitions, problems } = await filesHere(call);
  // Which scopes were generated stands in the files: in one that is broken nobody can tell.
  if (problems.some(({ severity }) => severity === 'error')) return broken(call, problems);
  if (check === true && definitions.length === 0) return noScopes;
  return done(
    null,
    { changes: [] },
    () => 'no scope of this repository was generated: there is nothing to compare',
  );
}

/** Of the working tree that a refresh writes to, whichever the coordinator reads. */
async function filesHere(call: Call): ReturnType<typeof scopeFiles> {
  const repository = await call.repository();
  return scopeFiles(call, { ...repository, mainWorktree: repository.worktree });
}

function broken(call: Call, problems: readonly ScopeProblem[]): Refused {
  const message = 'nothing can be compared: something has to be repaired by hand first';
  return toRepair(call, message, { details: { changes: [], notices: problems }, problems });
}

/** As on a commit from before the first scope: what was in force stays so, and that is in step with nothing here. */
const noScopes: Refused = {
  kind: 'refused',
  exitCode: exitCodes.refused,
  revision: null,
  code: 'NO_SCOPES',
  message:
    'no scope file is here: there is nothing to compare, and scopes that were in force before stay so (see rhema status)',
  details: {},
};

/** What cannot be read cannot be compared: that is no less a reason to stop than what is not in step. */
function checked(call: Call, plan: Plan): Outcome {
  const { changes, gaps } = plan;
  if (gaps.length > 0)
    return stopped(call, plan, {
      code: 'SCOPES_UNKNOWN',
      message: 'nobody can tell whether the scopes are in step with the code: not everything could be read',
    });
  if (changes.length === 0) return inStep(plan);
  const message = `${count(changes.length, 'scope file')} not in step with the code: run rhema scope refresh`;
  return stopped(call, plan, { code: 'SCOPES_STALE', message });
}

function stopped(call: Call, plan: Plan, { code, message }: Pick<Refused, 'code' | 'message'>): Outcome {
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision: null,
    code,
    message,
    details: planData(plan),
    lines: [message, ...refreshText(call.errorStyle, plan).split('\n')],
  };
}

function inStep(plan: Plan): Outcome {
  return done(null, { ...planData(plan), written: false }, (style) =>
    [refreshText(style, plan), 'the scopes are in step with the code']
      .filter((part) => part !== '')
      .join('\n\n'),
  );
}

async function writeAndRefresh(
  call: Call,
  prepared: Prepared,
  choices: Choices,
  input: RefreshInput,
): Promise<Outcome> {
  const plan = prepared.plan(choices);
  const isStale = plan.changes.length > 0;
  if (isStale && input.yes !== true && isInteractive(call)) return askAndRefresh(call, prepared, choices);
  call.show(refreshText(call.style, plan));
  if (isStale && input.yes !== true) return readBehind(call, plan);
  if (isStale) await applyPlan(call, prepared, plan);
  return refreshCoordinator(call, { plan: planData(plan), written: isStale });
}

async function askAndRefresh(call: Call, prepared: Prepared, choices: Choices): Promise<Outcome> {
  const chosen = await askAboutRefresh(call, prepared, choices);
  const plan = chosen ?? prepared.plan(choices);
  if (chosen === null) call.note(behindText(plan));
  else await applyPlan(call, prepared, chosen);
  return refreshCoordinator(call, { plan: planData(plan), written: chosen !== null });
}

/** Nobody can be asked: the files stay, the coordinator reads them as they are, and the caller learns that they are behind. */
async function readBehind(call: Call, plan: Plan): Promise<Outcome> {
  const read = await refreshCoordinator(call, { plan: planData(plan), written: false });
  if (read.kind !== 'done') return read;
  call.show(await read.text(call.style));
  return { ...unconfirmed(behindText(plan), read.data), revision: read.revision };
}

function behindText({ changes }: Plan): string {
  const files = count(changes.length, 'scope file');
  return `${files} not in step with the code: rhema scope refresh --yes writes, --dry-run shows what`;
}
