/** Commands that speak for an agent: for each kind, a core that does not look who says it. */
import type { CommandKind } from '../../../src/core/index.ts';
import type { Mutant } from './mutant.ts';

const spokenForAgents: readonly CommandKind[] = [
  'AgentResume',
  'AgentLeave',
  'Heartbeat',
  'SetAgentStatus',
  'AcquireLock',
  'ReleaseLock',
  'RenewLock',
  'CancelWait',
  'ContextModify',
  'StartSync',
  'CompleteSync',
  'FailSync',
];

const forged = { file: 'gate.ts', model: 'Forged21', caughtBy: 'graph' } as const;

/** One place of the gate, taken out for one kind of command. */
const withoutGuardFor = (kind: CommandKind, what: string, guard: string): Mutant => ({
  ...forged,
  name: `${what} of ${kind} is not compared`,
  find: `if (${guard})`,
  replace: `if ((command as unknown as { kind: string }).kind !== '${kind}' && ${guard})`,
});

export const forgedMutants: readonly Mutant[] = [
  ...spokenForAgents.flatMap((kind) => [
    withoutGuardFor(kind, 'the epoch', 'command.epoch !== agent.epoch'),
    withoutGuardFor(kind, 'the secret', 'command.session !== agent.session'),
  ]),
  {
    ...forged,
    name: 'only an earlier epoch is refused',
    find: 'command.epoch !== agent.epoch',
    replace: 'command.epoch < agent.epoch',
  },
  {
    ...forged,
    name: 'only a later epoch is refused',
    find: 'command.epoch !== agent.epoch',
    replace: 'command.epoch > agent.epoch',
  },
  {
    ...forged,
    name: 'the secret of any agent speaks for all',
    find: 'command.session !== agent.session',
    replace: '![...state.agents.values()].some(({ session }) => session === command.session)',
  },
  {
    ...forged,
    name: 'who knows the secret need not know the epoch',
    find: 'command.epoch !== agent.epoch',
    replace: 'command.epoch !== agent.epoch && command.session !== agent.session',
  },
];
