/** What is asked for in the model, and why somebody may not ask for it; see `model.ts`. */
import type { OneName, Wish } from '../../src/core/index.ts';
import type { ModelGraph } from './model-graph.ts';
import { textOf, type ModelQueue, type ModelTarget } from './model-queue.ts';
import type { Answer } from './model.ts';

/** A wish in its parts, in order; a file whose path is that of a scope is the scope. */
export function targetsOf(graph: ModelGraph, { scopes, files = [], resources = [] }: Wish): ModelTarget[] {
  const paths = [...new Set<string>([...scopes, ...files])].map((name): ModelTarget => {
    const scope = graph.nearest(name);
    return { kind: scope === name ? 'whole' : 'file', name, scope };
  });
  const slots = resources.map((name): ModelTarget => ({ kind: 'resource', name, scope: null }));
  return [...slots, ...paths].toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
}

export function wishFor({ scope, file, resource }: OneName): Wish {
  return {
    scopes: scope === undefined ? [] : [scope],
    files: file === undefined ? [] : [file],
    resources: resource === undefined ? [] : [resource],
  };
}

export function unknownIn(graph: ModelGraph, { scopes, files = [], resources = [] }: Wish): Answer | null {
  const unknown = graph.unknown(...scopes);
  if (unknown !== null) return unknown;
  if (files.some((file) => graph.nearest(file) === null)) return 'SCOPE_NOT_FOUND';
  return resources.every((resource) => resource in graph.settings.resources) ? null : 'RESOURCE_NOT_FOUND';
}

export const sameTargets = (a: readonly ModelTarget[], b: readonly ModelTarget[]): boolean =>
  a.map(textOf).join('\n') === b.map(textOf).join('\n');

/** Whether a token is that of an earlier hold. Slots are compared with the agent's own. */
export function isStale(
  queue: ModelQueue,
  agent: string,
  target: ModelTarget,
  token: number | null,
): boolean {
  const lock = target.kind === 'resource' ? queue.heldAs(agent, target) : queue.lockOf(target.name);
  return token !== null && lock !== undefined && lock.token !== token;
}

/** How an agent would have too much with what it asks for and does not have yet. */
export function beyondBounds(
  queue: ModelQueue,
  name: string,
  missing: readonly ModelTarget[],
): Answer | null {
  const { maxLocksPerAgent, maxFilesPerAgent, maxResourcesPerAgent } = queue.settings;
  const scopes = queue.scopesOf(name);
  const asked = missing.flatMap(({ scope }) => scope ?? []);
  const more = new Set(asked.filter((scope) => !scopes.includes(scope))).size;
  if (more > 0 && scopes.length > 0 && scopes.length + more > maxLocksPerAgent) return 'AGENT_HOLDS_LOCK';
  if (more > maxLocksPerAgent) return 'LOCK_LIMIT_REACHED';
  if (exceeds(queue, name, missing, 'file', maxFilesPerAgent)) return 'FILE_LIMIT_REACHED';
  return exceeds(queue, name, missing, 'resource', maxResourcesPerAgent) ? 'RESOURCE_LIMIT_REACHED' : null;
}

function exceeds(
  queue: ModelQueue,
  name: string,
  missing: readonly ModelTarget[],
  kind: ModelTarget['kind'],
  max: number,
): boolean {
  const asked = missing.filter((target) => target.kind === kind).length;
  const held = queue.heldBy(name).filter((lock) => lock.kind === kind).length;
  return asked > 0 && held + asked > max;
}
