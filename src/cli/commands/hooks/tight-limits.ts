/** Limits by which an agent is refused what nobody holds, where its client locks each file that it edits. */
import { settingBounds } from '../../../core/index.ts';
import type { Call } from '../../call.ts';
import type { Scan } from '../../world/world.ts';
import { agentsUnlessSaid, agentsWithHooks } from '../init-questions.ts';

export interface TightLimit {
  readonly problem: string;
  /** With the line to write. */
  readonly remedy: string;
}

export function tightLimits({ settings, definitions }: Pick<Scan, 'settings' | 'definitions'>): TightLimit[] {
  const { maxLocksPerAgent, maxConcurrentAgents } = settings;
  const scopes = definitions.length;
  return [
    ...(maxLocksPerAgent < scopes
      ? [
          {
            problem: `max_locks_per_agent is ${maxLocksPerAgent}, and there are ${scopes} scopes: who has edited in so many is refused in the next, though nobody is there`,
            remedy: written(`max_locks_per_agent: ${settingBounds.maxLocksPerAgent[1]}`),
          },
        ]
      : []),
    ...(maxConcurrentAgents < agentsUnlessSaid
      ? [
          {
            problem: `max_concurrent_agents is ${maxConcurrentAgents}: one agent more is refused each file, though nobody has it`,
            remedy: written(`max_concurrent_agents: ${agentsWithHooks}`),
          },
        ]
      : []),
  ];
}

const written = (text: string): string =>
  `write under agent_coordination in the rhema.yaml of the top folder: ${text}`;

/** Of what stands in the files now. */
export async function tightHere(call: Call): Promise<readonly string[]> {
  const found = tightLimits(await call.world.inspection.scan(await call.repository()));
  return found.map(({ problem, remedy }) => `${problem}; ${remedy}`);
}
