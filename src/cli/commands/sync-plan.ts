import { dependencyWaves, reachableInOrder } from '../../core/index.ts';
import type { ScopePath } from '../../core/index.ts';
import type { ScopeView } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';
import { fitted } from '../format/width.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { scopeNotFound } from './scope.ts';
import { scopesOf } from './scopes-of.ts';

export interface PlanInput {
  readonly scopes: readonly string[];
}

/** One scope that is still to be synced, and why it cannot be just now, if so. */
interface Step {
  readonly scope: ScopePath;
  readonly syncStatus: ScopeView['syncStatus'];
}

/**
 * What is to be synced, in steps: the scopes of a step depend only on earlier ones, so they can be synced at the same
 * time. What is completed already is left out.
 */
export async function syncPlan(call: Call, input: PlanInput): Promise<Outcome> {
  const asked = await scopesOf(call, input.scopes);
  const { revision, scopes } = await (await call.coordinator()).query({ kind: 'scopes', fresh: true });
  const unknown = asked.find((path) => !scopes.some((scope) => scope.path === path));
  if (unknown !== undefined) throw await scopeNotFound(call, unknown, scopes);
  const steps = stepsFor(scopes, asked);
  return done(revision, { steps }, (style) =>
    steps.length === 0 ? 'everything is synced' : fitted(style, steps.map(planLine).join('\n'), '   '),
  );
}

const planLine = (step: readonly Step[], index: number): string =>
  `${index + 1}. ${step.map(stepText).join(', ')}`;

function stepText({ scope, syncStatus }: Step): string {
  return syncStatus === 'idle' ? line`${scope}` : line`${scope} (${syncStatus})`;
}

function stepsFor(scopes: readonly ScopeView[], asked: readonly ScopePath[]): Step[][] {
  const byPath = new Map(scopes.map((scope) => [scope.path, scope]));
  const dependencies = (path: ScopePath): readonly ScopePath[] => byPath.get(path)?.dependencies ?? [];
  const wanted = asked.length === 0 ? [...byPath.keys()] : reachableInOrder(asked, dependencies);
  return dependencyWaves(wanted, dependencies)
    .map((wave) => wave.flatMap((path) => stepOf(byPath.get(path))))
    .filter((step) => step.length > 0);
}

function stepOf(scope: ScopeView | undefined): Step[] {
  if (scope === undefined || scope.syncStatus === 'completed') return [];
  return [{ scope: scope.path, syncStatus: scope.syncStatus }];
}
