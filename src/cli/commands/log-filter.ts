import { eventGroups, eventKinds, parseAgentIdForm, type FilePath } from '../../core/index.ts';
import type { HistoryFilter } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { invalidInput, valueOf } from '../answer/errors.ts';
import { timeOf } from './moment-of.ts';
import { leadTo } from './scope-lead.ts';
import { fileTrouble, notThere, oneNameOf } from './named.ts';

export interface FilterInput {
  readonly since?: string;
  readonly until?: string;
  readonly agent?: string;
  readonly scope?: string;
  readonly event?: readonly string[];
}

export async function filterOf(call: Call, input: FilterInput): Promise<HistoryFilter> {
  return {
    ...(input.agent === undefined ? {} : { agent: valueOf(parseAgentIdForm(input.agent)) }),
    ...(input.scope === undefined ? {} : await oneNameOf(call, input.scope)),
    ...(input.since === undefined ? {} : { sinceMs: timeOf(call, input.since) }),
    ...(input.until === undefined ? {} : { untilMs: timeOf(call, input.until) }),
    ...(input.event === undefined ? {} : { events: await Promise.all(input.event.map(eventOf)) }),
  };
}

/** That nothing of an unknown kind happened would be no answer. */
async function eventOf(text: string): Promise<string> {
  const known: readonly string[] = [...eventGroups, ...eventKinds];
  if (known.includes(text)) return text;
  const near = await nearestOf(text, known);
  const group = eventGroups.find((name) => text.startsWith(`${name}.`));
  const listed =
    group === undefined ? eventGroups : eventKinds.filter((kind) => kind.startsWith(`${group}.`));
  const what = group === undefined ? 'groups of events' : `events of ${group}`;
  const lead = near === null ? '; the' : `: did you mean ${near}? The`;
  throw invalidInput(
    `--event ${JSON.stringify(text)}: there is no such event and no such group${lead} ${what} are ${listed.join(', ')}`,
    { event: text, events: known },
  );
}

async function nearestOf(word: string, candidates: readonly string[]): Promise<string | null> {
  return (await import('../../config/index.ts')).nearest(word, candidates);
}

/** Why nothing may have been found: a name that the log does not know, or that no file has. Null when the names are known. */
export async function unknownName(call: Call, { agent, scope, file }: HistoryFilter): Promise<string | null> {
  const coordinator = await call.coordinator();
  if (scope !== undefined) {
    const known = await coordinator.query({ kind: 'scopes' });
    if (known.scopes.every(({ path }) => path !== scope)) {
      const lead = await leadTo(call, known, scope);
      return unknownText(`scope ${scope}`, lead?.told ?? null, 'rhema scope list');
    }
  }
  const trouble = file === undefined ? null : ((await fileTrouble(call, file)) ?? (await absent(call, file)));
  if (trouble !== null || agent === undefined) return trouble;
  const { agents } = await coordinator.query({ kind: 'status', at: null });
  const names = agents.map((view) => view.agent);
  if (names.includes(agent)) return null;
  const near = await nearestOf(agent, names);
  return unknownText(`agent ${agent}`, near === null ? null : `did you mean ${near}?`, 'rhema agent list');
}

/** A word that is no scope is a file in the top scope, also where there is none: whoever misspelt a scope has to learn it. */
async function absent(call: Call, file: FilePath): Promise<string | null> {
  if (!(await notThere(call, [file])).has(file)) return null;
  return unknownText(`scope or file ${file}`, null, 'rhema scope list');
}

function unknownText(what: string, lead: string | null, list: string): string {
  return `there is no ${what} now: ${lead ?? `see ${list}`}`;
}
