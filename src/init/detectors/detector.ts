import type { Links } from '../graph/links.ts';
import type { Notices } from '../notices.ts';
import type { ScopeFolders } from './scope-folders.ts';
import type { Unit } from './unit.ts';
import type { RepositoryTree } from '../tree/tree.ts';

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
