import { assert } from './assert.ts';
import type { AsAgent } from './commands.ts';
import type { Decision } from './decision.ts';
import { named, quote, type AgentId, type FilePath, type ResourceName, type ScopePath } from './ids.ts';
import { byText } from './order.ts';
import { reject } from './rejections.ts';
import type { Agent, State } from './state.ts';
import { type Wish } from './targets.ts';
import { scopeOf } from './overlap.ts';

/**
 * What every command that speaks for an agent passes first: the agent is known, this is its present incarnation, the
 * session proves it, and the incarnation has not been given up for lost.
 *
 * Rejects: AGENT_NOT_FOUND, STALE_EPOCH, SESSION_MISMATCH, AGENT_LOST.
 */
export function refusedAtGate(state: State, command: AsAgent): Decision | null {
  const agent = state.agents.get(command.agent);
  if (agent === undefined)
    return reject(
      'AGENT_NOT_FOUND',
      `no agent ${command.agent} has joined: run \`rhema agent join ${command.agent}\``,
      { agent: command.agent },
    );
  if (command.epoch !== agent.epoch)
    return reject(
      'STALE_EPOCH',
      `${command.agent} has joined again since (epoch ${agent.epoch}, not ${command.epoch}): what the earlier incarnation held is gone`,
      { agent: command.agent, epoch: command.epoch, currentEpoch: agent.epoch },
    );
  if (command.session !== agent.session) return sessionMismatch(command.agent);
  if (agent.presence === 'lost')
    return reject(
      'AGENT_LOST',
      `${command.agent} ${agent.seenDeadAtMs === null ? 'was silent for too long' : 'gave no sign of life after its process had ended'} and is lost, with all it held: run \`rhema agent join ${command.agent}\``,
      { agent: command.agent, lostAtMs: agent.lostAtMs, heldWhenLost: agent.heldWhenLost },
    );
  return null;
}

export function sessionMismatch(agent: AgentId): Decision {
  return reject(
    'SESSION_MISMATCH',
    `the session secret is not that of ${agent}: only who joined last, or has gone on as it since, may act under a name`,
    { agent },
  );
}

/** The agent of a command that has passed the gate. */
export function presentAgent(state: State, id: AgentId): Agent {
  const agent = state.agents.get(id);
  assert(agent !== undefined && agent.presence === 'present', `agent ${id} has not passed the gate`);
  return agent;
}

/** Rejects with SCOPE_NOT_FOUND the first of these scopes that is not defined. */
export function refusedUnknownScope(state: State, scopes: readonly ScopePath[]): Decision | null {
  for (const scope of scopes) if (!state.scopes.has(scope)) return scopeNotFound(state, scope);
  return null;
}

/** Rejects the first of these that is not to be had: SCOPE_NOT_FOUND, also for a file in none, RESOURCE_NOT_FOUND. */
export function refusedUnknown(
  state: State,
  { scopes = [], files = [], resources = [] }: Partial<Wish>,
): Decision | null {
  const unknown = refusedUnknownScope(state, scopes);
  if (unknown !== null) return unknown;
  for (const file of files) if (scopeOf(state, file) === null) return scopeNotFound(state, file);
  for (const resource of resources) {
    const refused = refusedResource(state, resource);
    if (refused !== null) return refused;
  }
  return null;
}

function refusedResource({ settings: { resources } }: State, resource: ResourceName): Decision | null {
  if (resources[resource] !== undefined) return null;
  const declared = (Object.keys(resources) as ResourceName[]).sort(byText);
  return reject(
    'RESOURCE_NOT_FOUND',
    `there is no resource ${resource}: there ${declared.length === 1 ? 'is' : 'are'} ${declared.join(', ')}`,
    { resource, declared },
  );
}

function scopeNotFound(state: State, path: ScopePath | FilePath): Decision {
  const scope = path as ScopePath;
  const lower = scope.toLowerCase();
  const near = [...state.scopes.keys()]
    .filter((path) => {
      const known = path.toLowerCase();
      return known === lower || known.endsWith(`/${lower}`) || lower.endsWith(`/${known}`);
    })
    .sort(byText)
    .slice(0, 5);
  const hint =
    near.length > 0
      ? `did you mean ${near.map((path) => named(path)).join(' or ')}?`
      : '`rhema scope list` shows them all';
  return reject('SCOPE_NOT_FOUND', `no scope ${quote(scope)} is defined: ${hint}`, {
    scope,
    near,
    scopeCount: state.scopes.size,
  });
}
