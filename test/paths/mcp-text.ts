/** What MCP shows is text. It is read here, and takes the place of what the client library shows. */
import type { AgentId, AgentStatus, ScopePath, SyncStatus } from '../../src/core/index.ts';
import type { AgentView, LockView, ScopeView, SyncView, WaiterView } from '../../src/protocol/index.ts';
import type { Shown } from './face.ts';

/** Of `coordination_status` and of `rhema://scopes`. */
export interface Texts {
  readonly status: string;
  readonly scopes: string;
}

/**
 * What is shown, as the texts tell it. Only what they leave out is as it was: deadlines of sessions, waits and back-offs, and
 * leases of more than a minute. Throws where a text tells of somebody or something that is not there at all.
 */
export function asTold({ status, scopes, requests }: Shown, texts: Texts, nowMs: number): Shown {
  const [, revision, limit] = expectMatch(
    /^Revision (\d+);.* at most (\d+) agents? at once may hold/,
    texts.status,
  );
  const sections = sectionsOf(texts.status);
  const linesOf = (title: string): readonly string[] => sections.get(title) ?? [];
  const told = {
    ...status,
    revision: Number(revision) as typeof status.revision,
    settings: { ...status.settings, maxConcurrentAgents: Number(limit) },
    agents: linesOf('Agents').map((line) => toAgent(line, status.agents)),
    locks: linesOf('Locks').map((line) => toLock(line, status.locks, nowMs)),
    waiters: linesOf('Queue, in order').map((line, index) => toWaiter(line, index, status.waiters)),
    syncs: toSyncs(linesOf('Syncs that are not completed'), status.syncs),
  };
  const lines = texts.scopes.split('\n').filter((line) => line.startsWith('"'));
  const views = lines.map((line) => toScope(line, scopes.scopes));
  return { status: told, scopes: { ...scopes, scopes: views }, requests };
}

/** The lines of each list, by its title. */
function sectionsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split('\n'))
    if (line.startsWith('- ')) lines.push(line.slice(2));
    else sections.set(line.replace(/:.*$/, ''), (lines = []));
  return sections;
}

function toAgent(line: string, views: readonly AgentView[]): AgentView {
  const [, agent, status] = expectMatch(/^(\S+) is (\w+)\b.*; seen /, line);
  const [, held = ''] = /; holds ([^;]+);/.exec(line) ?? [];
  const view = found(views, (one) => one.agent === agent, line);
  const isLost = status === 'lost';
  return {
    ...view,
    presence: isLost ? 'lost' : 'present',
    status: isLost ? view.status : (status as AgentStatus),
    held: namesIn(held),
  };
}

function toLock(line: string, views: readonly LockView[], nowMs: number): LockView {
  const pattern =
    /^"([^"]+)" by (\S+?),? for .*; (?:lease (.+) more|its lease ended .+ ago, which is still to be written|(?:its holder is blocked, so )?it ends.+ unless renewed); token (\d+)(?:; (\d+) agents? in the queue)?(?:; withdrawn)?$/;
  const [, scope, agent, lease = '', token, queueLength = '0'] = expectMatch(pattern, line);
  const view = found(views, (one) => one.scope === scope, line);
  return {
    ...view,
    agent: agent as AgentId,
    token: Number(token) as LockView['token'],
    deadlineMs: (momentAfter(lease, nowMs) ?? view.deadlineMs) as LockView['deadlineMs'],
    queueLength: Number(queueLength),
  };
}

function toWaiter(line: string, index: number, views: readonly WaiterView[]): WaiterView {
  const [, agent, scopes = '', ticket] = expectMatch(/^(\S+) waits for (.+), for .*; ticket (\d+)$/, line);
  const view = found(views, (one) => one.ticket === Number(ticket), line);
  return { ...view, agent: agent as AgentId, scopes: namesIn(scopes), position: index + 1 };
}

function toSyncs(lines: readonly string[], views: readonly SyncView[]): SyncView[] {
  const told = lines.map((line) => toSync(line, views));
  return views.map(
    (view) => told.find(({ scope }) => scope === view.scope) ?? { ...view, status: 'completed' },
  );
}

function toSync(line: string, views: readonly SyncView[]): SyncView {
  const pattern = /^"([^"]+)" (\w+)(?:, run (\d+) by (\S+?))?(?:: ".*"; (\d+) (?:retry|retries) left)?$/;
  const [, scope, status, run, agent] = expectMatch(pattern, line);
  return {
    ...found(views, (one) => one.scope === scope, line),
    status: status as SyncStatus,
    run: run === undefined ? null : (Number(run) as NonNullable<SyncView['run']>),
    agent: agent === undefined || agent === 'nobody' ? null : (agent as AgentId),
  };
}

function toScope(line: string, views: readonly ScopeView[]): ScopeView {
  const pattern =
    /^"([^"]+)" \("[^"]*"\), sync (\w+)(?:, depends on ([^,]+))?(?:, held by ([^\s,]+))?(?:, withdrawn)?$/;
  const [, path, syncStatus, dependencies = '', holder] = expectMatch(pattern, line);
  return {
    ...found(views, (one) => one.path === path, line),
    syncStatus: syncStatus as SyncStatus,
    dependencies: namesIn(dependencies),
    holder: holder === undefined ? null : (holder as AgentId),
  };
}

const namesIn = (text: string): ScopePath[] =>
  [...text.matchAll(/"([^"]+)"/g)].map(([, name]) => name as ScopePath);

/** The moment after `3 s`; null for longer times, which are rounded. */
function momentAfter(duration: string, nowMs: number): number | null {
  const [, seconds] = /^(\d+) s$/.exec(duration) ?? [];
  return seconds === undefined ? null : nowMs + Number(seconds) * 1_000;
}

function expectMatch(pattern: RegExp, text: string): RegExpExecArray {
  const match = pattern.exec(text);
  if (match === null) throw new Error(`MCP shows what is not understood: ${text}`);
  return match;
}

function found<T>(views: readonly T[], isMeant: (view: T) => boolean, line: string): T {
  const view = views.find(isMeant);
  if (view === undefined) throw new Error(`MCP shows what is not there: ${line}`);
  return view;
}
