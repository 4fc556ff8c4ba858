import type { ScopePath } from '../core/index.ts';
import type { Links } from './links.ts';
import type { Notices } from './notices.ts';
import type { ScopeFolders } from './scope-folders.ts';
import type { RepositoryTree } from './tree.ts';

/** What a scope's `scope_type` says; a label for people. */
export type UnitType = 'application' | 'library' | 'component' | 'repository';

/** A folder that the repository's own tools treat as a part: it becomes a scope. */
export interface Unit {
  readonly path: ScopePath;
  /** What its tools call it, the best known name first. */
  readonly names: readonly string[];
  readonly type: UnitType;
  /** The manifest that makes it a part, repository-relative; a folder for parts without one. */
  readonly source: string;
}

/** What one ecosystem says about a repository. */
export interface Detected {
  readonly units: readonly Unit[];
  /** What they were derived from, where the title of the detector does not say it. */
  readonly origins?: readonly string[];
  /** Adds the dependencies, once it is known which folders are scopes. */
  readonly addLinks: (folders: ScopeFolders, links: Links) => void;
}

/** Knows the manifests of one ecosystem. What it cannot read it notes, and goes on with the rest. */
export interface Detector {
  /** For people: what the scopes were derived from. */
  readonly title: string;
  detect(tree: RepositoryTree, notices: Notices): Detected;
}
