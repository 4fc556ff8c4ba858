import type { AgentId } from '../../core/index.ts';
import type { AgentView } from '../../protocol/index.ts';
import { sleep } from '../../time/index.ts';
import { readOrNull } from '../joining.ts';
import { hasJoined, type AgentSession, type Occupant } from '../session.ts';
import type { DeskPorts } from './ports.ts';

/** Somebody of that name who is present, and does not speak through this client. */
export interface Other {
  readonly view: AgentView;
  /** The live process of this user that keeps it. */
  readonly occupant: Occupant | null;
  /** Whether its process has ended and its session is here, so that one may go on as it. */
  readonly isResumable: boolean;
}

/** A client that reconnects may start the new process before the old one is quite gone. */
const looksAgain = 4;
const lookAgainMs = 250;

/** Who has which name, by the coordinator and by the sessions of this user. */
export class NameBook {
  readonly #ports: Pick<DeskPorts, 'coordinator' | 'sessions' | 'time'>;

  constructor(ports: Pick<DeskPorts, 'coordinator' | 'sessions' | 'time'>) {
    this.#ports = ports;
  }

  /** Who is present, by name. */
  async present(): Promise<ReadonlyMap<AgentId, AgentView>> {
    const { agents } = await this.#ports.coordinator.query({ kind: 'status', at: null });
    return new Map(agents.filter(({ presence }) => presence === 'present').map((view) => [view.agent, view]));
  }

  /** A session that is damaged is none: joining anew makes another. */
  session(name: AgentId): Promise<AgentSession | null> {
    return readOrNull(this.#ports.sessions, name);
  }

  /** The live process that keeps a name; null when it is ours now. */
  async occupy(name: AgentId): Promise<Occupant | null> {
    const { sessions, time } = this.#ports;
    for (let look = 0; ; look += 1) {
      const occupation = await sessions.occupy(name);
      if (occupation.kind === 'ours') return null;
      if (look === looksAgain) return occupation.by;
      await sleep(time, lookAgainMs);
    }
  }

  /** Who is present under a name; null when nobody is. */
  async otherCalled(name: AgentId): Promise<Other | null> {
    const view = (await this.present()).get(name);
    if (view === undefined) return null;
    const occupant = await this.#ports.sessions.occupant(name);
    const session = await this.session(name);
    const isKnown = session?.epoch === view.epoch || (session !== null && !hasJoined(session));
    return { view, occupant, isResumable: occupant === null && isKnown };
  }
}
