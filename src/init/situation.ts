import type { ScopeDefinition, ScopePath, Settings } from '../core/index.ts';
import type { ScopeProblem } from '../protocol/index.ts';
import type { Stage } from './stage.ts';
import type { ExistingScope } from './files/existing.ts';
import type { Move } from './files/convert.ts';
import type { FileChange } from './files/file-change.ts';
import type { Ends } from './graph/links.ts';
import type { Notice } from './notices.ts';
import type { Layout } from './layout.ts';
import { isWithin } from './paths.ts';
import type { Survey } from './survey.ts';

/** What a person, or a rule in his place, decides about a plan. */
export interface Choices {
  /** No scope lies deeper than so many folders; null: as deep as they are. */
  readonly depth: number | null;
  /** Dependencies to be left out first, where that breaks a cycle. */
  readonly leaveOut: readonly Ends[];
  /** Whether bounds of the graph that are too tight are raised, unless a person has written them. */
  readonly raise: boolean;
  /** How many agents are to hold locks at the same time, for a block that is made anew. */
  readonly agents: number;
  /** Whether their clients lock for them what they edit; for a block that is made anew. */
  readonly hooks: boolean;
}

/** What is left to the scope around it. */
export interface LeftAside {
  /** Patterns that make no scopes of what lies in the folders that they fit, for a block that is made anew. */
  readonly exclude: readonly string[];
  /** How many parts of the code lie in folders that are excluded. */
  readonly parts: number;
}

/** What a plan is made from. */
export interface Situation {
  readonly survey: Survey;
  readonly existing: ReadonlyMap<ScopePath, ExistingScope>;
  /** Of the scopes that exist. */
  readonly definitions: readonly ScopeDefinition[];
  readonly settings: Settings;
  /** Null: the block is not added. */
  readonly stage: Stage | null;
  /** The name for a top scope that has none. */
  readonly topName: string;
  /** How a folder is spelled on disk, repository-relative. */
  readonly folderOnDisk: (path: ScopePath) => string;
  /** What is described in another place from now on; `existing` has it there already. */
  readonly moves: readonly Move[];
  /** Scopes for which a file would be written that Git ignores. */
  readonly ignored: ReadonlySet<ScopePath>;
  /** For scopes that are new. */
  readonly layout: Layout;
  /** Nobody has asked for it, and nothing stands in it yet. */
  readonly isLayoutOpen: boolean;
  /** By which the scopes are derived; see `rules.ts`. */
  readonly rules: number;
  readonly leftAside: LeftAside;
  /** Patterns of files that need no lock, for a block that is made anew. */
  readonly free: readonly string[];
  /** The top's file has no configuration yet, and gets one. */
  readonly isBlockNew: boolean;
  /** The files of commits, the latest first; null: there is no history that could be read. */
  readonly commits: readonly (readonly string[])[] | null;
  /** What to say when these files are made, about packages that would be published with them. */
  readonly noticesOfNew: (files: readonly string[]) => readonly Notice[];
  /** What the survey had to say. */
  readonly notices: readonly Notice[];
  /** Those of them by which something could not be read. */
  readonly gaps: readonly Notice[];
  /** Removals of what a killed process has left beside scope files. */
  readonly left: readonly FileChange[];
  /** What is wrong with the scope files. */
  readonly problems: readonly ScopeProblem[];
}

/**
 * Whether a scope may be there though no part was found for it: it has a file, or lies in a folder that cannot be opened. One
 * that a sparse checkout leaves out has its file in Git's index.
 */
export function mayBeScope({ existing, gaps }: Situation, path: ScopePath): boolean {
  return existing.has(path) || gaps.some(({ file }) => file !== null && isWithin(file, path));
}
