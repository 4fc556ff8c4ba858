import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, it } from 'vitest';
import { asDurationMs, defaultSettings, rejectionCodes } from '../../src/core/index.ts';
import type { AgentId, RejectionCode, ScopePath, Settings } from '../../src/core/index.ts';
import type { CallerCommand, Coordinator } from '../../src/protocol/index.ts';
import { newRequestId, openBench, scopePath, submit, type Bench } from '../../src/service/testing.ts';
import { explainRefusal } from '../../src/cli/format/refusal.ts';
import { createProgram, runCli } from '../../src/cli/program.ts';
import { Harness, until } from '../../src/cli/testing/harness.ts';
import { syncedTree } from '../../src/cli/testing/samples.ts';
import type { AgentSession } from '../../src/participant/index.ts';
import { refusalOf } from '../support/refusal.ts';

/** What a refusal advises, typed as it stands there, on a real service: the advice must not be refused in turn. */
let bench: Bench;
let harness: Harness;
/** How often somebody has begun to wait. */
let waitsBegun = 0;

beforeEach(async () => {
  let drawn = 0;
  bench = await openBench({ options: { chance: () => (drawn += 1) / 10_000 } });
  harness = new Harness({ coordinator: undisturbed(bench), ...syncedTree });
  await define({ a: [], b: ['a'] });
  for (const name of ['alice', 'bob', 'carol']) await succeed(`agent join ${name}`);
});

/** Each command line closes what it has opened, but the service goes on. */
function undisturbed({ service }: Bench): Coordinator {
  return {
    submit: (request) => service.submit(request),
    awaitTicket: (ticket, signal) => {
      waitsBegun += 1;
      return service.awaitTicket(ticket, signal);
    },
    query: (query) => service.query(query),
    watch: (from, signal) => service.watch(from, signal),
    refresh: async () => {
      const { revision, timeMs: atMs } = await service.query({ kind: 'status', at: null });
      return { revision, atMs, accepted: true, scopes: 2, problems: [] };
    },
    close: async () => undefined,
  };
}

async function define(graph: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const scopes = Object.entries(graph).map(([path, dependencies]) => ({
    path: scopePath(path),
    name: path,
    type: 'package',
    dependencies: dependencies.map(scopePath),
  }));
  await bench.service.submitInternal({ kind: 'DefineScopes', by: 'service', scopes });
}

/** Each in a process of its own, so to say: only sessions and the service are common to all. */
async function type(line: string): Promise<{ readonly code: number; readonly stderr: string }> {
  const { ports } = harness;
  let stderr = '';
  const world = { ...ports.world, newRequestId, newSecret: () => `secret-${newRequestId()}` };
  const output = { ...ports.stderr, write: (text: string) => void (stderr += text) };
  const code = await runCli(line.split(' '), { ...ports, stderr: output, world });
  return { code, stderr };
}

async function succeed(line: string): Promise<void> {
  const { code, stderr } = await type(line);
  expect({ line, code, stderr }).toMatchObject({ line, code: 0 });
}

const sessionOf = (name: string): AgentSession => {
  const session = harness.sessions.get(name as AgentId);
  if (session === undefined) throw new Error(`${name} has no session`);
  return session;
};

/** What another process does in the name of an agent. */
async function elsewhere(command: CallerCommand): Promise<void> {
  expect(await submit(bench.service, command)).toMatchObject({ ok: true });
}

const bobLeaves = () => elsewhere({ kind: 'AgentLeave', ...sessionOf('bob') });
const joinElsewhere = (name: string) =>
  elsewhere({ kind: 'AgentJoin', agent: name as AgentId, secret: 'another', metadata: {} });

async function waits(name: string, ...scopes: readonly string[]): Promise<void> {
  const wait = { kind: 'queue', forMs: null } as const;
  const wish = { scopes: scopes.map((path) => path as ScopePath), ttlMs: null, wait, reason: null };
  await elsewhere({ kind: 'AcquireLock', ...sessionOf(name), ...wish });
}

async function configure(change: Partial<Settings>): Promise<void> {
  const settings = { ...defaultSettings, ...change };
  const reply = await bench.service.submitInternal({ kind: 'Configure', by: 'service', settings });
  expect(reply).toMatchObject({ ok: true });
}

async function failA(): Promise<void> {
  await succeed('sync start a --agent alice');
  const { syncs } = await bench.service.query({ kind: 'status', at: null });
  await succeed(`sync fail a --run ${syncs[0]?.run} --error no --agent alice`);
}

type Act = string | (() => Promise<unknown>);

/** What leads to a refusal, and the command line that is refused. */
const stages: readonly (readonly [RejectionCode, readonly Act[], string])[] = [
  ['AGENT_NOT_FOUND', [bobLeaves], 'lock release --agent bob'],
  ['STALE_EPOCH', [bobLeaves, () => joinElsewhere('bob')], 'lock release --agent bob'],
  [
    'SESSION_MISMATCH',
    [
      () =>
        elsewhere({
          kind: 'AgentResume',
          ...sessionOf('bob'),
          newSecret: 'another',
          way: 'resume',
          from: 'olga',
        }),
    ],
    'lock acquire a --agent bob',
  ],
  [
    'AGENT_LOST',
    [async () => bench.timers.advance(defaultSettings.sessionTtlMs)],
    'lock acquire a --agent bob',
  ],
  ['AGENT_ALREADY_JOINED', [() => joinElsewhere('dave')], 'agent join dave'],
  ['TRANSITION_NOT_ALLOWED', [], 'agent set working --agent bob'],
  ['TRANSITION_NOT_ALLOWED', [], 'agent set blocked --reason asks --agent bob'],
  ['TRANSITION_NOT_ALLOWED', ['lock acquire a --agent bob'], 'agent set idle --agent bob'],
  [
    'TRANSITION_NOT_ALLOWED',
    ['lock acquire a --agent alice', () => waits('bob', 'a')],
    'agent set completed --agent bob',
  ],
  ['SCOPE_NOT_FOUND', [], 'lock acquire nowhere/ --agent bob'],
  ['SCOPE_NOT_FOUND', [], 'lock acquire a/lib/ --agent bob'],
  [
    'ALREADY_WAITING',
    ['lock acquire a --agent alice', () => waits('bob', 'a')],
    'lock acquire b --agent bob',
  ],
  [
    'ALREADY_WAITING',
    ['lock acquire a --agent alice', () => waits('bob', 'a')],
    'lock acquire a --agent bob',
  ],
  [
    'AGENT_BLOCKED',
    ['lock acquire b --agent bob', 'agent set blocked --reason asks --agent bob'],
    'lock acquire a --agent bob',
  ],
  ['AGENT_HOLDS_LOCK', ['lock acquire b --agent bob'], 'lock acquire a --agent bob'],
  [
    'AGENT_HOLDS_LOCK',
    [
      () => configure({ maxLocksPerAgent: 2 }),
      () => define({ a: [], b: ['a'], c: [] }),
      'lock acquire a b --agent bob',
    ],
    'lock acquire c --agent bob',
  ],
  ['LOCK_NOT_HELD', [], 'lock release a --agent bob'],
  ['STALE_FENCING_TOKEN', ['lock acquire a --agent bob'], 'lock renew a --token 1 --agent bob'],
  ['LOCK_HELD', ['lock acquire a --agent alice'], 'lock acquire a --agent bob'],
  ['LOCK_HELD', ['lock acquire a --agent alice'], 'run --scope a -- make'],
  ['LOCK_HELD', ['lock acquire a --agent alice'], 'run --scope a --agent bob -- make'],
  [
    'RESERVED_FOR_WAITER',
    [
      () => configure({ maxLocksPerAgent: 2 }),
      'lock acquire a --agent alice',
      () => waits('carol', 'a', 'b'),
    ],
    'lock acquire b --agent bob',
  ],
  [
    'CONCURRENCY_LIMIT',
    [() => configure({ maxConcurrentAgents: 1 }), 'lock acquire a --agent alice'],
    'lock acquire b --agent bob',
  ],
  [
    'WOULD_DEADLOCK',
    [
      () => configure({ maxLocksPerAgent: 2 }),
      'lock acquire a --agent alice',
      'lock acquire b --agent bob',
      () => waits('alice', 'b'),
    ],
    'lock acquire a --agent bob --wait',
  ],
  ['SYNC_IN_PROGRESS', ['sync start a --agent alice'], 'sync start a --agent bob'],
  ['SYNC_FAILED', [() => configure({ retryBackoffMs: asDurationMs(0) }), failA], 'sync start a --agent bob'],
  ['SYNC_FAILED', [() => configure({ maxRetries: 0 }), failA], 'sync start a --agent bob'],
  ['DEPENDENCY_NOT_SYNCED', [], 'sync start b --agent bob'],
  ['SYNC_NOT_RUNNING', [], 'sync complete a --run 3 --agent bob'],
  ['STALE_SYNC_RUN', ['sync start a --agent bob'], 'sync complete a --run 1 --agent bob'],
  ['NO_RECIPIENT', [], 'say --holder-of a hello --agent bob'],
  ['RETRY_LIMIT_REACHED', [() => configure({ maxRetries: 0 }), failA], 'sync retry a'],
];

const adviceIn = (text: string): string[] =>
  [...text.matchAll(/try: rhema (.*)/g)].map(([, line = '']) => line);

it.each(stages)('%s: what is advised then is not refused (%#)', async (code, before, refused) => {
  for (const act of before) await (typeof act === 'string' ? succeed(act) : act());
  const { stderr } = await type(refused);
  expect(stderr).toContain(`(${code})`);
  const advised = adviceIn(stderr);
  expect(advised).not.toEqual([]);
  for (const line of advised) await follow(line.replace('SCOPE', 'a'));
});

/** A wait has its ticket once it waits. */
async function follow(line: string): Promise<void> {
  if (!line.includes('--wait')) return succeed(line);
  const before = waitsBegun;
  const waiting = type(line);
  await until(() => waitsBegun > before);
  harness.raise('SIGINT');
  expect((await waiting).code).toBe(130);
}

/** Of an operator's own, or in a crowd of agents. */
const notStaged = [
  'AGENT_LIMIT_REACHED',
  'SELF_DEPENDENCY',
  'DEPENDENCY_UNKNOWN',
  'DEPENDENCY_CYCLE',
] as const;

/** As much as any advice looks at. */
const anyFacts = {
  scope: 'a',
  held: ['a'],
  heldIn: ['a'],
  ticket: null,
  failures: 1,
  maxRetries: 3,
  grantedAtMs: 0,
  deadlineMs: 0,
  near: [],
};

it('every refusal that gives advice is staged, or its advice is at least a command', async () => {
  const adviceOf = (code: RejectionCode): string[] =>
    adviceIn(explainRefusal(refusalOf(code, '', anyFacts), {}, 0).join('\n'));
  const advising = rejectionCodes.filter((code) => adviceOf(code).length > 0);
  const staged = new Set<RejectionCode>([...stages.map(([code]) => code), ...notStaged]);
  expect(advising.toSorted()).toEqual([...staged].toSorted());
  for (const line of notStaged.flatMap(adviceOf)) await succeed(line);
});

it('every command line that a message or a help names is one', () => {
  const program = createProgram({ ports: harness.ports, exitCode: 0 });
  const known = (words: readonly string[]): boolean => {
    const first = program.commands.find((command) => command.name() === words[0]);
    return (
      first === undefined ||
      first.commands.length === 0 ||
      first.commands.some((command) => command.name() === words[1])
    );
  };
  const named = sourceTexts().flatMap((text) => [...text.matchAll(/\brhema ([a-z]+) ([a-z]+)/g)]);
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter(([, ...words]) => !known(words)).map(([text]) => text)).toEqual([]);
});

function sourceTexts(): string[] {
  const root = fileURLToPath(new URL('../../src', import.meta.url));
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(root, file), 'utf8'));
}
