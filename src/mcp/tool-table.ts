import type { ToolName } from './schemas.ts';

/** What a client is told of a tool beside its arguments. */
interface ToolDescription {
  readonly description: string;
  /** Hints for the client, which may ask its user before it calls a tool that changes something. */
  readonly readOnly: boolean;
  readonly idempotent: boolean;
}

/** The tools in the order in which they are listed, which is that of the workflow. */
export const toolTable: { readonly [Name in ToolName]: ToolDescription } = {
  agent_join: {
    description:
      "Take part. Every agent, every subagent too, joins for itself and passes the handle it is given, never another's, in every call.",
    readOnly: false,
    idempotent: false,
  },
  agent_report: {
    description:
      'Say how you are and how it goes; others read it. blocked keeps your locks, completed gives them back, left ends your part. Or send a message: to or holder_of. Messages to you come with the answers of any tool.',
    readOnly: false,
    idempotent: false,
  },
  lock_acquire: {
    description:
      'Get files, or whole scopes, before editing them. WAITING: call again with the same names, your ticket is kept.',
    readOnly: false,
    idempotent: true,
  },
  lock_release: {
    description: 'Give them back, or give up waiting for them.',
    readOnly: false,
    idempotent: true,
  },
  lock_check: {
    description:
      'Which scope a path is in, who holds it and why, who waits, and whether you may write there.',
    readOnly: true,
    idempotent: true,
  },
  context_record: {
    description:
      'Record a context file of a scope you hold (knowledge, todos, decisions, patterns, conventions .yaml) as you wrote it, or have one entry written. The scope and all that depends on it must then be synced again.',
    readOnly: false,
    idempotent: false,
  },
  sync_scope: {
    description:
      'Sync a scope after the scopes it depends on: start answers a run, which complete or fail ends. changed: it and its dependents must be synced again.',
    readOnly: false,
    idempotent: false,
  },
  coordination_status: {
    description:
      'All agents, locks, the queue and syncs at a glance; and the handles of this client, if you forgot yours.',
    readOnly: true,
    idempotent: true,
  },
};
