import type { HandlerKind } from '../../../hooks/install/index.ts';
import type { Call } from '../../call.ts';
import type { Draft } from './draft.ts';

/** Something that can be told to ask this program before it acts: a coding-agent client, or Git. */
export interface HookTarget {
  /** As it is typed. */
  readonly name: string;
  readonly title: string;
  /** Files of the working tree that it may write; what stands there is not noted as ours without being one of these. */
  readonly files: readonly string[];
  /** Whether a repository looks as if it were used here: it is meant where no name is given. */
  isEvident(draft: Draft): boolean;
  /** What a file of it would hold that has nothing else. Absent where there is no such file. */
  print?(
    call: Call,
    worktree: string | null,
    handler?: HandlerKind,
  ): { readonly file: string; readonly content: string };
  /** It can ask the agent's own `rhema mcp` in place of a command. */
  readonly hasToolHandler?: true;
  /**
   * Puts what is missing into the draft. `handler`: how the client is to ask; else as it does, or by a command.
   * @throws CommandError NOT_WRITTEN with file and remedy.
   */
  install(call: Call, draft: Draft, handler?: HandlerKind): Promise<TargetPlan>;
  /** Takes out exactly what is ours. */
  uninstall(call: Call, draft: Draft): Promise<TargetPlan>;
  status(call: Call, draft: Draft): Promise<TargetStatus>;
}

export interface TargetPlan {
  /** What is left as it is, and why. */
  readonly left: readonly string[];
  /** What there is to know once it is written. */
  readonly told: readonly string[];
  /** What is written outside of the working tree, as in Git's own folder. */
  readonly beside?: BesideChange;
}

export interface BesideChange {
  /** As a diff, or in words; shown before anybody is asked. */
  readonly shown: string;
  readonly apply: () => Promise<void>;
}

export const targetStates = ['installed', 'partly', 'changed', 'absent', 'unreadable'] as const;

export interface TargetStatus {
  readonly name: string;
  readonly file: string;
  /** `partly`: some events are missing. `changed`: somebody has changed an entry of ours. */
  readonly state: (typeof targetStates)[number];
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  /** The command lines of ours that were found. */
  readonly commands: readonly CommandStatus[];
  /** Events at which the agent's own `rhema mcp` is asked in place of a command. */
  readonly byTool?: readonly string[];
  /** What else is to be said; a problem with its remedy first. */
  readonly notes: readonly string[];
}

export interface CommandStatus {
  readonly command: string;
  /** Why it cannot be run, or is of another version; null where all is well. */
  readonly problem: string | null;
}
