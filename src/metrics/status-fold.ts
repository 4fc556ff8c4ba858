/**
 * The status of each agent as the log has it. Most changes have no event of their own: who gets a lock is working by that, who
 * waits is blocked, and who has given back all is idle (`src/core/status.ts` has the rule, and the tests compare both).
 */
import type { Agent, AgentId, AgentStatus, Entry, Event, State } from '../core/index.ts';

interface Standing {
  status: AgentStatus;
  held: number;
  waits: boolean;
  /** Whether it has said itself that it cannot go on. */
  saysBlocked: boolean;
}

export class StatusFold {
  readonly #onChange: (from: AgentStatus, to: AgentStatus) => void;
  readonly #agents = new Map<AgentId, Standing>();

  constructor(onChange: (from: AgentStatus, to: AgentStatus) => void) {
    this.#onChange = onChange;
  }

  begin(agents: State['agents']): void {
    this.#agents.clear();
    for (const agent of agents.values())
      if (agent.presence === 'present') this.#agents.set(agent.id, standingOf(agent));
  }

  /** What an entry does takes effect at once: only before and after count. */
  add({ events }: Entry): void {
    const before = new Map<Standing, AgentStatus>();
    for (const event of events) {
      if (!('agent' in event) || event.agent === undefined || event.agent === null) continue;
      const known = this.#agents.get(event.agent);
      if (known !== undefined && !before.has(known)) before.set(known, known.status);
      this.#take(event.agent, event, known);
    }
    for (const [{ status }, from] of before) if (status !== from) this.#onChange(from, status);
  }

  #take(agent: AgentId, event: Event, known: Standing | undefined): void {
    if (event.kind === 'agent.joined')
      this.#agents.set(agent, { status: 'idle', held: 0, waits: false, saysBlocked: false });
    if (known === undefined) return;
    if (event.kind === 'agent.left' || event.kind === 'agent.lost') {
      this.#agents.delete(agent);
      // Whoever leaves has no status any more; whoever is lost is idle.
      if (event.kind === 'agent.lost') known.status = 'idle';
    } else if (event.kind === 'agent.statusChanged') {
      known.status = event.to;
      known.saysBlocked = event.to === 'blocked';
    } else take(event, known);
  }
}

function take(event: Event, standing: Standing): void {
  if (event.kind === 'lock.granted') standing.held += 1;
  else if (event.kind === 'lock.released' || event.kind === 'lock.expired' || event.kind === 'lock.revoked')
    standing.held -= 1;
  else if (event.kind === 'ticket.issued') standing.waits = true;
  else if (event.kind === 'ticket.ended') standing.waits = false;
  else return;
  // The grant that follows settles the status.
  if (event.kind === 'ticket.ended' && event.cause === 'granted') return;
  settle(standing);
}

function settle(standing: Standing): void {
  const { waits, held, saysBlocked } = standing;
  if (waits) standing.status = 'blocked';
  else if (held === 0) standing.status = 'idle';
  else if (!saysBlocked) standing.status = 'working';
  if (standing.status !== 'blocked') standing.saysBlocked = false;
}

const standingOf = ({ status, held, ticket, blockedReason }: Agent): Standing => ({
  status,
  held: held.size,
  waits: ticket !== null,
  saysBlocked: blockedReason !== null,
});
