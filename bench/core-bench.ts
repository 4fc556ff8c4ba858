import {
  asRequestId,
  asRevision,
  asSessionId,
  asTimeMs,
  decide,
  defaultSettings,
  evolve,
  initialState,
  toEntry,
  type AgentId,
  type Command,
  type ScopePath,
  type State,
} from '../src/core/index.ts';

export function carryOut(state: State, command: Command): void {
  const decision = decide(state, command);
  if (decision.kind !== 'committed') throw new Error(`not accepted: ${JSON.stringify(decision)}`);
  evolve(state, toEntry(state, command, decision));
}

/** Agents and scopes, everyone idle and everything free. */
export function populatedState(agents: number, scopes: number): State {
  const state = initialState({ ...defaultSettings, maxConcurrentAgents: agents });
  const atMs = asTimeMs(1);
  carryOut(state, {
    kind: 'DefineScopes',
    atMs,
    requestId: null,
    by: 'bench',
    scopes: Array.from({ length: scopes }, (_, index) => ({
      path: `scope-${index}` as ScopePath,
      name: `scope-${index}`,
      type: 'library',
      dependencies: [],
    })),
  });
  for (let index = 0; index < agents; index += 1)
    carryOut(state, {
      kind: 'AgentJoin',
      atMs,
      requestId: null,
      agent: `agent-${index}` as AgentId,
      session: asSessionId('s'),
      metadata: {},
    });
  return state;
}

const chunk = 1_000;

/** Acquire and release by one agent after another; answers pairs per second. Making the commands is not timed. */
export function pairsPerSecond(agents: number, scopes: number, pairs: number, withIds = true): number {
  const state = populatedState(agents, scopes);
  let spentNs = 0n;
  for (let done = 0; done < pairs; done += chunk) {
    const commands = pairCommands(state, done, chunk, withIds);
    const startedAt = process.hrtime.bigint();
    for (const command of commands) carryOut(state, command);
    spentNs += process.hrtime.bigint() - startedAt;
  }
  return pairs / (Number(spentNs) / 1e9);
}

function pairCommands(state: State, from: number, pairs: number, withIds: boolean): Command[] {
  const agents = [...state.agents.values()];
  const scopes = [...state.scopes.keys()];
  const commands: Command[] = [];
  for (let pair = from; pair < from + pairs; pair += 1) {
    const agent = agents[pair % agents.length];
    const scope = scopes[(pair * 7) % scopes.length];
    if (agent === undefined || scope === undefined) throw new Error('nobody there');
    const { id, epoch, session } = agent;
    const atMs = asTimeMs(2 + Math.floor(pair / 100));
    // Each is an entry of its own, so the grant of this pair has the next number.
    commands.push(
      {
        kind: 'AcquireLock',
        atMs,
        requestId: withIds ? asRequestId(`acquire-${pair}`) : null,
        agent: id,
        epoch,
        session,
        scopes: [scope],
        ttlMs: null,
        wait: { kind: 'none' },
        reason: null,
      },
      {
        kind: 'ReleaseLock',
        atMs,
        requestId: withIds ? asRequestId(`release-${pair}`) : null,
        agent: id,
        epoch,
        session,
        scopes: [scope],
        token: asRevision(state.revision + commands.length + 1),
      },
    );
  }
  return commands;
}
