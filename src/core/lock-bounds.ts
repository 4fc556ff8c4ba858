/** How much one agent may hold, and for how long. */
import { count } from './count.ts';
import type { Decision } from './decision.ts';
import { formatDuration } from './duration.ts';
import type { DurationMs, ScopePath } from './ids.ts';
import { namedTargets } from './lock-refusals.ts';
import { byText } from './order.ts';
import { heldInOrder } from './overlap.ts';
import { reject } from './rejections.ts';
import type { Settings } from './settings.ts';
import type { Agent, State } from './state.ts';
import { isSlot, type Target } from './targets.ts';
import { scopeOf } from './overlap.ts';

/** Why an agent may not ask for this. `missing`: what of it the agent does not hold yet. */
export function refusedToAsk(
  state: State,
  agent: Agent,
  missing: readonly Target[],
  asked: readonly Target[],
): Decision | null {
  if (agent.status === 'blocked')
    return reject(
      'AGENT_BLOCKED',
      `${agent.id} has said that it is blocked: set its status to working, or release what it holds`,
      { agent: agent.id, reason: agent.blockedReason, held: heldInOrder(agent) },
    );
  return (
    refusedScopes(state, agent, missing, asked) ??
    refusedFiles(state.settings, agent, missing, state) ??
    refusedResources(state.settings, agent, missing)
  );
}

/** The scopes that targets are in, each once, in order. */
function scopesOf(state: State, targets: readonly Target[]): ScopePath[] {
  const scopes = new Set<ScopePath>();
  for (const target of targets) {
    const scope = scopeOf(state, target);
    if (scope !== null) scopes.add(scope);
  }
  return [...scopes].sort(byText);
}

function refusedScopes(
  state: State,
  agent: Agent,
  missing: readonly Target[],
  asked: readonly Target[],
): Decision | null {
  const { maxLocksPerAgent } = state.settings;
  const more = scopesOf(state, missing).filter((scope) => !agent.heldIn.has(scope));
  if (more.length === 0) return null;
  const { size } = agent.heldIn;
  if (size > 0 && size + more.length > maxLocksPerAgent) {
    const held = [...agent.heldIn.keys()].sort(byText);
    const askedIn = scopesOf(state, asked);
    return reject('AGENT_HOLDS_LOCK', holdsAdvice(agent, held, askedIn, maxLocksPerAgent), {
      held: heldInOrder(agent),
      asked,
      heldIn: held,
      askedIn,
      maxLocksPerAgent,
    });
  }
  if (more.length > maxLocksPerAgent)
    return reject('LOCK_LIMIT_REACHED', tooManyAtOnce(more, maxLocksPerAgent, []), {
      asked: more.length,
      maxLocksPerAgent,
    });
  return null;
}

/** Who asks for more than it may ever hold is not helped by giving something back alone. */
function holdsAdvice(
  agent: Agent,
  held: readonly ScopePath[],
  asked: readonly ScopePath[],
  max: number,
): string {
  if (asked.length > max) return tooManyAtOnce(asked, max, held);
  const rest = held.filter((scope) => !asked.includes(scope)).length;
  const excess = rest + asked.length - max;
  const some = excess === rest ? 'release first' : `release ${excess === 1 ? 'one' : excess} of them first`;
  return `${agent.id} holds ${namedTargets(held)} and may hold ${max} at a time: ${some}`;
}

/** Who holds all that it may is refused one scope alone as well. */
function tooManyAtOnce({ length }: readonly ScopePath[], max: number, held: readonly ScopePath[]): string {
  const first = held.length < max ? '' : `release ${namedTargets(held)} first and `;
  return `${length} scopes at once, but an agent may hold ${max}: ${first}ask for fewer, or raise max_locks_per_agent`;
}

function refusedFiles(
  { maxFilesPerAgent }: Settings,
  agent: Agent,
  missing: readonly Target[],
  state: State,
): Decision | null {
  const more = missing.filter((target) => !isSlot(target) && !state.scopes.has(target as ScopePath)).length;
  if (more === 0 || agent.files + more <= maxFilesPerAgent) return null;
  return reject(
    'FILE_LIMIT_REACHED',
    `${agent.id} holds ${count(agent.files, 'file')} and asks for ${more} more, but may hold ${maxFilesPerAgent}: ask for the whole scope, or raise max_files_per_agent`,
    { held: agent.files, asked: more, maxFilesPerAgent },
  );
}

function refusedResources(
  { maxResourcesPerAgent }: Settings,
  agent: Agent,
  missing: readonly Target[],
): Decision | null {
  const more = missing.filter(isSlot).length;
  if (more === 0 || agent.resources + more <= maxResourcesPerAgent) return null;
  return reject(
    'RESOURCE_LIMIT_REACHED',
    `${agent.id} holds ${count(agent.resources, 'resource')} and asks for ${more} more, but may hold ${maxResourcesPerAgent}: release some first, or raise max_resources_per_agent`,
    { held: agent.resources, asked: more, maxResourcesPerAgent },
  );
}

export function refusedTtl(state: State, ttlMs: DurationMs | null): Decision | null {
  const { lockTtlMaxMs } = state.settings;
  if (ttlMs === null || ttlMs <= lockTtlMaxMs) return null;
  return reject(
    'TTL_TOO_LONG',
    `a lease of ${formatDuration(ttlMs)} was asked for, but the longest is ${formatDuration(lockTtlMaxMs)}: ask for less and renew, or raise lock_timeout_max`,
    { ttlMs, lockTtlMaxMs },
  );
}
