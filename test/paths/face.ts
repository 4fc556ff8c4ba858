/** A public interface of the coordinator, as the walks use it. A further one (another protocol, say) is one more file. */
import type { AgentId, Command, Entry } from '../../src/core/index.ts';
import type { ScopesAnswer, StatusAnswer } from '../../src/protocol/index.ts';

export interface Face {
  /** Carries a command out, as the agent or operator who says it. Its time is left out: the owner has its own. */
  perform(command: Command): Promise<Answer>;

  /** What befalls the process behind an agent. All of it is silence; a crash also ends its connection. */
  befall(fault: FaultName, agent: AgentId): Promise<void>;

  /** What can be seen at this moment. Changes nothing. */
  look(): Promise<Shown>;

  /** The command as one would type or send it. */
  inWords(command: Command): string;

  /** Acquires that were told to wait and have not been answered. The walk takes out what it has seen end. */
  readonly waits: Set<Wait>;

  /** Lets go of every connection and session. */
  end(): Promise<void>;
}

export type FaultName = 'Crash' | 'Partition' | 'Heal';

export interface Answer {
  /** Why it was refused; null when it was accepted. */
  readonly code: string | null;
  /** At which revision it was decided; null where the interface has not said so. */
  readonly revision: number | null;
  /** What else the answer says. */
  readonly told: Told;
}

export type Told = Readonly<Record<string, unknown>>;

export interface Wait {
  readonly agent: AgentId;
  /** How the interface says that the wait ended. Asked for once the ticket has gone. */
  readonly end: () => Promise<WaitEnd>;
}

export interface WaitEnd {
  readonly isGranted: boolean;
  readonly told: Told;
}

export interface Shown {
  readonly status: StatusAnswer;
  readonly scopes: ScopesAnswer;
  /** Committed entries with a request id that the model knows, oldest first. */
  readonly requests: readonly Entry[];
}
