import { parseAgentId } from '../../core/index.ts';
import type { HistoryFilter } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { invalidInput, valueOf } from '../errors.ts';
import { eventGroups, eventKinds } from '../format/event-kinds.ts';
import { timeOf } from './moment-of.ts';
import { scopeOf } from './scopes-of.ts';

export interface FilterInput {
  readonly since?: string;
  readonly until?: string;
  readonly agent?: string;
  readonly scope?: string;
  readonly event?: readonly string[];
}

export async function filterOf(call: Call, input: FilterInput): Promise<HistoryFilter> {
  return {
    ...(input.agent === undefined ? {} : { agent: valueOf(parseAgentId(input.agent)) }),
    ...(input.scope === undefined ? {} : { scope: await scopeOf(call, input.scope) }),
    ...(input.since === undefined ? {} : { sinceMs: timeOf(call, input.since) }),
    ...(input.until === undefined ? {} : { untilMs: timeOf(call, input.until) }),
    ...(input.event === undefined ? {} : { events: await Promise.all(input.event.map(eventOf)) }),
  };
}

/** That nothing of an unknown kind happened would be no answer. */
async function eventOf(text: string): Promise<string> {
  const known = [...eventGroups, ...eventKinds];
  if (known.includes(text)) return text;
  const near = await nearestOf(text, known);
  const hint = near === null ? '' : `did you mean ${near}? `;
  const group = eventGroups.find((name) => text.startsWith(`${name}.`));
  const listed =
    group === undefined ? eventGroups : eventKinds.filter((kind) => kind.startsWith(`${group}.`));
  const what = group === undefined ? 'groups of events' : `events of ${group}`;
  throw invalidInput(
    `--event ${JSON.stringify(text)}: there is no such event and no such group: ${hint}The ${what} are ${listed.join(', ')}`,
    { event: text, events: known },
  );
}

async function nearestOf(word: string, candidates: readonly string[]): Promise<string | null> {
  return (await import('../../config/index.ts')).nearest(word, candidates);
}

/** Why nothing may have been found: a name that the log does not know. Null when the names are known. */
export async function unknownName(call: Call, { agent, scope }: HistoryFilter): Promise<string | null> {
  const coordinator = await call.coordinator();
  if (scope !== undefined) {
    const { scopes } = await coordinator.query({ kind: 'scopes' });
    const paths = scopes.map(({ path }) => path);
    if (!paths.includes(scope)) return unknownText(`scope ${scope}`, scope, paths, 'rhema scope list');
  }
  if (agent === undefined) return null;
  const { agents } = await coordinator.query({ kind: 'status', at: null });
  const names = agents.map((view) => view.agent);
  return names.includes(agent) ? null : unknownText(`agent ${agent}`, agent, names, 'rhema agent list');
}

async function unknownText(
  what: string,
  word: string,
  known: readonly string[],
  list: string,
): Promise<string> {
  const near = await nearestOf(
    word,
    known.filter((name) => name !== '.'),
  );
  return `there is no ${what} now: ${near === null ? `see ${list}` : `did you mean ${near}?`}`;
}
