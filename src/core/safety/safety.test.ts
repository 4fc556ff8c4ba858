import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { agentId, filePath, Machine, resourceName, scopePath } from '../../../test/support/machine.ts';
import { asDurationMs, asRevision, asTimeMs, type AgentId, type Ticket } from '../ids.ts';
import {
  agentsMax,
  contextFilesPerScopeMax,
  lostAgentsMax,
  recentRequestsMax,
  scopesMax,
  waitersMax,
} from '../limits.ts';
import type { Inbox, Message } from '../message-forms.ts';
import { must } from '../assert.ts';
import { joinLines, leaveLines } from '../lines.ts';
import { putLock } from '../lock-index.ts';
import { anySlotOf, targetOf, type LockName } from '../targets.ts';
import { TicketLine } from '../ticket-line.ts';
import type { Agent, ContextRecord, Lock, State, Sync, Waiter } from '../state.ts';
import { invariantNames, invariants, violations, type InvariantName } from './index.ts';

const alice = agentId('alice');
const docs = scopePath('docs');
const api = scopePath('api');

/**
 * Alice holds docs, for which Bob waits; Carol is blocked by her own word while holding web; Erin is lost; docs is
 * synced, api is being synced on top of it, and web has failed.
 */
function busyState(): State {
  const machine = new Machine({ maxConcurrentAgents: 2, sessionTtlMs: asDurationMs(300_000) });
  machine.define({ docs: [], api: ['docs'], web: [], app: ['api', 'web'] });
  machine.join('erin');
  machine.advance(200_000);
  for (const name of ['alice', 'bob', 'carol', 'dave']) machine.join(name);
  machine.advance(100_000);
  write(machine);
  machine.acquire('carol', 'web');
  machine.say({ kind: 'SetAgentStatus', agent: agentId('carol'), status: 'blocked', reason: 'unsure' });
  machine.acquire('bob', 'docs', { wait: 30_000 });
  machine.acquire('dave', 'api', { wait: 'open' });
  machine.startSync('alice', 'docs');
  machine.completeSync('alice', 'docs');
  machine.startSync('alice', 'api');
  machine.startSync('alice', 'web');
  machine.failSync('alice', 'web');
  return machine.state;
}

function write(machine: Machine): void {
  const digest = 'a'.repeat(64);
  machine.say({
    kind: 'ContextModify',
    agent: alice,
    scope: docs,
    file: 'rhema.yaml',
    token: null,
    digest,
    baseDigest: null,
  });
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const agent = (state: State, name: string): Mutable<Agent> =>
  state.agents.get(agentId(name)) as Mutable<Agent>;
const lock = (state: State): Mutable<Lock> => state.locks.get(docs) as Mutable<Lock>;
const waiter = (state: State): Mutable<Waiter> => [...state.tickets.values()][0] as Mutable<Waiter>;
const sync = (state: State, scope = api): Mutable<Sync> => state.syncs.get(scope) as Mutable<Sync>;
const nobody = 'nobody' as AgentId;

function withdraw(state: State, path: string): void {
  const scope = state.scopes.get(scopePath(path))!;
  state.scopes.set(scope.path, { ...scope, dependencies: [], withdrawn: true });
}

/** A lock that nobody was granted, known to all indexes. */
function hold(state: State, name: string, of: LockName): void {
  const { id, epoch } = agent(state, name);
  const { scope: _scope, ...rest } = lock(state);
  putLock(state, { ...rest, ...of, target: targetOf(of), agent: id, epoch } as Lock);
}

/** Bob waits for a file of docs, not for the whole. */
function waitForFile(state: State): void {
  const bobs = waiter(state);
  leaveLines(state, bobs);
  bobs.targets = [filePath('docs/a.md')];
  joinLines(state, bobs);
}

function depend(state: State, dependencies: readonly string[]): void {
  (state.scopes.get(docs) as { dependencies: readonly string[] }).dependencies = dependencies.map(scopePath);
}

/** For each invariant, ways to break it by hand; each must be noticed under the invariant's own name. */
const damages: { readonly [Name in InvariantName]: Readonly<Record<string, (state: State) => unknown>> } = {
  TypeInvariant: {
    'a setting out of bounds': (state) => (state.settings = { ...state.settings, maxRetries: -1 }),
    'a scope filed under another path': (state) => state.scopes.set(scopePath('x'), state.scopes.get(docs)!),
    'a scope path that is not canonical': (state) =>
      state.scopes.set('x//y' as never, { ...state.scopes.get(docs)!, path: 'x//y' as never }),
    'an agent filed under another name': (state) => state.agents.set(nobody, agent(state, 'bob')),
    'an unknown agent status': (state) => (agent(state, 'bob').status = 'asleep' as never),
    'an agent seen in the future': (state) => (agent(state, 'bob').seenAtMs = asTimeMs(state.timeMs + 1)),
    'a sync filed under another scope': (state) => state.syncs.set(scopePath('web'), sync(state)),
    'an agent from the future': (state) => (agent(state, 'bob').epoch = asRevision(1_000)),
    'an unknown sync status': (state) => (sync(state).status = 'waiting' as never),
    'a lock without a deadline': (state) => (lock(state).deadlineMs = asTimeMs(NaN)),
  },
  ContextConsistency: {
    'a digest that is none': (state) => changeContext(state, { digest: 'short' }),
    'a digest with something before it': (state) => changeContext(state, { digest: `x${'a'.repeat(64)}` }),
    'a digest with something after it': (state) => changeContext(state, { digest: `${'a'.repeat(64)}x` }),
    'a write from the future': (state) => changeContext(state, { revision: asRevision(1_000) }),
  },
  DependencyIntegrity: {
    'a dependency that is no scope': (state) => depend(state, ['nowhere']),
    'a dependency on itself': (state) => depend(state, ['docs']),
  },
  AgentCoordination: {
    'more holders than may be': (state) => (state.settings = { ...state.settings, maxConcurrentAgents: 1 }),
    'a wrong count of holders': (state) => state.index.holders.delete(agentId('carol')),
    'a holder taken for another': (state) => {
      state.index.holders.delete(agentId('carol'));
      state.index.holders.add(agentId('dave'));
    },
  },
  LockConsistency: {
    'a lock filed under another scope': (state) => state.locks.set(api, lock(state)),
    'a lock of no scope': (state) => state.scopes.delete(docs),
    'a holder who has not joined': (state) => (lock(state).agent = nobody),
    'a holder who is lost': (state) => (agent(state, 'alice').presence = 'lost'),
    'a holder of another epoch': (state) => (lock(state).epoch = asRevision(1)),
    'a holder who does not know': (state) => agent(state, 'alice').held.delete(docs),
    'an agent that only thinks that it holds': (state) => agent(state, 'bob').held.add(docs),
    'a file held by another than the whole': (state) =>
      hold(state, 'bob', { scope: docs, file: filePath('docs/a.md') }),
    'a file held in a scope that it is not in': (state) =>
      hold(state, 'alice', { scope: docs, file: filePath('api/a.ts') }),
    'a slot beyond the capacity': (state) =>
      hold(state, 'alice', { resource: resourceName('@git'), slot: 2 }),
    'a slot of no resource': (state) => hold(state, 'alice', { resource: resourceName('@nothing'), slot: 1 }),
    'a file that the index does not know': (state) => {
      hold(state, 'alice', { scope: docs, file: filePath('docs/a.md') });
      state.index.claims.delete(docs);
    },
    'a file too many in the index': (state) => {
      hold(state, 'alice', { scope: docs, file: filePath('docs/a.md') });
      state.index.claims.get(docs)?.files.add(filePath('docs/b.md'));
    },
    'files counted for nobody': (state) => {
      hold(state, 'alice', { scope: docs, file: filePath('docs/a.md') });
      state.index.claims.get(docs)?.byAgent.clear();
    },
    'a scope without files that are held in the index': (state) =>
      state.index.claims.set(docs, { files: new Set(), byAgent: new Map() }),
  },
  OneLockPerAgent: {
    'two locks of one agent': (state) => hold(state, 'alice', { scope: api }),
    'files of two scopes': (state) => hold(state, 'alice', { scope: api, file: filePath('api/a.ts') }),
    'more files than it may hold': (state) => {
      state.settings = { ...state.settings, maxFilesPerAgent: 1 };
      for (const name of ['docs/a.md', 'docs/b.md'])
        hold(state, 'alice', { scope: docs, file: filePath(name) });
    },
    'slots of more resources than it may hold': (state) => {
      state.settings = { ...state.settings, maxResourcesPerAgent: 1 };
      for (const name of ['@git', '@port']) hold(state, 'alice', { resource: resourceName(name), slot: 1 });
    },
    'a wrong count of scopes': (state) => agent(state, 'alice').heldIn.clear(),
    'a wrong count of files': (state) => (agent(state, 'alice').files = 1),
    'a wrong count of resources': (state) => (agent(state, 'alice').resources = 1),
  },
  LockTimeouts: {
    'a deadline before the grant': (state) => (lock(state).deadlineMs = asTimeMs(1)),
    'a deadline at the grant': (state) => (lock(state).deadlineMs = lock(state).grantedAtMs),
    'a deadline without a timer': (state) => state.index.lockDeadlines.delete(docs),
    'a contended lock that is not bounded': (state) => (lock(state).contendedSinceMs = null),
  },
  AgentStateConsistency: {
    'working without a lock': (state) => (agent(state, 'erin').status = 'working'),
    'working while waiting': (state) => (agent(state, 'bob').status = 'working'),
    'working with a lock while waiting': (state) => {
      agent(state, 'bob').status = 'working';
      agent(state, 'bob').held.add(api);
    },
    'blocked without a lock, for a reason': (state) => {
      agent(state, 'erin').status = 'blocked';
      agent(state, 'erin').blockedReason = 'unsure';
    },
    'blocked without a ticket or a reason': (state) => (agent(state, 'alice').status = 'blocked'),
    'idle with a lock': (state) => (agent(state, 'alice').status = 'idle'),
    'completed while waiting': (state) => (agent(state, 'bob').status = 'completed'),
    "another's ticket": (state) => (agent(state, 'dave').ticket = waiter(state).ticket),
    'lost without a time of loss': (state) => (agent(state, 'erin').lostAtMs = null),
    'lost without being listed as lost': (state) => state.index.lostAgents.delete(agentId('erin')),
    'lost but working': (state) => (agent(state, 'erin').status = 'completed'),
    'blocked since never': (state) => (agent(state, 'carol').blockedSinceMs = null),
    'a reason to be blocked while working': (state) => (agent(state, 'alice').blockedReason = 'tired'),
  },
  SyncStatusConsistency: {
    'a sync of no scope': (state) => state.scopes.delete(api),
    'a run that nobody is listed for': (state) => state.index.runningSyncs.delete(alice),
    'a listed run that is over': (state) => (sync(state).status = 'idle'),
    'a runner who is lost': (state) => (agent(state, 'alice').presence = 'lost'),
    'a runner of another epoch': (state) => (sync(state).epoch = asRevision(1)),
    'a completed scope on a dependency that is not': (state) => {
      sync(state).status = 'completed';
      sync(state, docs).status = 'idle';
    },
    'a run on a dependency that is not completed': (state) => (sync(state, docs).status = 'idle'),
  },
  WithdrawnIsInUse: {
    'a withdrawn scope that nobody wants': (state) => withdraw(state, 'app'),
    'a withdrawn scope that depends on others': (state) => {
      withdraw(state, 'docs');
      depend(state, ['web']);
    },
    'a withdrawn scope on which others depend': (state) => withdraw(state, 'web'),
  },
  DependencyGraphProperties: {
    'too many dependencies': (state) => (state.settings = { ...state.settings, maxDependencies: 1 }),
    'dependencies out of order': (state) => depend(state, ['web', 'app']),
    'a dependency named twice': (state) => depend(state, ['web', 'web']),
    'a cycle, which is for another invariant to tell': (state) => depend(state, ['app']),
    'a dependency unknown to the index': (state) => state.index.dependents.delete(docs),
    'a dependent too many in the index': (state) => state.index.dependents.get(docs)?.add(scopePath('web')),
    'a chain too deep': (state) => (state.settings = { ...state.settings, maxScopeDepth: 1 }),
  },
  CircularDependencyPrevention: {
    'a cycle': (state) => depend(state, ['app']),
  },
  DeadlockPrevention: {
    'two who hold one file each and wait for that of the other': (state) => {
      const [a, b] = [filePath('docs/a.md'), filePath('docs/b.md')];
      hold(state, 'bob', { scope: docs, file: a });
      hold(state, 'dave', { scope: docs, file: b });
      for (const [place, target] of [b, a].entries()) {
        const other = [...state.tickets.values()][place] as Mutable<Waiter>;
        leaveLines(state, other);
        other.targets = [target];
        joinLines(state, other);
      }
    },
    'two who wait for each other': (state) => {
      state.settings = { ...state.settings, maxLocksPerAgent: 2 };
      hold(state, 'bob', { scope: api });
      waiter(state).agent = agentId('bob');
      const other = [...state.tickets.values()][1] as Mutable<Waiter>;
      other.agent = alice;
    },
  },
  FencingMonotonic: {
    'a token from the future': (state) => (lock(state).token = asRevision(1_000)),
    "a token from before the holder's join": (state) => (lock(state).token = lock(state).epoch),
    'a grant in the future': (state) => (lock(state).grantedAtMs = asTimeMs(state.timeMs + 1)),
  },
  QueueConsistency: {
    'a queue without tickets': (state) => state.index.queues.set(scopePath('web'), new TicketLine()),
    'a ticket filed under another number': (state) => (waiter(state).ticket = asRevision(1)),
    'tickets out of order': (state) => {
      const [first] = [...state.tickets.keys()] as [Ticket];
      const oldest = state.tickets.get(first)!;
      state.tickets.delete(first);
      state.tickets.set(first, oldest);
    },
    'a ticket of somebody lost': (state) => (agent(state, 'bob').presence = 'lost'),
    'a ticket of another epoch': (state) => (waiter(state).epoch = asRevision(1)),
    'an agent that does not know that it waits': (state) => (agent(state, 'bob').ticket = null),
    'a ticket for no scope': (state) => (waiter(state).targets = [scopePath('nowhere')]),
    'a ticket missing in the queue of its scope': (state) =>
      (waiter(state).targets = [docs, scopePath('web')]),
    'a ticket missing in the queue': (state) => state.index.queue.delete(waiter(state).ticket),
    'an empty queue': (state) => state.index.queues.get(api)?.delete([...state.tickets.keys()][1]!),
    'a ticket in the queue of a scope it does not want': (state) => (waiter(state).targets = [api]),
    'a ticket missing among those for files': (state) => {
      waitForFile(state);
      state.index.fileQueues.delete(docs);
    },
    'a ticket among those for files of a scope of which it wants none': (state) => {
      waitForFile(state);
      state.index.fileQueues.set(api, state.index.fileQueues.get(docs)!);
    },
    'an empty line for files': (state) => state.index.fileQueues.set(api, new TicketLine()),
    'a ticket for no resource': (state) => (waiter(state).targets = [anySlotOf(resourceName('@nothing'))]),
    'an unknown ticket in the queue': (state) => state.index.queue.add(asRevision(1_000)),
    'a ticket that could be granted': (state) =>
      (state.settings = { ...state.settings, maxConcurrentAgents: 3 }),
    'a place that nobody is said to want': (state) => (state.placeWaitSinceMs = null),
  },
  ResourceBounds: {
    'too many agents': (state) => pretendSize(state.agents, agentsMax + 1),
    'too many scopes': (state) => pretendSize(state.scopes, scopesMax + 1),
    'too many tickets': (state) => pretendSize(state.tickets, waitersMax + 1),
    'too many recent requests': (state) => pretendSize(state.recentRequests, recentRequestsMax + 1),
    'too many context files': (state) => {
      for (let number = 0; number <= contextFilesPerScopeMax; number += 1)
        state.scopes.get(docs)?.contexts.set(`${number}.yaml`, {} as ContextRecord);
    },
    'too many lost agents': (state) => {
      for (let number = 0; number <= lostAgentsMax; number += 1)
        state.index.lostAgents.add(agentId(`a${number}`));
    },
  },
  InboxConsistency: {
    'a lost agent with a message': (state) => inbox(state, agentId('erin')).unread.push(message(state, {})),
    'more messages than are kept': (state) => {
      for (let number = 1; number <= 11; number += 1)
        inbox(state).unread.push(message(state, { revision: asRevision(state.revision - 12 + number) }));
    },
    'a message that gave way to nothing': (state) => (inbox(state).gaveWay = 1),
    'a message from itself': (state) => inbox(state).unread.push(message(state, { from: alice })),
    'messages out of order': (state) => inbox(state).unread.push(message(state, {}), message(state, {})),
    'a message to an earlier incarnation': (state) =>
      inbox(state).unread.push(message(state, { revision: asRevision(1) })),
    'a message from the future': (state) =>
      inbox(state).unread.push(message(state, { revision: asRevision(1_000) })),
  },
  BoundedRetries: {
    'more failures than tries': (state) => (sync(state, scopePath('web')).failures = 5),
    'a budget used up before another try': (state) => (sync(state).failures = 4),
  },
  TimeoutManagement: {
    'a session without a timer': (state) => state.index.sessionDeadlines.delete(alice),
    'a block without a timer': (state) => state.index.blockDeadlines.delete(agentId('carol')),
    'a wait without a timer': (state) => state.index.ticketDeadlines.delete(waiter(state).ticket),
    "nobody's session timer": (state) => state.index.sessionDeadlines.set(nobody, asTimeMs(1)),
    "nobody's block timer": (state) => state.index.blockDeadlines.set(nobody, asTimeMs(1)),
    "nobody's wait timer": (state) => state.index.ticketDeadlines.set(asRevision(1_000), asTimeMs(1)),
    "nobody's lease timer": (state) => state.index.lockDeadlines.set(api, asTimeMs(1)),
  },
};

const inbox = (state: State, id = alice): Inbox => must(state.agents.get(id), 'it is known').inbox;

function message({ revision, timeMs: atMs }: State, over: Partial<Message>): Message {
  const way = { kind: 'all' } as const;
  return { revision, atMs, from: null, by: 'ops', messageKind: 'info', way, text: 'hello', ...over };
}

const pretendSize = (collection: { readonly size: number }, size: number): unknown =>
  Object.defineProperty(collection, 'size', { value: size });

function changeContext(state: State, change: Partial<ContextRecord>): void {
  const contexts = state.scopes.get(docs)?.contexts;
  contexts?.set('rhema.yaml', { ...contexts.get('rhema.yaml')!, ...change });
}

test('no invariant is violated in a busy state that was reached by commands', () => {
  expect(violations(busyState())).toEqual([]);
});

/** What each damage is said to be, for each invariant: one file, so that a change of the evidence is seen in review. */
const evidenceFile = join(import.meta.dirname, 'evidence.json');
type Evidence = Record<string, Record<string, string[]>>;

function evidenceOf(name: InvariantName, damage: (state: State) => unknown): string[] {
  const state = busyState();
  damage(state);
  return invariants[name](state).map(({ invariant, subject, evidence }) => {
    expect(invariant).toBe(name);
    return `${subject}: ${evidence}`;
  });
}

function allEvidence(): Evidence {
  return Object.fromEntries(
    invariantNames.map((name) => [
      name,
      Object.fromEntries(
        Object.entries(damages[name]).map(([title, damage]) => [title, evidenceOf(name, damage)]),
      ),
    ]),
  );
}

/** `UPDATE_EVIDENCE=1 npx vitest run src/core/safety` writes the file anew. */
if (process.env['UPDATE_EVIDENCE'] === '1')
  writeFileSync(evidenceFile, `${JSON.stringify(allEvidence(), null, 2)}\n`);

describe.each(invariantNames)('%s notices', (name) => {
  const expected = (JSON.parse(readFileSync(evidenceFile, 'utf8')) as Evidence)[name] ?? {};

  test.each(Object.entries(damages[name]))('%s', (title, damage) => {
    const evidence = evidenceOf(name, damage);
    expect(evidence).not.toEqual([]);
    expect(evidence).toEqual(expected[title]);
  });
});
