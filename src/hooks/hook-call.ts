/** What a client's hook tells, and what it is answered, in the words of no client. */

/** A moment in the life of an agent at which its client asks, or tells. */
export type HookEvent =
  | 'sessionStart'
  | 'prompt'
  | 'beforeTool'
  | 'afterTool'
  | 'alive'
  | 'stop'
  | 'subagentStart'
  | 'subagentStop'
  | 'sessionEnd';

/** What a tool is about to do, or has done, as far as it matters here. Paths are as the client named them. */
export type Act =
  | { readonly kind: 'edit'; readonly paths: readonly string[] }
  | { readonly kind: 'read'; readonly paths: readonly string[] }
  | { readonly kind: 'shell'; readonly command: string; readonly folder: string | null }
  /** A tool that writes, in words that are not understood: a version of the client that is not known yet. */
  | { readonly kind: 'unclear'; readonly tool: string }
  /** It has joined through `rhema mcp`, and is that agent from now on. Null: the answer does not say which. */
  | { readonly kind: 'join'; readonly agent: string | null };

export interface HookCall {
  readonly event: HookEvent;
  /** The client's own; empty where it has none. */
  readonly session: string;
  /** Of an agent that another one has started in its session; null: the session's own agent. */
  readonly subagent: string | null;
  /** By which a repeat is known; null where the client gives none. */
  readonly toolUse: string | null;
  /** Where the agent works; null where the client does not say. */
  readonly folder: string | null;
  /** Of a tool that matters; null otherwise. */
  readonly act: Act | null;
  /** The agent was kept from stopping before, and wants to stop again. */
  readonly isStoppingAgain: boolean;
}

export type HookAnswer =
  /** `told`: to the agent's model, where the client passes it on at this moment; `shown`: to whoever sits before the client. */
  | { readonly kind: 'pass'; readonly told: string | null; readonly shown: string | null }
  /** Before a tool: it does not run. */
  | { readonly kind: 'refuse'; readonly reason: string }
  /** At a stop: it goes on, and is told why. */
  | { readonly kind: 'goOn'; readonly reason: string };

export const passes: HookAnswer = { kind: 'pass', told: null, shown: null };

/** What a hook process leaves behind. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}
