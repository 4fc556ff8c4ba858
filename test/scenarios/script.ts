/**
 * The language of the scenario files, one command a line: a verb, its words, and options as `key=value`.
 *
 *     settings maxLocksPerAgent=2          before anything else; durations as 90s, 5m or 250ms; resources=@port:2
 *     define docs, api -> docs             the whole graph; empty: no scopes; empty really: and it is meant
 *     join alice                           leave, heartbeat, cancel likewise
 *     resume alice new=another             by another process; way=takeOver
 *     dead alice                           its process is seen to have ended
 *     set alice blocked reason=unsure
 *     acquire alice docs api wait=30s      wait alone: as long as it takes; also ttl= and reason=; a name with an
 *                                          extension is that of a file, one with an @ that of a resource
 *     release alice docs                   without a scope: everything; renew alice docs likewise
 *     write alice docs rhema.yaml v2 from=v1
 *     say alice hello to=bob               to=all, or holder=docs; kind=stop; announce hello likewise, by an operator
 *     read alice                           what it has not read
 *     sync start alice docs                complete, fail; and for operators: retry, reset, abort, invalidate
 *     report YAML_SYNTAX docs/a.yaml       a rule that is broken there; settle likewise, end=repaired
 *     revoke docs                          remove docs; git merge docs api; configure key=value; takeover otherBoot
 *     advance 61s                          everything expires at its own moment
 *     sleep 61s                            nobody looks at the clock meanwhile
 *     tell alice                           what it is told at its next call, each thing once
 *     show                                 who holds, waits and syncs
 *
 * Every agent's command takes token=, run=, epoch=, session= and id= (the request id).
 */
import {
  asDurationMs,
  asSessionId,
  withoutNone,
  type Addressee,
  type AgentStatus,
  type CommandOf,
  type DurationMs,
  type Epoch,
  type FencingToken,
  type FilePath,
  type MessageKind,
  type OneName,
  type ResourceName,
  type ScopeDefinition,
  type Settings,
  type SyncRun,
  type Wish,
} from '../../src/core/index.ts';
import { agentId, scopePath, type SaidCommand } from '../support/machine.ts';

export interface Line {
  readonly verb: string;
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, string>;
  /** All after the verb, as it stands. */
  readonly rest: string;
}

export function parseLine(text: string): Line {
  const [verb = '', ...parts] = text.split(/\s+/);
  const isOption = (part: string): boolean => part.includes('=') || part === 'wait';
  const options = new Map(
    parts.filter(isOption).map((part) => {
      const [key = '', value = 'open'] = part.split('=');
      return [key, value] as const;
    }),
  );
  const words = parts.filter((part) => !isOption(part));
  return { verb, words, options, rest: text.slice(verb.length).trim() };
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

function violationIn(line: Line): Pick<CommandOf<'ReportViolation'>, 'type' | 'rule' | 'subject'> {
  return { type: 'ContextConsistency', rule: word(line, 0), subject: word(line, 1) };
}

export function parseDuration(text: string): DurationMs {
  const [, number, unit = ''] = /^(\d+)(ms|s|m)$/.exec(text) ?? [];
  if (number === undefined) throw new Error(`not a duration: ${text}`);
  return asDurationMs(Number(number) * (units[unit] ?? NaN));
}

/** Settings as `key=value`. */
export function parseSettings({ options }: Line): Partial<Settings> {
  return Object.fromEntries(
    [...options].map(([key, value]) => {
      if (value === 'true' || value === 'false') return [key, value === 'true'];
      if (key === 'resources') return [key, capacitiesFrom(value)];
      return [key, key.endsWith('Ms') ? parseDuration(value) : Number(value)];
    }),
  );
}

/** `@deploy:1,@port:2`. */
function capacitiesFrom(text: string): Settings['resources'] {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [name = '', capacity = '1'] = part.split(':');
      return [name, Number(capacity)];
    }),
  );
}

/** Stands for the content that a scenario calls by this label. */
export function digestOf(label: string): string {
  return Buffer.from(label).toString('hex').padEnd(64, '0');
}

/** The command that a line says. */
export function parseCommand(line: Line, settings: Settings): SaidCommand {
  const requestId = line.options.get('id');
  return { ...commandOf(line, settings), ...(requestId === undefined ? {} : { requestId }) };
}

function commandOf(line: Line, settings: Settings): SaidCommand {
  const parse = verbs[line.verb === 'sync' ? `sync ${line.words[0]}` : line.verb];
  if (parse === undefined) throw new Error(`unknown verb: ${line.verb}`);
  return parse(line.verb === 'sync' ? { ...line, words: line.words.slice(1) } : line, settings);
}

const word = (line: Line, index: number): string => {
  const found = line.words[index];
  if (found === undefined) throw new Error(`${line.verb} ${line.rest}: a word is missing`);
  return found;
};
const scopesFrom = (line: Line, index: number): ReturnType<typeof scopePath>[] =>
  line.words.slice(index).map(scopePath).sort();
function wishFrom(line: Line, index: number): Wish {
  const names = line.words.slice(index).sort();
  const isOfFile = (name: string): boolean => /[a-z]\.[a-z]+$/.test(name);
  return withoutNone({
    scopes: names.filter((name) => !isOfResource(name) && !isOfFile(name)).map(scopePath),
    files: names.filter(isOfFile) as FilePath[],
    resources: names.filter(isOfResource) as ResourceName[],
  });
}

const isOfResource = (name: string): boolean => name.startsWith('@');

function oneNameFrom(line: Line, index: number): OneName {
  const { scopes, files = [], resources = [] } = wishFrom({ ...line, words: [word(line, index)] }, 0);
  const [[scope], [file], [resource]] = [scopes, files, resources];
  if (scope !== undefined) return { scope };
  return file === undefined ? { resource: resource as ResourceName } : { file };
}

const durationOption = (line: Line, key: string): DurationMs | null => {
  const text = line.options.get(key);
  return text === undefined ? null : parseDuration(text);
};
const tokenOf = (line: Line): FencingToken | null => {
  const text = line.options.get('token');
  return text === undefined ? null : (Number(text) as FencingToken);
};
const runOf = (line: Line): SyncRun => Number(line.options.get('run')) as SyncRun;

/** Who speaks, and with which credentials if not its own. */
function speaker(
  line: Line,
): Pick<Extract<SaidCommand, { kind: 'Heartbeat' }>, 'agent' | 'epoch' | 'session'> {
  const epoch = line.options.get('epoch');
  const session = line.options.get('session');
  return {
    agent: agentId(word(line, 0)),
    ...(epoch === undefined ? {} : { epoch: Number(epoch) as Epoch }),
    ...(session === undefined ? {} : { session: asSessionId(session) }),
  };
}

function sayingFrom(
  line: Line,
  index: number,
): Pick<CommandOf<'SendMessage'>, 'to' | 'messageKind' | 'text'> {
  const holder = line.options.get('holder');
  const messageKind = (line.options.get('kind') ??
    (holder === undefined ? 'info' : 'request_release')) as MessageKind;
  return { to: addresseeFrom(line, holder), messageKind, text: word(line, index) };
}

function addresseeFrom(line: Line, holder: string | undefined): Addressee {
  if (holder !== undefined) return { kind: 'holder', ...oneNameFrom({ ...line, words: [holder] }, 0) };
  const to = line.options.get('to') ?? 'all';
  return to === 'all' ? { kind: 'all' } : { kind: 'agent', agent: agentId(to) };
}

function waitOf(line: Line): CommandOf<'AcquireLock'>['wait'] {
  const text = line.options.get('wait');
  if (text === undefined) return { kind: 'none' };
  return { kind: 'queue', forMs: text === 'open' ? null : parseDuration(text) };
}

function definitions(text: string): ScopeDefinition[] {
  return text.split(',').map((part) => {
    const [path = '', dependencies = ''] = part.split('->').map((side) => side.trim());
    const names = dependencies.split(' ').filter((name) => name !== '');
    return { path: scopePath(path), name: path, type: 'library', dependencies: names.map(scopePath).sort() };
  });
}

const verbs: Readonly<Record<string, (line: Line, settings: Settings) => SaidCommand>> = {
  join: (line) => ({
    kind: 'AgentJoin',
    agent: agentId(word(line, 0)),
    session: asSessionId(line.options.get('session') ?? `session of ${word(line, 0)}`),
    metadata: {},
  }),
  resume: (line) => ({
    kind: 'AgentResume',
    ...speaker(line),
    newSession: asSessionId(line.options.get('new') ?? ''),
    way: line.options.get('way') === 'takeOver' ? 'takeOver' : 'resume',
    from: 'another process',
  }),
  dead: (line) => ({ kind: 'SeeDead', ...speaker(line) }),
  leave: (line) => ({ kind: 'AgentLeave', ...speaker(line) }),
  heartbeat: (line) => ({ kind: 'Heartbeat', ...speaker(line) }),
  say: (line) => ({ kind: 'SendMessage', ...speaker(line), ...sayingFrom(line, 1) }),
  announce: (line) => ({ kind: 'SendAsOperator', ...sayingFrom(line, 0) }),
  read: (line) => ({ kind: 'ReadMessages', ...speaker(line) }),
  cancel: (line) => ({ kind: 'CancelWait', ...speaker(line) }),
  set: (line) => ({
    kind: 'SetAgentStatus',
    ...speaker(line),
    status: word(line, 1) as AgentStatus,
    reason: line.options.get('reason') ?? null,
  }),
  acquire: (line) => ({
    kind: 'AcquireLock',
    ...speaker(line),
    ...wishFrom(line, 1),
    ttlMs: durationOption(line, 'ttl'),
    wait: waitOf(line),
    reason: line.options.get('reason') ?? null,
  }),
  release: (line) => ({
    kind: 'ReleaseLock',
    ...speaker(line),
    ...(line.words.length > 1 ? wishFrom(line, 1) : { scopes: null }),
    token: tokenOf(line),
  }),
  renew: (line) => ({
    kind: 'RenewLock',
    ...speaker(line),
    ...oneNameFrom(line, 1),
    token: tokenOf(line),
    ttlMs: durationOption(line, 'ttl'),
  }),
  write: (line) => ({
    kind: 'ContextModify',
    ...speaker(line),
    scope: scopePath(word(line, 1)),
    file: word(line, 2),
    token: tokenOf(line),
    digest: digestOf(word(line, 3)),
    baseDigest: line.options.has('from') ? digestOf(line.options.get('from') ?? '') : null,
  }),
  revoke: (line) => ({ kind: 'RevokeLock', ...oneNameFrom(line, 0), reason: null }),
  define: (line) => ({ kind: 'DefineScopes', scopes: definitions(line.rest) }),
  empty: (line) => ({ kind: 'DefineScopes', scopes: [], mayBeEmpty: line.words[0] === 'really' }),
  remove: (line) => ({ kind: 'RemoveScope', scope: scopePath(word(line, 0)) }),
  git: (line) => ({ kind: 'GitOperation', operation: word(line, 0), scopes: scopesFrom(line, 1) }),
  report: (line) => ({
    kind: 'ReportViolation',
    ...violationIn(line),
    path: scopePath(word(line, 1)),
    evidence: 'seen',
    remedy: 'mend it',
  }),
  settle: (line) => ({
    kind: 'SettleViolation',
    ...violationIn(line),
    end: (line.options.get('end') ?? 'mended') as CommandOf<'SettleViolation'>['end'],
    cause: null,
  }),
  configure: (line, settings) => ({ kind: 'Configure', settings: { ...settings, ...parseSettings(line) } }),
  takeover: (line) => ({
    kind: 'TakeOver',
    clock: { host: 'host', boot: word(line, 0), offsetMs: 0 },
    cause: word(line, 0) as CommandOf<'TakeOver'>['cause'],
  }),
  'sync start': (line) => ({ kind: 'StartSync', ...speaker(line), scope: scopePath(word(line, 1)) }),
  'sync complete': (line) => ({
    kind: 'CompleteSync',
    ...speaker(line),
    scope: scopePath(word(line, 1)),
    run: runOf(line),
    digest: null,
    syncedAgainst: {},
  }),
  'sync fail': (line) => ({
    kind: 'FailSync',
    ...speaker(line),
    scope: scopePath(word(line, 1)),
    run: runOf(line),
    error: 'its command failed',
  }),
  'sync retry': (line) => ({ kind: 'RetrySync', scope: scopePath(word(line, 0)) }),
  'sync reset': (line) => ({ kind: 'ResetSync', scope: scopePath(word(line, 0)) }),
  'sync abort': (line) => ({ kind: 'AbortSync', scope: scopePath(word(line, 0)), reason: null }),
  'sync invalidate': (line) => ({ kind: 'InvalidateSync', scope: scopePath(word(line, 0)), reason: null }),
};
