/**
 * An edit that is always refused, for whoever wants to know whether a client's hook holds: what the client would send, so that the
 * very command line of its file answers it.
 */
import { dialects } from './dialects.ts';
import type { HookClient } from './hook-clients.ts';
import type { HookCall } from './hook-call.ts';

const sessionStart = 'rhema-canary-';

/** Whether somebody only tries the hook. */
export const isCanary = ({ event, session, act }: HookCall): boolean =>
  event === 'beforeTool' && session.startsWith(sessionStart) && act?.kind === 'edit';

export const canaryReason = ({ session }: Pick<HookCall, 'session'>): string =>
  `rhema: a trial of this hook (${session}): refused, as an edit is of what another agent holds`;

export interface Canary {
  /** How the client calls what comes before an edit. */
  readonly event: string;
  readonly payload: string;
  /** Whether a hook that ended so has refused, in words that the client understands. */
  isRefusal(printed: {
    readonly stdout: string;
    readonly stderr: string;
    readonly exitCode: number | null;
  }): boolean;
  /** The same of a text that a tool has answered. */
  isRefusalText(text: string): boolean;
}

/** `mark`: letters and digits that nobody else has. */
export function canaryOf(client: HookClient, worktree: string, mark: string): Canary {
  const session = `${sessionStart}${mark}`;
  const file = `${worktree}/${session}`;
  const event = before[client] ?? 'PreToolUse';
  const expected = dialects[client].print(
    { kind: 'refuse', reason: canaryReason({ session }) },
    'beforeTool',
    event,
  );
  return {
    event,
    payload: JSON.stringify(payloadOf(client, { session, worktree, file, event })),
    isRefusal: ({ stdout, stderr, exitCode }) =>
      exitCode === expected.exitCode && stdout === expected.stdout && stderr === expected.stderr,
    isRefusalText: (text) => text.trim() === expected.stdout.trim(),
  };
}

const before: Readonly<Partial<Record<HookClient, string>>> = {
  gemini: 'BeforeTool',
  cursor: 'preToolUse',
  copilot: 'preToolUse',
};

interface Trial {
  readonly session: string;
  readonly worktree: string;
  readonly file: string;
  readonly event: string;
}

function payloadOf(
  client: HookClient,
  { session, worktree, file, event }: Trial,
): Readonly<Record<string, unknown>> {
  const common = { session_id: session, cwd: worktree, hook_event_name: event };
  switch (client) {
    case 'codex': {
      const command = `*** Begin Patch\n*** Add File: ${file}\n+\n*** End Patch`;
      const more = { turn_id: session, transcript_path: null, model: 'none', permission_mode: 'default' };
      return { ...common, ...more, tool_name: 'apply_patch', tool_input: { command }, tool_use_id: session };
    }
    case 'gemini':
      return { ...common, tool_name: 'write_file', tool_input: { file_path: file, content: '' } };
    case 'cursor':
      return {
        conversation_id: session,
        generation_id: session,
        hook_event_name: event,
        workspace_roots: [worktree],
        tool_name: 'Write',
        tool_input: { file_path: file },
        tool_use_id: session,
      };
    case 'copilot':
      return {
        sessionId: session,
        cwd: worktree,
        toolName: 'create',
        toolArgs: JSON.stringify({ path: file }),
      };
    case 'vscode':
      return {
        sessionId: session,
        cwd: worktree,
        hookEventName: event,
        tool_name: 'editFiles',
        tool_input: { files: [file] },
        tool_use_id: session,
      };
    case 'kimi':
      return {
        ...common,
        tool_name: 'Write',
        tool_input: { path: file, content: '' },
        tool_call_id: session,
      };
    case 'claude':
    case 'opencode':
      return {
        ...common,
        tool_name: 'Write',
        tool_input: { file_path: file, content: '' },
        tool_use_id: session,
      };
  }
}
