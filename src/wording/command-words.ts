import type { CommandKind, MessageKind, TicketEndCause, ViolationEnd } from '../core/index.ts';

/** What whoever said a command did by it. */
export const commandWords: { readonly [Kind in CommandKind]: string } = {
  AgentJoin: 'joined',
  AgentLeave: 'left',
  AgentResume: 'went on in another process',
  SeeDead: 'saw that the process of an agent has ended',
  Heartbeat: 'renewed all that it has',
  SetAgentStatus: 'said how it goes',
  AcquireLock: 'asked for locks',
  ReleaseLock: 'gave locks back',
  RenewLock: 'renewed a lock',
  CancelWait: 'gave up its wait',
  SendMessage: 'sent a message',
  SendAsOperator: 'sent a message',
  ReadMessages: 'read its messages',
  RevokeLock: 'took a lock from its holder',
  DefineScopes: 'read the scope files',
  DefineScope: 'defined a scope',
  RemoveScope: 'removed a scope',
  ContextModify: 'wrote a context file',
  GitOperation: 'told of an operation of Git',
  StartSync: 'began a sync',
  CompleteSync: 'completed a sync',
  FailSync: 'gave up a sync as failed',
  RetrySync: 'had a sync tried again',
  ResetSync: 'reset a sync',
  AbortSync: 'aborted a sync',
  InvalidateSync: 'asked for a new sync',
  ReportViolation: 'reported a violation',
  SettleViolation: 'said that a violation is over',
  ExpireDue: 'ended what was due',
  TakeOver: 'took the log over',
  Configure: 'took the configuration over',
};

/** How the wait of a ticket ended. */
export const ticketEndWords: { readonly [Cause in TicketEndCause]: string } = {
  granted: 'it was served',
  cancelled: 'it was given up',
  deadline: 'its time was over',
  left: 'the agent left',
  lost: 'the agent was lost',
  blockedTooLong: 'it was longer than max_block_time allows',
  moved: 'a file came to be in another scope',
  scopeRemoved: 'a scope was removed',
};

/** How a violation came to its end. */
export const violationEndWords: { readonly [End in ViolationEnd]: string } = {
  repaired: 'it was repaired',
  mended: 'it was mended',
  gone: 'there is nothing left to break it',
};

/** What who sends a message does by it, and what it wishes of its reader. */
export const messageWords: {
  readonly [Kind in MessageKind]: { readonly verb: string; readonly wish?: string };
} = {
  info: { verb: 'told' },
  request_release: { verb: 'asked', wish: ' to give it back' },
  question: { verb: 'asked' },
  answer: { verb: 'answered' },
  stop: { verb: 'told', wish: ' to stop' },
};
