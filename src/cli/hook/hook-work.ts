import type { HookCall, HookClient } from '../../hooks/index.ts';
import type { Call } from '../call.ts';
import type { Repository } from '../world/world.ts';
import type { SessionMemory } from './memory.ts';

/** One hook of a client in a repository where agents are coordinated. */
export interface HookWork {
  readonly call: Call;
  readonly client: HookClient;
  readonly asked: HookCall;
  readonly repository: Repository;
  readonly worktree: string;
  readonly memory: SessionMemory;
  /** What the agent has to be told whatever becomes of the act, such as that it was lost. */
  readonly aside: string[];
  /** The answer may take so much longer than an answer may: the agent waits for its turn. */
  readonly mayTakeLonger: (byMs: number) => void;
}

/** Whose claims are kept where. */
export type Claiming = Pick<HookWork, 'call' | 'repository' | 'worktree' | 'memory'>;
