import type { AgentId, Entry, Event, ScopePath } from '../../core/index.ts';
import type { HistoryFilter } from '../../protocol/index.ts';

/** Whether an entry passes the filter that a history query would apply: for entries that are still to come. */
export function matches(entry: Entry, filter: HistoryFilter): boolean {
  const { agent, scope, sinceMs, untilMs, events } = filter;
  if (sinceMs !== undefined && entry.atMs < sinceMs) return false;
  if (untilMs !== undefined && entry.atMs > untilMs) return false;
  const ofKind = entry.events.filter(
    (event) => events === undefined || events.some((kind) => isOf(event, kind)),
  );
  if (ofKind.length === 0) return false;
  if (agent !== undefined && entry.agent !== agent && !ofKind.some((event) => concernsAgent(event, agent)))
    return false;
  return scope === undefined || ofKind.some((event) => concernsScope(event, scope));
}

const isOf = (event: Event, kind: string): boolean =>
  event.kind === kind || event.kind.startsWith(`${kind}.`);

const concernsAgent = (event: Event, agent: AgentId): boolean => 'agent' in event && event.agent === agent;

function concernsScope(event: Event, scope: ScopePath): boolean {
  if ('scopes' in event) return event.scopes.includes(scope);
  if (!('scope' in event)) return false;
  return (typeof event.scope === 'string' ? event.scope : event.scope.path) === scope;
}
