/** Moves for random tests: small plain values, which a failing run can print and shrink, read as commands. */
import fc from 'fast-check';
import {
  asDurationMs,
  asSessionId,
  type AgentStatus,
  type CommandKind,
  type CommandOf,
  type Epoch,
  targetsOf,
  wantedAs,
  type FencingToken,
  type OneName,
  type ScopeDefinition,
  type SessionId,
  type Settings,
  type SyncRun,
  type Wish,
} from '../../src/core/index.ts';
import {
  agentId,
  filePath,
  resourceName,
  scopePath,
  type Machine,
  type SaidCommand,
} from '../support/machine.ts';

export const agentNames = ['alice', 'bob', 'carol', 'dave'] as const;
export const scopeNames = ['a', 'b', 'c'] as const;
const statuses: readonly AgentStatus[] = ['idle', 'working', 'blocked', 'completed'];
const contexts = ['rhema.yaml', 'notes.yaml'] as const;
/** One is a context file, one may come to be a scope, or in one, and one is nowhere. */
const fileNames = ['a/x', 'a/notes.yaml', 'b/x', 'a/sub/z', 'a/sub', 'nowhere/x'] as const;
const resourceNames = ['@git', '@port', '@none'] as const;

/** Graphs that a command may define: good ones, and one for each way to be refused. */
const graphs: readonly Readonly<Record<string, readonly string[]>>[] = [
  { a: [], b: [], c: [] },
  { a: ['b'], b: ['c'], c: [] },
  { a: ['b', 'c'], b: ['c'], c: [] },
  { a: [], b: ['a'], c: [] },
  { a: [], b: ['a'] },
  { a: [], b: [], c: [], 'a/sub': [] },
  { a: ['b'], b: [], c: [], 'a/sub': ['b'] },
  { 'a/sub': ['b'], b: [] },
  { b: [], c: ['b'] },
  { a: ['b'], b: ['a'], c: [] },
  { a: ['a'] },
  { a: ['nowhere'] },
  {},
];

/** What one step of a random run is made of. A move reads the fields it needs. */
export interface Move {
  readonly kind: CommandKind | 'advance' | 'jump';
  readonly agent: number;
  readonly scope: number;
  /** Bits: which scopes an acquire asks for. */
  readonly scopeBits: number;
  /** Bits: which files, and which resources. */
  readonly fileBits: number;
  readonly resourceBits: number;
  /** What it is about, where that may be of several kinds. */
  readonly about: 'scopes' | 'files' | 'resources' | 'all';
  readonly number: number;
  readonly ms: number;
  readonly waits: boolean;
  readonly credential: 'right' | 'wrongEpoch' | 'wrongSession';
  readonly token: 'none' | 'right' | 'old';
  readonly requestId: string | null;
}

/** Kinds by how often they come; what moves the queue comes most. */
const weights: readonly (readonly [Move['kind'], number])[] = [
  ['AcquireLock', 24],
  ['ReleaseLock', 6],
  ['advance', 6],
  ['AgentJoin', 10],
  ['AgentResume', 2],
  ['StartSync', 6],
  ['CompleteSync', 5],
  ['jump', 3],
  ['ContextModify', 4],
  ['FailSync', 4],
  ['RetrySync', 3],
  ['SetAgentStatus', 4],
  ['Heartbeat', 4],
  ['SeeDead', 2],
  ['RenewLock', 3],
  ['DefineScopes', 4],
  ['DefineScope', 2],
  ['SendMessage', 6],
  ['SendAsOperator', 2],
  ['ReadMessages', 3],
  ['CancelWait', 2],
  ['RevokeLock', 2],
  ['RemoveScope', 2],
  ['AgentLeave', 1],
  ['GitOperation', 1],
  ['ResetSync', 1],
  ['AbortSync', 1],
  ['InvalidateSync', 1],
  ['ReportViolation', 2],
  ['SettleViolation', 2],
  ['ExpireDue', 1],
  ['TakeOver', 1],
  ['Configure', 2],
];

const mostly = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { arbitrary: fc.constant(usual), weight: 12 },
    ...others.map((value) => ({ arbitrary: fc.constant(value), weight: 1 })),
  );

export const moveArbitrary: fc.Arbitrary<Move> = fc.record({
  kind: fc.oneof(...weights.map(([kind, weight]) => ({ arbitrary: fc.constant(kind), weight }))),
  agent: fc.nat({ max: agentNames.length - 1 }),
  scope: fc.nat({ max: scopeNames.length - 1 }),
  scopeBits: fc.integer({ min: 1, max: 7 }),
  fileBits: fc.constantFrom(1, 2, 3, 4, 5, 8, 9, 10, 16, 24, 32),
  resourceBits: fc.constantFrom(2, 1, 3, 4),
  about: fc.constantFrom('scopes', 'scopes', 'scopes', 'files', 'files', 'files', 'resources', 'all'),
  number: fc.nat({ max: 20 }),
  ms: fc.constantFrom(1, 7, 20, 50, 100, 500),
  waits: fc.boolean(),
  credential: mostly<Move['credential']>('right', 'wrongEpoch', 'wrongSession'),
  token: fc.oneof(
    { arbitrary: fc.constant<Move['token']>('none'), weight: 4 },
    { arbitrary: fc.constant<Move['token']>('right'), weight: 2 },
    { arbitrary: fc.constant<Move['token']>('old'), weight: 1 },
  ),
  requestId: mostly<string | null>(null, 'r0', 'r1', 'r2', 'r3'),
});

/** Short durations, so that everything expires within a run. */
export const settingsArbitrary: fc.Arbitrary<Partial<Settings>> = fc.record({
  maxConcurrentAgents: fc.integer({ min: 1, max: 4 }),
  maxLocksPerAgent: fc.integer({ min: 1, max: 3 }),
  maxFilesPerAgent: fc.integer({ min: 1, max: 3 }),
  maxResourcesPerAgent: fc.integer({ min: 1, max: 2 }),
  maxUnreadMessages: fc.integer({ min: 1, max: 3 }),
  resources: fc.constantFrom<Settings['resources']>(
    { [resourceName('@git')]: 1, [resourceName('@port')]: 2 },
    { [resourceName('@git')]: 1, [resourceName('@port')]: 3 },
  ),
  dependencyChecking: fc.boolean(),
  maxRetries: fc.nat({ max: 2 }),
  maxDependencies: fc.integer({ min: 1, max: 2 }),
  maxScopeDepth: fc.integer({ min: 1, max: 2 }),
  lockTtlMs: fc.constantFrom(50, 400).map(asDurationMs),
  lockTtlMaxMs: fc.constant(asDurationMs(400)),
  maxBlockMs: fc.constantFrom(60, 250).map(asDurationMs),
  maxContendedHoldMs: fc.constantFrom(30, 80).map(asDurationMs),
  sessionTtlMs: fc.constantFrom(90, 300, 2_000, 2_000, 2_000).map(asDurationMs),
  deadGraceMs: fc.constantFrom(0, 25, 100).map(asDurationMs),
  retryBackoffMs: fc.constantFrom(0, 20).map(asDurationMs),
});

/** Carries a move out on a machine. */
export function play(machine: Machine, move: Move): void {
  if (move.kind === 'advance') machine.advance(move.ms);
  else if (move.kind === 'jump') machine.nowMs += move.ms;
  else machine.say(toCommand(machine, move, move.kind));
}

/** The command that a move says in the machine's present state. */
export function toCommand(machine: Machine, move: Move, kind: CommandKind): SaidCommand {
  const requestId = move.requestId === null ? {} : { requestId: move.requestId };
  return { ...commandOf(machine, move, kind), ...requestId };
}

type Speaker = { agent: ReturnType<typeof agentId>; epoch?: Epoch; session?: SessionId };

function speaker(machine: Machine, move: Move): Speaker {
  const agent = agentId(agentNames[move.agent] ?? '');
  if (move.credential === 'wrongSession') return { agent, session: asSessionId('stolen') };
  if (move.credential === 'right') return { agent };
  return { agent, epoch: ((machine.state.agents.get(agent)?.epoch ?? 1) - 1) as Epoch };
}

function commandOf(machine: Machine, move: Move, kind: CommandKind): SaidCommand {
  const scope = scopePath(scopeNames[move.scope] ?? '');
  const as = speaker(machine, move);
  const token = tokenOf(machine, move);
  const run = runOf(machine, move);
  switch (kind) {
    case 'AgentJoin':
      return { kind, agent: as.agent, session: asSessionId(`session of ${as.agent}`), metadata: { move: 1 } };
    case 'AgentResume':
      return { kind, ...as, newSession: asSessionId(`session ${move.number}`), ...wayOf(move) };
    case 'AgentLeave':
    case 'SeeDead':
    case 'Heartbeat':
    case 'CancelWait':
    case 'ReadMessages':
      return { kind, ...as };
    case 'SendMessage':
      return { kind, ...as, ...sayingOf(move) };
    case 'ReportViolation':
      return { kind, ...violatedBy(scope), path: scope, evidence: 'seen', remedy: 'mend it' };
    case 'SettleViolation':
      return { kind, ...violatedBy(scope), end: 'mended', cause: null };
    case 'SendAsOperator':
      return { kind, ...sayingOf(move) };
    case 'SetAgentStatus':
      return {
        kind,
        ...as,
        status: statuses[move.number % 4] ?? 'idle',
        reason: move.waits ? 'stuck' : null,
      };
    case 'AcquireLock':
      return {
        kind,
        ...as,
        ...wishOf(move),
        ttlMs: ttlOf(move),
        wait: waitOf(move),
        reason: reasonOf(move),
      };
    case 'ReleaseLock':
      return { kind, ...as, ...(move.waits ? { scopes: null } : wishOf(move)), token };
    case 'RenewLock':
      return { kind, ...as, ...nameOf(move), token, ttlMs: ttlOf(move) };
    case 'ContextModify':
      return { kind, ...as, scope, token, ...contentOf(machine, move) };
    case 'StartSync':
      return { kind, ...as, scope };
    case 'CompleteSync':
      return { kind, ...as, scope, run, digest: digestOf(move.number), syncedAgainst: {} };
    case 'FailSync':
      return { kind, ...as, scope, run, error: 'it broke' };
    case 'RevokeLock':
      return { kind, ...nameOf(move), ...slotOf(move), reason: null };
    case 'AbortSync':
    case 'InvalidateSync':
      return { kind, scope, reason: move.number % 2 === 0 ? null : 'planned' };
    case 'RemoveScope':
      return { kind, scope: definedOf(move) };
    case 'RetrySync':
    case 'ResetSync':
      return { kind, scope };
    case 'DefineScopes':
      return {
        kind,
        scopes: definitions(graphs[move.number % graphs.length] ?? {}),
        ...(move.waits ? { mayBeEmpty: true } : {}),
      };
    case 'DefineScope':
      return { kind, scope: definition(definedOf(move), scopesOf(move)) };
    case 'GitOperation':
      return { kind, scopes: scopesOf(move), operation: 'merge' };
    case 'ExpireDue':
      return { kind };
    case 'TakeOver':
      return {
        kind,
        clock: { host: 'host', boot: `boot ${move.number}`, offsetMs: move.number },
        cause: move.waits ? 'otherBoot' : 'clockJump',
      };
    case 'Configure':
      return { kind, settings: changedSettings(machine, move) };
  }
}

function wayOf({ waits }: Move): Pick<CommandOf<'AgentResume'>, 'way' | 'from'> {
  return { way: waits ? 'takeOver' : 'resume', from: 'somebody' };
}

function violatedBy(subject: string): Pick<CommandOf<'ReportViolation'>, 'type' | 'rule' | 'subject'> {
  return { type: 'ContextConsistency', rule: 'CONTEXT_FILE_BROKEN', subject };
}

function sayingOf(move: Move): Pick<CommandOf<'SendMessage'>, 'to' | 'messageKind' | 'text'> {
  const text = `message ${move.number}`;
  if (move.waits) return { to: { kind: 'holder', ...nameOf(move) }, messageKind: 'request_release', text };
  const agent = agentId(agentNames[move.scopeBits % agentNames.length] ?? '');
  const to = move.number % 4 === 0 ? ({ kind: 'all' } as const) : ({ kind: 'agent', agent } as const);
  return { to, messageKind: 'question', text };
}

function scopesOf(move: Move): ReturnType<typeof scopePath>[] {
  return scopeNames.filter((_, index) => (move.scopeBits & (1 << index)) !== 0).map(scopePath);
}

function wishOf(move: Move): Wish {
  const files = named(fileNames, move.fileBits).map(filePath).sort();
  const resources = named(resourceNames, move.resourceBits).map(resourceName).sort();
  if (move.about === 'files') return { scopes: [], files };
  if (move.about === 'resources') return { scopes: [], resources };
  return { scopes: scopesOf(move), ...(move.about === 'all' && { files, resources }) };
}

function named<Name>(names: readonly Name[], bits: number): Name[] {
  return names.filter((_, index) => (bits & (1 << index)) !== 0);
}

function nameOf(move: Move): OneName {
  const { scopes, files = [], resources = [] } = wishOf(move);
  const [file] = files;
  const [resource] = resources;
  if (resource !== undefined) return { resource };
  return file === undefined ? { scope: scopes[0] ?? scopePath('a') } : { file };
}

/** An operator names another slot than the first once in a while. */
function slotOf({ about, number }: Move): { slot?: number } {
  return (about === 'resources' || about === 'all') && number % 2 === 1 ? { slot: 2 } : {};
}

/** The scope that is defined or removed. */
const definedOf = (move: Move): ReturnType<typeof scopePath> =>
  scopePath(move.about === 'files' ? 'a/sub' : (scopeNames[move.scope] ?? ''));

const reasonOf = ({ number }: Move): string | null => (number % 4 === 0 ? `reason ${number}` : null);

function ttlOf(move: Move): ReturnType<typeof asDurationMs> | null {
  if (move.number < 12) return null;
  return asDurationMs(move.number === 20 ? 1_000 : 10 * (move.number - 11));
}

function waitOf(move: Move): Extract<SaidCommand, { kind: 'AcquireLock' }>['wait'] {
  if (!move.waits) return { kind: 'none' };
  return { kind: 'queue', forMs: move.number % 2 === 0 ? null : asDurationMs(move.ms) };
}

function tokenOf(machine: Machine, move: Move): FencingToken | null {
  if (move.token === 'none') return null;
  const current = currentToken(machine, move);
  return (move.token === 'right' ? current : current - 1) as FencingToken;
}

/** Of what the move is about first, or of the slot that its agent has. */
function currentToken({ state }: Machine, move: Move): number {
  const [first] = targetsOf(move.kind === 'ContextModify' ? { scopes: [contextScope(move)] } : wishOf(move));
  const held = state.agents.get(agentId(agentNames[move.agent] ?? ''))?.held ?? new Set();
  const own = [...held].find((target) => first !== undefined && wantedAs(target) === first);
  return (state.locks.get(own ?? first ?? scopePath('a'))?.token ?? 0) as number;
}

const contextScope = (move: Move): ReturnType<typeof scopePath> => scopePath(scopeNames[move.scope] ?? '');

function runOf(machine: Machine, move: Move): SyncRun {
  const run = machine.runOf(scopeNames[move.scope] ?? '');
  return (move.token === 'old' ? run - 1 : run) as SyncRun;
}

const digestOf = (number: number): string => number.toString(16).padStart(64, '0');

function contentOf(
  machine: Machine,
  move: Move,
): Pick<Extract<SaidCommand, { kind: 'ContextModify' }>, 'file' | 'digest' | 'baseDigest'> {
  const file = contexts[move.number % contexts.length] ?? '';
  const known = machine.state.scopes.get(scopePath(scopeNames[move.scope] ?? ''))?.contexts.get(file);
  return { file, digest: digestOf(move.number), baseDigest: move.waits ? (known?.digest ?? null) : null };
}

function definition(path: ReturnType<typeof scopePath>, dependencies: readonly string[]): ScopeDefinition {
  return { path, name: path, type: 'library', dependencies: dependencies.map(scopePath).sort() };
}

function definitions(graph: Readonly<Record<string, readonly string[]>>): ScopeDefinition[] {
  return Object.entries(graph).map(([path, dependencies]) => definition(scopePath(path), dependencies));
}

/** One setting changed, within its bounds or (once in a while) beyond them. */
function changedSettings({ state }: Machine, { number, scope }: Move): Settings {
  const small = 1 + (number % 3);
  const changes: readonly Partial<Settings>[] = [
    { maxConcurrentAgents: small },
    { maxLocksPerAgent: small },
    { maxRetries: number % 3 },
    { dependencyChecking: number % 2 === 0 },
    { maxBlockMs: asDurationMs(10 * small) },
    { maxScopeDepth: small, maxDependencies: small },
    { maxConcurrentAgents: 0 },
    { resources: { [resourceName('@git')]: small, [resourceName('@port')]: 1 + (number % 2) } },
    { resources: { [resourceName('@git')]: 1 } },
    { maxFilesPerAgent: small, maxResourcesPerAgent: 1 + (number % 2) },
  ];
  return { ...state.settings, ...changes[(number + scope) % changes.length] };
}

/** The start of every run: the first graph, and everyone there. */
export function populate(machine: Machine): void {
  machine.define(graphs[0] ?? {});
  for (const name of agentNames) machine.join(name);
}
