/** Steps that an interface has no way to take, each with the reason. */
import type { Edge, Obstacles } from './route.ts';

type Reasons = readonly (readonly [RegExp, string])[];

export const obstacleToClient: Obstacles = (edge) =>
  edge.label === 'TakeOver(first)'
    ? 'only the first owner of a new log takes it over as the first'
    : obstacleToSettings(edge);

/** Files that ask for less than somebody may be counting on are heeded once nobody works, also where the core would not mind. */
function obstacleToSettings({ label, source, target, constants }: Edge): string | null {
  if (!/^Configure\(\d+\)$/.test(label) || !isBusy(source)) return null;
  const placesIn = (state: string): number =>
    Number(/places=(\d+)/.exec(state)?.[1] ?? constants.maxConcurrentAgents);
  return placesIn(target) < placesIn(source) ? 'tighter settings wait until nobody works' : null;
}

function isBusy(state: string): boolean {
  const { locks, queue } = partsOf(state);
  return queue !== '' || locks.some((lock) => lock !== '-') || /\bs\.\d/.test(state.split('|')[5] ?? '');
}

/** Why a step cannot be typed, by what the labels of such steps have in common. */
const cliObstacles: Reasons = [
  [/^ContextModify/, 'no command writes context files'],
  [/^GitOperation/, 'no command tells of a Git operation'],
  [/,r\d+\)/, 'no option gives a command its request id'],
  [/^RemoveScope.*!SCOPE_NOT_FOUND$/, 'a file that is not there cannot be deleted'],
  [/^TakeOver/, 'a command that waits starts the next owner itself, with a clock of its own'],
  [/^(RemoveScope|DefineScope).*!DEPENDENCY_UNKNOWN$/, 'files are taken over without what they name in vain'],
  [/^DefineScope.*\+.*!SELF_DEPENDENCY$/, 'of two mistakes in a file the unknown name is reported'],
];

export const obstacleToCli: Obstacles = (edge) => reasonIn(cliObstacles, edge) ?? obstacleToClient(edge);

/** A process that waits keeps its agent present by a clock that is not in our hands. */
export const obstacleToProcesses: Obstacles = (edge) => {
  const [agents = ''] = edge.target.split('|');
  const isSessionTimed = /(^|;)[iwbc]\.\d/.test(agents);
  const isWaitedFor = partsOf(edge.target).queue !== '';
  return isSessionTimed && isWaitedFor
    ? 'a process that waits sends heartbeats by its own clock'
    : obstacleToCli(edge);
};

/** Why a step cannot be taken through MCP, by what the labels of such steps have in common. */
const mcpObstacles: Reasons = [
  [/,r\d+\)/, 'no argument gives a command its request id'],
  [/^ContextModify.*!SCOPE_NOT_FOUND$/, 'a file that is in no other scope is in the root scope'],
];

export const obstacleToMcp: Obstacles = (edge) =>
  reasonIn(mcpObstacles, edge) ?? obstacleToResume(edge) ?? obstacleToWaits(edge) ?? obstacleToClient(edge);

/** Whoever goes on as an agent is heard, as by a heartbeat: where a lease has become shorter, that is a step more. */
function obstacleToResume({ label, target, constants }: Edge): string | null {
  const [, agent] = /^AgentResume\((\w+)\)$/.exec(label) ?? [];
  if (agent === undefined) return null;
  const held = partsOf(target).locks.filter((lock) => lock.startsWith(`${agent}.`));
  const isWhole = held.every((lock) => lock.startsWith(`${agent}.${constants.lockTtl}.`));
  return isWhole ? null : 'agent_join renews the leases as well';
}

/** Of a wait and a block the earlier end is shown: where blocks end, no wait of a model ends before. */
function obstacleToWaits({ target }: Edge): string | null {
  const [agents = ''] = target.split('|');
  const hasEnd = (part: string): boolean => /\.\d+(;|$)/.test(part);
  return hasEnd(partsOf(target).queue) && !hasEnd(agents) ? 'no argument ends a wait' : null;
}

function reasonIn(reasons: Reasons, { label }: Edge): string | null {
  return reasons.find(([pattern]) => pattern.test(label))?.[1] ?? null;
}

/** Of a state in canonical form. */
function partsOf(state: string): { readonly locks: readonly string[]; readonly queue: string } {
  const [, , locks = '', queue = ''] = state.split('|');
  return { locks: locks.split(';'), queue };
}
