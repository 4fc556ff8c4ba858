/** One scope in which many agents hold files and many wait for them, and one in which nobody does. */
import {
  asRevision,
  asTimeMs,
  type Agent,
  type AgentId,
  type Command,
  type FilePath,
  type State,
} from '../src/core/index.ts';
import { carryOut, populatedState } from './core-bench.ts';

export interface Crowd {
  /** Agents that hold files of the scope. */
  readonly holders: number;
  /** Files that each of them holds. */
  readonly filesEach: number;
  /** Agents that wait for one of those files each. */
  readonly waiters: number;
}

export const nobody: Crowd = { holders: 0, filesEach: 0, waiters: 0 };

const atMs = asTimeMs(2);
const agentsInAll = 1_000;

/** The same agents whatever the crowd is; those that are in none are left for whoever measures. */
function stateWith({ holders, filesEach, waiters }: Crowd): State {
  const state = populatedState(agentsInAll, 1);
  for (let holder = 0; holder < holders; holder += 1)
    carryOut(state, asking(agentOf(state, holder), filesOf(holder, filesEach), false));
  for (let waiter = 0; waiter < waiters; waiter += 1) {
    const held = filesOf(waiter % holders, filesEach)[waiter % filesEach];
    if (held !== undefined) carryOut(state, asking(agentOf(state, holders + waiter), [held], true));
  }
  return state;
}

function agentOf(state: State, index: number): Agent {
  const agent = state.agents.get(`agent-${index}` as AgentId);
  if (agent === undefined) throw new Error('nobody there');
  return agent;
}

const filesOf = (holder: number, count: number): FilePath[] =>
  Array.from({ length: count }, (_, file) => `scope-0/${holder}/${file}.ts` as FilePath);

function asking({ id, epoch, session }: Agent, files: readonly FilePath[], isWaiting: boolean): Command {
  const wait = isWaiting ? ({ kind: 'queue', forMs: null } as const) : ({ kind: 'none' } as const);
  const who = { atMs, requestId: null, agent: id, epoch, session };
  return { kind: 'AcquireLock', ...who, scopes: [], files, ttlMs: null, wait, reason: null };
}

/** Acquire and release of files of the scope that nobody else wants; answers pairs per second. */
export function claimPairsPerSecond(crowd: Crowd, pairs: number): number {
  const state = stateWith(crowd);
  const commands = pairsOf(state, agentOf(state, agentsInAll - 1), pairs);
  const startedAt = process.hrtime.bigint();
  for (const command of commands) carryOut(state, command);
  return pairs / (Number(process.hrtime.bigint() - startedAt) / 1e9);
}

function pairsOf(state: State, agent: Agent, pairs: number): Command[] {
  const { id, epoch, session } = agent;
  return Array.from({ length: pairs }, (_, pair): Command[] => {
    const files = [`scope-0/free/${pair % 100}.ts` as FilePath];
    const token = asRevision(state.revision + 2 * pair + 1);
    const who = { atMs, requestId: null, agent: id, epoch, session };
    return [asking(agent, files, false), { kind: 'ReleaseLock', ...who, scopes: [], files, token }];
  }).flat();
}
