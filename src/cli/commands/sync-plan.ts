import type { Revision, ScopePath } from '../../core/index.ts';
import type { Plan } from '../../sync/index.ts';
import type { Call } from '../call.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import { stepText } from '../format/sync.ts';
import { fitted } from '../format/width.ts';
import { refuseUnknown } from './sync-status.ts';
import { scopesOf } from './scopes-of.ts';
import { surveyOf, syncGround } from './sync-ground.ts';

export interface PlanInput {
  readonly scopes: readonly string[];
}

/**
 * What is to be synced, in steps: the scopes of a step depend only on earlier ones, so they can be synced at the same
 * time. What is synced, and as it was then, is left out.
 */
export async function syncPlan(call: Call, input: PlanInput): Promise<Outcome> {
  const asked = await scopesOf(call, input.scopes);
  const coordinator = await call.coordinator();
  await refuseUnknown(call, asked);
  const ground = await syncGround(call);
  const { plan, revision } = await surveyOf(ground, coordinator, asked);
  return planOutcome(plan, revision);
}

/** A plan as an answer. */
export function planOutcome({ waves, unchanged }: Plan, revision: Revision): Outcome {
  const steps = waves.map((wave) => wave.map(({ scope, why }): PlannedStep => ({ scope, why })));
  return done(revision, { steps, unchanged }, (style) => {
    if (waves.length === 0) return 'everything is synced';
    const lines = waves.map((wave, index) => `${index + 1}. ${wave.map(stepText).join(', ')}`);
    return fitted(style, lines.join('\n'), '   ');
  });
}

interface PlannedStep {
  readonly scope: ScopePath;
  readonly why: string;
}
