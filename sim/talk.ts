/** What an agent says to others, and how it hears of what befell it. */
import { parseAgentId, type AgentId } from '../src/core/index.ts';
import {
  hasJoined,
  isNews,
  isToBeKept,
  keepTold,
  newsOf,
  type AgentCommand,
  type AgentSession,
} from '../src/participant/index.ts';
import type { Part } from './part.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { Wishes } from './wishes.ts';
import type { Witness } from './witness.ts';

export interface TalkPorts {
  readonly name: AgentId;
  readonly part: Part;
  readonly random: Random;
  readonly profile: Profile;
  readonly wishes: Wishes;
  readonly witness: Witness;
  readonly nowMs: () => number;
}

type SendMessage = Extract<AgentCommand, { kind: 'SendMessage' }>;

export class Talk {
  readonly #ports: TalkPorts;
  #said = 0;

  constructor(ports: TalkPorts) {
    this.#ports = ports;
  }

  /** A message to one, to all, or to whoever holds something, with a text that no other has. */
  saying(): SendMessage {
    const { name, random, profile, wishes } = this.#ports;
    this.#said += 1;
    const text = `${name} says ${this.#said}`;
    const said = { kind: 'SendMessage', messageKind: 'info', text } as const;
    switch (random.weighted({ one: 3, all: 2, holder: 3 })) {
      case 'one':
        return { ...said, to: { kind: 'agent', agent: agentAt(random.between(0, profile.agents - 1)) } };
      case 'all':
        return { ...said, to: { kind: 'all' } };
      case 'holder':
        return { ...said, messageKind: 'request_release', to: { kind: 'holder', ...wishes.drawOne() } };
    }
  }

  /** As with each command of a person: how far it was told is kept with its session, whichever process goes on under that. */
  async hear(): Promise<void> {
    const { name, part, witness, nowMs } = this.#ports;
    const session = await part.sessions.read(name);
    if (session === null || !hasJoined(session)) return;
    const answer = await newsOf(part.coordinator, session);
    witness.news.push({ ...whoOf(session), after: session.toldUpTo ?? null, answer, atMs: nowMs() });
    const { upTo } = answer;
    if (isToBeKept(session, upTo, isNews(answer))) await keepTold(part.sessions, session, upTo);
  }
}

const whoOf = ({ agent, epoch }: AgentSession): Pick<AgentSession, 'agent' | 'epoch'> => ({ agent, epoch });

/** The name of an agent of a run, which are counted from 0. */
export function agentAt(index: number): AgentId {
  return agentNamed(`agent-${index}`);
}

export function agentNamed(text: string): AgentId {
  const parsed = parseAgentId(text);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}
