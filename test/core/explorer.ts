/**
 * Every state that a few agents can reach on a few scopes within some steps. Two states are the same when the machine
 * cannot tell them apart: times count from now, revisions do not count.
 */
import {
  asTimeMs,
  contendedSince,
  decide,
  decodeState,
  encodeState,
  evolve,
  nextDeadline,
  toEntry,
  violations,
  type Command,
  type State,
} from '../../src/core/index.ts';

/** A step from a state: a command, or time that goes by. */
export interface Step {
  readonly name: string;
  readonly command: (state: State, nowMs: number) => Command | null;
  readonly waitMs: number;
}

export interface Exploration {
  readonly states: number;
  /** Whether that was all: the last level led to no new state. */
  readonly complete: boolean;
  /** Rejection codes and event kinds that came up. */
  readonly seen: ReadonlySet<string>;
}

interface Node {
  readonly encoded: string;
  readonly nowMs: number;
  readonly path: readonly string[];
}

/** Breadth first from a state. Throws at the first violation, with the shortest way to it. */
export function explore(start: State, steps: readonly Step[], depth: number): Exploration {
  const seen = new Set<string>();
  const known = new Set<string>();
  let frontier: Node[] = [{ encoded: encodeState(start), nowMs: start.timeMs, path: [] }];
  for (let level = 0; level < depth; level += 1) {
    const next: Node[] = [];
    for (const node of frontier)
      for (const step of steps) {
        const reached = take(node, step, seen);
        if (reached === null || known.has(reached.key)) continue;
        known.add(reached.key);
        next.push(reached.node);
      }
    frontier = next;
  }
  return { states: known.size, complete: frontier.length === 0, seen };
}

function take(node: Node, step: Step, seen: Set<string>): { key: string; node: Node } | null {
  const state = decodeState(node.encoded);
  const path = [...node.path, step.name];
  const nowMs = node.nowMs + step.waitMs;
  const before = state.revision;
  expireDue(state, nowMs, path);
  const command = step.command(state, nowMs);
  if (command !== null) carryOut(state, command, path, seen);
  if (state.revision === before && step.waitMs === 0) return null;
  return { key: distinguishing(state, nowMs), node: { encoded: encodeState(state), nowMs, path } };
}

function expireDue(state: State, nowMs: number, path: readonly string[]): void {
  const due = nextDeadline(state);
  if (due === null || due > nowMs) return;
  carryOut(state, { kind: 'ExpireDue', atMs: asTimeMs(nowMs), requestId: null }, path, new Set());
  const left = nextDeadline(state);
  if (left !== null && left <= nowMs) throw new Error(`${path.join(', ')}: what is due stays`);
}

function carryOut(state: State, command: Command, path: readonly string[], seen: Set<string>): void {
  const decision = decide(state, command);
  if (decision.kind === 'rejected') seen.add(decision.rejection.code);
  if (decision.kind !== 'committed' || decision.events.length === 0) return;
  for (const event of decision.events) seen.add(event.kind);
  evolve(state, toEntry(state, command, decision));
  const [found] = violations(state);
  if (found !== undefined) throw new Error(`${path.join(', ')}: ${JSON.stringify(found)}`);
}

/** All of a state that decides what can happen next. */
function distinguishing(state: State, nowMs: number): string {
  const ago = (time: number | null): number | null => (time === null ? null : time - nowMs);
  const agents = [...state.agents.values()].map((agent) => [
    [agent.id, agent.status, agent.presence, agent.blockedReason],
    agent.presence === 'lost' ? null : ago(agent.sessionDeadlineMs),
    ago(agent.blockedSinceMs),
  ]);
  const locks = [...state.locks.values()].map((lock) => [
    [lock.target, lock.agent, lock.ttlMs],
    [ago(lock.deadlineMs), ago(lock.contendedSinceMs), ago(contendedSince(state, lock))],
  ]);
  const queue = [...state.tickets.values()].map((waiter) => [
    [waiter.agent, waiter.targets],
    [ago(waiter.sinceMs), ago(waiter.deadlineMs)],
  ]);
  const syncs = [...state.syncs.values()].map((sync) => [
    [sync.scope, sync.status, sync.failures, sync.agent],
    Math.max(0, ago(sync.retryAtMs) ?? 0),
  ]);
  const scopes = [...state.scopes.values()].map((scope) => [scope.path, scope.dependencies]);
  const unordered = [agents, locks, syncs, scopes].map((rows) =>
    rows.map((row) => JSON.stringify(row)).sort(),
  );
  return JSON.stringify([unordered, queue, ago(state.placeWaitSinceMs)]);
}
