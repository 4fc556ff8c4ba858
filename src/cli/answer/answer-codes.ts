import type { RejectionCode } from '../../core/index.ts';
import type { FailureCode } from '../../protocol/index.ts';
import type { FindingKind } from '../../verify/index.ts';

/** Codes that only commands answer with, beside those of the coordinator, and the exit codes that go with them. */
export const commandCodes = {
  USAGE: '2',
  CONFIRMATION_NEEDED: '2',
  CLASHES_FOUND: '3',
  AGENT_KEPT: '3',
  CONFIG_UNSOUND: '3',
  NO_SCOPES: '3',
  NOT_INSTALLED: '3',
  NOT_WRITTEN: '3',
  NO_OUTPUT: '1',
  SCOPES_REFUSED: '3',
  SCOPES_STALE: '3',
  SCOPES_UNKNOWN: '3',
  SCOPES_UNSOUND: '3',
  SYNC_INCOMPLETE: '3',
  TOKEN_EXISTS: '3',
  TOKEN_NOT_FOUND: '1',
  WEBHOOK_EXISTS: '3',
  WEBHOOK_LIMIT_REACHED: '3',
  WEBHOOK_NOT_DELIVERED: '1',
  WEBHOOK_NOT_FOUND: '1',
  UNSOUND: '3',
  VIOLATIONS_FOUND: '3',
  WRITE_REFUSED: '3',
  CONTEXT_FILE_NOT_FOUND: '1',
  CONTEXT_NOT_KEPT: '1',
  CONTEXT_INVALID: '3',
  CONTEXT_UNREADABLE: '3',
  ENTRY_EXISTS: '3',
  ENTRY_NOT_EDITABLE: '3',
  CONTEXT_UNSOUND: '3',
  ENTRY_NOT_FOUND: '1',
  LOCK_LOST: '1',
  NO_HISTORY: '1',
  NO_LOG: '1',
  UNHEALTHY: '1',
  WAITED_IN_VAIN: '4',
  COMMAND_FAILED: 'of the command',
  COMMAND_NOT_STARTED: '126, 127',
  INTERRUPTED: '128+n',
} as const;

export type CommandCode = keyof typeof commandCodes;

/** What a command may answer with of its own; what it passes on from Git and the files has codes of its own. */
export type AnswerCode = CommandCode | RejectionCode | FailureCode | `LOG_${FindingKind}`;
