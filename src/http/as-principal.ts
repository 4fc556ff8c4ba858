import { forbidden, mayBe, refusalOf } from '../access/index.ts';
import {
  type CallerCommand,
  type CommandRequest,
  type Coordinator,
  type Principal,
  type RefreshOptions,
  type Reply,
} from '../protocol/index.ts';
import type { HttpCoordinator, HttpPorts } from './ports.ts';

type Way = 'http' | 'mcp';

/** Says a command as whoever was let in. Throws `FORBIDDEN` for one that the role does not allow. */
export function submitAs(
  coordinator: Pick<HttpCoordinator, 'submit'>,
  principal: Principal,
  request: CommandRequest,
  way: Way,
): Promise<Reply> {
  const refusal = refusalOf(principal, request.command);
  if (refusal !== null) throw refusal;
  return coordinator.submit(withoutProcess(request), { name: principal.name, way });
}

/** What an operator says is said in the name of its token, whatever it calls itself. */
export function saidBy<C extends object>({ role, name }: Principal, command: C): C {
  return role === 'operator' && !('agent' in command) ? { ...command, by: name } : command;
}

/** A process of another machine cannot be seen from here: its agent would be taken for dead. It is kept by its renewals. */
function withoutProcess(request: CommandRequest): CommandRequest {
  if (!('process' in request.command)) return request;
  const { process: _, ...rest } = request.command;
  return { ...request, command: rest as CallerCommand };
}

/** Throws `FORBIDDEN` where whoever was let in may not have the scope files read again. */
export function refuseRefresh(principal: Principal, { acceptNone }: RefreshOptions): void {
  if (principal.role === 'observer') throw forbidden(principal, 'may only look, not refresh');
  if (acceptNone === true && principal.role !== 'operator')
    throw forbidden(principal, 'may not say that there are no scopes: that is an operator’s');
}

/** Throws `FORBIDDEN` where whoever was let in may not take part under a name. */
export function refuseWaitAs(principal: Principal, agent: string): void {
  if (!mayBe(principal, agent)) throw forbidden(principal, `may not wait as ${agent}`);
}

/** The port as whoever was let in has it, by what it may do at each moment. */
export function coordinatorAs(
  { coordinator }: Pick<HttpPorts, 'coordinator'>,
  now: () => Principal,
  way: Way,
): Coordinator {
  return {
    submit: async (request) => {
      const principal = now();
      const command = saidBy(principal, request.command);
      return submitAs(coordinator, principal, { ...request, command }, way);
    },
    awaitTicket: async (ticket, signal) => {
      refuseWaitAs(now(), ticket.agent);
      return coordinator.awaitTicket(ticket, signal);
    },
    query: (query) => coordinator.query(query),
    watch: (from, signal) => coordinator.watch(from, signal),
    refresh: async (options = {}) => {
      refuseRefresh(now(), options);
      return coordinator.refresh(options);
    },
    close: () => Promise.resolve(),
  };
}
