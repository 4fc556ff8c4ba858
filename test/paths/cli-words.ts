/** Each command as it is typed. Scope files are not typed but written; see `cli-face.ts`. */
import type { Addressee, Command, CommandKind, CommandOf } from '../../src/core/index.ts';
import { formatDuration } from '../../src/config/index.ts';

type Words = readonly string[];

/** Carried out by writing files and having them read. */
export type WrittenKind = 'DefineScope' | 'DefineScopes' | 'RemoveScope' | 'Configure';
/** The command line has nothing for them. */
export type MissingKind =
  | 'ContextModify'
  | 'ReportViolation'
  | 'SettleViolation'
  | 'GitOperation'
  | 'SeeDead'
  | 'ExpireDue'
  | 'TakeOver';
export type TypedKind = Exclude<CommandKind, WrittenKind | MissingKind>;

/** A number that is no grant's and no run's: the revision at which the owner began the log. 0 is no number to type. */
const staleNumber = 1;

const asAgent = (agent: string): Words => ['--agent', agent];
const tokenOption = (token: number | null): Words =>
  token === null ? [] : ['--token', String(token === 0 ? staleNumber : token)];
const runOption = (run: number): Words => ['--run', String(run === 0 ? staleNumber : run)];

/** By kind of command: what to type after `rhema`. */
export const words: { readonly [Kind in TypedKind]: (command: CommandOf<Kind>) => Words } = {
  AgentJoin: ({ agent }) => ['agent', 'join', agent],
  AgentResume: ({ agent }) => ['agent', 'join', agent, '--take-over'],
  AgentLeave: ({ agent }) => ['agent', 'leave', agent],
  Heartbeat: ({ agent }) => ['agent', 'heartbeat', agent],
  SetAgentStatus: ({ agent, status, reason }) => [
    'agent',
    'set',
    status,
    ...asAgent(agent),
    ...(reason === null ? [] : ['--reason', reason]),
  ],
  AcquireLock: ({ agent, scopes, wait }) => [
    'lock',
    'acquire',
    ...scopes,
    ...asAgent(agent),
    ...waitOption(wait),
  ],
  ReleaseLock: ({ agent, scopes, token }) => [
    'lock',
    'release',
    ...(scopes ?? []),
    ...asAgent(agent),
    ...tokenOption(token),
  ],
  RenewLock: ({ agent, scope = '', token }) => [
    'lock',
    'renew',
    scope,
    ...asAgent(agent),
    ...tokenOption(token),
  ],
  SendMessage: ({ agent, ...saying }) => ['say', ...sayingWords(saying), ...asAgent(agent)],
  SendAsOperator: (saying) => ['say', ...sayingWords(saying), '--operator'],
  ReadMessages: ({ agent }) => ['inbox', ...asAgent(agent)],
  CancelWait: ({ agent }) => ['lock', 'cancel', ...asAgent(agent)],
  RevokeLock: ({ scope = '' }) => ['lock', 'revoke', scope],
  StartSync: ({ agent, scope }) => ['sync', 'start', scope, ...asAgent(agent)],
  CompleteSync: ({ agent, scope, run }) => ['sync', 'complete', scope, ...runOption(run), ...asAgent(agent)],
  FailSync: ({ agent, scope, run, error }) => [
    'sync',
    'fail',
    scope,
    ...runOption(run),
    ...asAgent(agent),
    '--error',
    error,
  ],
  RetrySync: ({ scope }) => ['sync', 'retry', scope],
  ResetSync: ({ scope }) => ['sync', 'reset', scope],
  AbortSync: ({ scope }) => ['sync', 'abort', scope],
  InvalidateSync: ({ scope }) => ['sync', 'invalidate', scope],
};

/** Nobody is there to be taken over, which any command finds before it does what it is for. */
export function vainTakeOver({ agent }: CommandOf<'AgentResume'>): Words {
  return ['agent', 'heartbeat', agent, '--take-over'];
}

function sayingWords({
  to,
  messageKind,
  text,
}: Omit<CommandOf<'SendAsOperator'>, 'kind' | 'by' | 'atMs' | 'requestId'>): Words {
  return [text, '--kind', messageKind, ...addresseeOption(to)];
}

function addresseeOption(to: Addressee): Words {
  if (to.kind === 'all') return ['--all'];
  return to.kind === 'agent' ? ['--to', to.agent] : ['--holder-of', to.scope ?? to.file ?? to.resource ?? ''];
}

function waitOption(wait: CommandOf<'AcquireLock'>['wait']): Words {
  if (wait.kind === 'none') return [];
  return wait.forMs === null ? ['--wait'] : [`--wait=${formatDuration(wait.forMs)}`];
}

/** What to type after `rhema`. Throws for what cannot be typed. */
export function wordsOf(command: Command): Words {
  const write = (words as Readonly<Record<string, ((command: Command) => Words) | undefined>>)[command.kind];
  if (write === undefined) throw new Error(`${command.kind} cannot be typed`);
  return write(command);
}
