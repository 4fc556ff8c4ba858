import {
  decideAgentJoin,
  decideAgentLeave,
  decideAgentResume,
  decideHeartbeat,
  decideSeeDead,
  decideSetAgentStatus,
} from './agents.ts';
import type { Command, CommandKind, CommandOf } from './commands.ts';
import { decideConfigure, decideTakeOver } from './configuration.ts';
import { decideContextModify } from './contexts.ts';
import type { Decision } from './decision.ts';
import type { Entry, EntryPrincipal, Event } from './events.ts';
import { decideExpireDue } from './expiry.ts';
import { refusedAtGate } from './gate.ts';
import type { AgentId, Revision } from './ids.ts';
import { decideAcquireLock, decideReleaseLock, decideRenewLock, decideRevokeLock } from './locks.ts';
import { decideReadMessages, decideSendAsOperator, decideSendMessage } from './messages.ts';
import { decideCancelWait } from './queue.ts';
import { reject } from './rejections.ts';
import type { Result } from './results.ts';
import { decideDefineScope, decideDefineScopes, decideRemoveScope } from './scopes.ts';
import type { RecentRequest } from './requests.ts';
import type { State } from './state.ts';
import {
  decideAbortSync,
  decideCompleteSync,
  decideFailSync,
  decideResetSync,
  decideRetrySync,
  decideStartSync,
} from './syncs.ts';
import { decideGitOperation, decideInvalidateSync } from './invalidation.ts';
import { decideReportViolation, decideSettleViolation } from './violations.ts';

type Handler<Kind extends CommandKind> = (state: State, command: CommandOf<Kind>) => Decision;

/** One handler per command; a forgotten one does not compile. */
const handlers: { readonly [Kind in CommandKind]: Handler<Kind> } = {
  AgentJoin: decideAgentJoin,
  AgentLeave: decideAgentLeave,
  AgentResume: decideAgentResume,
  SeeDead: decideSeeDead,
  Heartbeat: decideHeartbeat,
  SetAgentStatus: decideSetAgentStatus,
  AcquireLock: decideAcquireLock,
  ReleaseLock: decideReleaseLock,
  RenewLock: decideRenewLock,
  CancelWait: decideCancelWait,
  SendMessage: decideSendMessage,
  SendAsOperator: decideSendAsOperator,
  ReadMessages: decideReadMessages,
  RevokeLock: decideRevokeLock,
  DefineScopes: decideDefineScopes,
  DefineScope: decideDefineScope,
  RemoveScope: decideRemoveScope,
  ContextModify: decideContextModify,
  GitOperation: decideGitOperation,
  StartSync: decideStartSync,
  CompleteSync: decideCompleteSync,
  FailSync: decideFailSync,
  RetrySync: decideRetrySync,
  ResetSync: decideResetSync,
  AbortSync: decideAbortSync,
  InvalidateSync: decideInvalidateSync,
  ReportViolation: decideReportViolation,
  SettleViolation: decideSettleViolation,
  ExpireDue: decideExpireDue,
  TakeOver: decideTakeOver,
  Configure: decideConfigure,
};

/**
 * Decides a command against a state, which is only read. Deterministic and total for well-formed commands: what a
 * caller can cause is an answer, only a bug throws.
 *
 * The command's time must not be before the state's; the caller has submitted `ExpireDue` for what was due before it.
 */
export function decide(state: State, command: Command): Decision {
  const repeated = repeatOf(state, command);
  if (repeated !== null) return repeated;
  if ('session' in command && command.kind !== 'AgentJoin') {
    const refused = refusedAtGate(state, command);
    if (refused !== null) return refused;
  }
  const handler = handlers[command.kind] as Handler<CommandKind>;
  return handler(state, command);
}

/** The log entry that commits a decision, at the revision after the state's. */
export function toEntry(
  state: State,
  command: Command,
  decision: { readonly events: readonly Event[]; readonly result: Result },
  principal?: EntryPrincipal,
): Entry {
  const entry = {
    revision: (state.revision + 1) as Revision,
    atMs: command.atMs,
    kind: command.kind,
    agent: agentOf(command),
    by: 'by' in command ? command.by : null,
    requestId: command.requestId,
    events: decision.events,
    result: decision.result,
  };
  return principal === undefined ? entry : Object.assign(entry, { principal });
}

function repeatOf(state: State, command: Command): Decision | null {
  if (command.requestId === null) return null;
  const first = state.recentRequests.get(command.requestId);
  return first === undefined ? null : decideRepeat(first, command);
}

/** What is said to a command whose request id was committed before, however long ago. Rejects: REQUEST_ID_REUSED. */
export function decideRepeat(first: RecentRequest, command: Command): Decision {
  if (first.kind === command.kind && first.agent === agentOf(command))
    return { kind: 'repeated', revision: first.revision, result: first.result };
  return reject(
    'REQUEST_ID_REUSED',
    `request id ${command.requestId} was already used for ${first.kind}: choose a new random id for each request`,
    { kind: first.kind, agent: first.agent, revision: first.revision },
  );
}

/** Who speaks in its own name. That a process has ended is not said by its agent, which is not heard by it. */
function agentOf(command: Command): AgentId | null {
  return 'agent' in command && command.kind !== 'SeeDead' ? command.agent : null;
}
