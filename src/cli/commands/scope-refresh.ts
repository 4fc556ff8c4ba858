import type { Plan, Prepared } from '../../init/index.ts';
import type { Call } from '../call.ts';
import { usageError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { changeLines } from '../format/plan.ts';
import { count } from '../format/text.ts';
import { done } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { refreshCoordinator } from './coordinator-refresh.ts';
import { confirmPlan } from './init-questions.ts';
import { blocked, isBlocked, isInteractive, patchOutcome, planData } from './scope-plan.ts';

export interface RefreshInput {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly check?: boolean;
}

/** Brings generated scope files in step with the code, and has the coordinator read all of them. */
export async function refreshScopes(call: Call, input: RefreshInput): Promise<Outcome> {
  if ([input.dryRun, input.yes, input.check].filter(Boolean).length > 1)
    throw usageError('--dry-run, --yes or --check, one of them');
  const repository = await call.repository();
  const prepared = await call.world.scopeFiles.prepareRefresh({ repository, env: call.context.env });
  if (prepared === null) return refreshUngenerated(call, input);
  const plan = prepared.plan({ depth: null, leaveOut: [], raise: false });
  if (isBlocked(plan)) return blocked(call, plan);
  if (input.check === true) return checked(call, plan);
  if (input.dryRun === true) return patchOutcome(call, plan);
  return writeAndRefresh(call, prepared, plan, input);
}

async function refreshUngenerated(call: Call, { check, dryRun }: RefreshInput): Promise<Outcome> {
  if (check !== true && dryRun !== true) return refreshCoordinator(call);
  return done(
    null,
    { changes: [] },
    () => 'no scope of this repository was generated: there is nothing to compare',
  );
}

function checked(call: Call, plan: Plan): Outcome {
  const { changes } = plan;
  if (changes.length === 0) return done(null, planData(plan), () => 'the scopes are in step with the code');
  const message = `${count(changes.length, 'scope file')} not in step with the code: run rhema scope refresh`;
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision: null,
    code: 'SCOPES_STALE',
    message,
    details: planData(plan),
    lines: [message, ...changeLines(call.errorStyle, plan)],
  };
}

/** Where nobody can be asked the files stay, and the coordinator reads them as they are. */
async function writeAndRefresh(
  call: Call,
  prepared: Prepared,
  plan: Plan,
  input: RefreshInput,
): Promise<Outcome> {
  const stale = plan.changes.length;
  const chosen =
    input.yes === true
      ? plan
      : isInteractive(call) && stale > 0
        ? await confirmPlan(call, prepared, plan)
        : null;
  if (chosen !== null && stale > 0) await call.world.scopeFiles.apply(prepared.root, chosen.changes);
  else if (stale > 0)
    call.note(`${count(stale, 'scope file')} not in step with the code: rhema scope refresh --yes`);
  return refreshCoordinator(call, { plan: planData(plan), written: chosen !== null && stale > 0 });
}
