/** What is said in an agent's name by somebody else: the same commands with another epoch or another secret. */
import { asSessionId, type Agent, type AgentId, type Command, type Epoch } from '../../src/core/index.ts';
import type { Act } from './alphabet.ts';
import type { World } from './world.ts';

/** By name: what the forger presents, given the agent as it is known, if it is. */
const forgeries = {
  earlierEpoch: (known, _others) => ({ ...own(known), epoch: (own(known).epoch - 1) as Epoch }),
  laterEpoch: (known, _others) => ({ ...own(known), epoch: (own(known).epoch + 1) as Epoch }),
  wrongSecret: (known, _others) => ({ ...own(known), session: asSessionId('forged') }),
  othersSecret: (known, [other]) => ({ ...own(known), session: other?.session ?? asSessionId('nobody') }),
} as const satisfies Record<string, (known: Agent | undefined, others: readonly Agent[]) => Identity>;

type Identity = Pick<Agent, 'epoch' | 'session'>;

export type Forgery = keyof typeof forgeries;
export const forgeryNames = Object.keys(forgeries) as readonly Forgery[];

const own = (known: Agent | undefined): Identity => ({
  epoch: known?.epoch ?? (1 as Epoch),
  session: known?.session ?? asSessionId('none'),
});

/** Said whether the agent is heard or not. */
export function forged(act: Act, agent: AgentId, forgery: Forgery): Act {
  return {
    label: `${act.label.slice(0, -1)},${forgery})`,
    command: (world) => {
      const command = act.command(asIfHeard(world, agent));
      if (command === null) return null;
      const others = [...world.state.agents.values()].filter(({ id }) => id !== agent);
      return { ...command, ...forgeries[forgery](world.state.agents.get(agent), others) } as Command;
    },
  };
}

const asIfHeard = (world: World, agent: AgentId): World => ({
  ...world,
  clients: { ...world.clients, [agent]: 'u' },
});
