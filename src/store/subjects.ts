/**
 * What an entry concerns, as keys by which it can be found. Renewals are many and tell nothing of how things came to be as
 * they are, so an entry that concerns something only by renewing it is under a key of its own.
 */
import { beginningOf, concernedBy } from '../core/index.ts';
import type { AgentId, Entry, Event, Revision, SubjectName } from '../core/index.ts';

/** A key of the index: `changed scope src/api`, `event lock.granted`. */
export type Subject = string;

/** Matches an entry that has, of each of these lists, at least one subject. */
export type EntrySearch = readonly (readonly Subject[])[];

/** `renewed`: the entry does no more to it than renew it. */
type Manner = 'changed' | 'renewed';

/** Of a scope, of a file, or of a resource: no two of them have the same name. */
export const nameSubject = (name: SubjectName, manner: Manner): Subject => `${manner} scope ${name}`;
export const agentSubject = (agent: AgentId, manner: Manner): Subject => `${manner} agent ${agent}`;
/** Of a kind of event, or of all kinds that begin with a word: `lock.granted`, `lock`. */
export const eventSubject = (kind: string): Subject => `event ${kind}`;

export function isRenewal(event: Event): boolean {
  return event.kind === 'agent.renewed' || event.kind === 'lock.renewed';
}

/** The entry at a revision; null where it cannot be read. */
export type EntryAt = (revision: Revision) => Entry | null;

/** Without repeats. */
export function subjectsOf(entry: Entry, entryAt: EntryAt): Subject[] {
  const { agent, events } = entry;
  const [only] = events;
  if (events.length === 1 && only?.kind === 'agent.renewed') return renewalSubjects(only, agent);
  const found = new Set<Subject>();
  for (const event of events) if (!isRenewal(event)) addConcerned(found, event, 'changed', entryAt);
  for (const event of events) if (isRenewal(event)) addConcerned(found, event, 'renewed', entryAt);
  if (agent !== null) addUnlessChanged(found, agentSubject(agent, 'changed'), agentSubject(agent, 'renewed'));
  for (const event of events) for (const subject of kindSubjects(event)) found.add(subject);
  return [...found];
}

/** Of each kind that was met. */
const subjectsOfKinds = new Map<string, readonly Subject[]>();

function kindSubjects({ kind }: Event): readonly Subject[] {
  const known = subjectsOfKinds.get(kind);
  if (known !== undefined) return known;
  const subjects = [eventSubject(kind), eventSubject(kind.slice(0, kind.indexOf('.')))];
  subjectsOfKinds.set(kind, subjects);
  return subjects;
}

/** Most entries are heartbeats: their subjects are known without a set. */
function renewalSubjects(event: Extract<Event, { kind: 'agent.renewed' }>, agent: AgentId | null): Subject[] {
  const subjects = [...kindSubjects(event), agentSubject(event.agent, 'renewed')];
  if (agent !== null && agent !== event.agent) subjects.push(agentSubject(agent, 'renewed'));
  for (const name of concernedBy(event).names) subjects.push(nameSubject(name, 'renewed'));
  return subjects;
}

function addConcerned(found: Set<Subject>, event: Event, manner: Manner, entryAt: EntryAt): void {
  const beginning = beginningOf(event);
  const { names, agents } = concernedBy(event, beginning === null ? null : entryAt(beginning));
  for (const name of names) addUnlessChanged(found, nameSubject(name, 'changed'), nameSubject(name, manner));
  for (const agent of agents)
    addUnlessChanged(found, agentSubject(agent, 'changed'), agentSubject(agent, manner));
}

function addUnlessChanged(found: Set<Subject>, changed: Subject, subject: Subject): void {
  if (!found.has(changed)) found.add(subject);
}

/** Whether these subjects are what a search asks for. */
export function isFound(subjects: readonly Subject[], search: EntrySearch): boolean {
  return search.every((alternatives) => alternatives.some((subject) => subjects.includes(subject)));
}
