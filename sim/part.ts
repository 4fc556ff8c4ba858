import type { AgentId } from '../src/core/index.ts';
import { MemorySessions, Speaker, type AcquirePorts, type JoinPorts } from '../src/participant/index.ts';
import {
  CoordinatorError,
  nothingWritten,
  type Coordinator,
  type CommandRequest,
  type Query,
  type Reply,
  type TicketReply,
  type TicketRequest,
} from '../src/protocol/index.ts';
import { onAbort } from '../src/time/index.ts';
import type { Client } from './client.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** What an agent takes part with. */
export type Part = AcquirePorts &
  JoinPorts & {
    readonly coordinator: Pick<Coordinator, 'submit' | 'awaitTicket' | 'query'>;
    /** Messages that it has not read, as its last answer said. */
    unread(): number;
  };

/** It was told that nothing was written, and left it at that. */
export class LeftItError extends CoordinatorError {}

/** Taking part over the bad network, by the run's own time and chance. */
export function partOf(name: AgentId, client: Client, scheduler: Scheduler, random: Random): Part {
  const time = {
    monotonicMs: () => scheduler.nowMs(),
    wallMs: () => scheduler.nowMs(),
    schedule: (delayMs: number, run: () => void) => scheduler.schedule(delayMs, run),
  };
  let unread = 0;
  const coordinator = {
    submit: async (request: CommandRequest) => {
      const reply = await submit(client, request);
      unread = reply.unread ?? 0;
      return reply;
    },
    awaitTicket: (ticket: TicketRequest, signal?: AbortSignal) => awaitTicket(client, ticket, signal),
    query: <Q extends Query>(query: Q) => client.query(query),
  };
  let requests = 0;
  const newRequestId = (): string => `${name}-${(requests += 1)}`;
  return {
    coordinator,
    speaker: new Speaker({ coordinator, time, newRequestId }),
    sessions: new MemorySessions(),
    time,
    unread: () => unread,
    newSecret: () => `secret of ${name} ${random.next()}`,
  };
}

async function submit(client: Client, request: CommandRequest): Promise<Reply> {
  const reply = await client.submit(request);
  if (reply !== null) return reply;
  const { code, message, details } = nothingWritten(new CoordinatorError('UNAVAILABLE', 'not now'));
  throw new LeftItError(code, message, { details });
}

/** Whoever gives up is told so at once; what it has asked goes on until it has its answer. */
function awaitTicket(client: Client, ticket: TicketRequest, signal?: AbortSignal): Promise<TicketReply> {
  const left = client.awaitTicket(ticket);
  if (signal === undefined) return left;
  return new Promise((resolve, reject) => {
    const off = onAbort(signal)(() => reject(new Error('the wait was given up')));
    left.then(resolve, reject).finally(off);
  });
}
