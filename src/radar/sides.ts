/** What may come together: working trees as they are now, and branches that are checked out in none. */
export interface Side {
  /** No other side is called so. */
  readonly name: string;
  /** Top folder of the working tree; null: it is a branch alone. */
  readonly tree: string | null;
  /** In short; null: none is checked out there. */
  readonly branch: string | null;
  /** The commit that it stands on. */
  readonly head: string;
}

/** What is in a side now. */
export interface Present {
  readonly ok: true;
  readonly side: Side;
  /** A commit of its content on top of its own; its own where nothing is changed. */
  readonly commit: string;
  /** Git's name of the content. */
  readonly content: string;
  /** Changed files that are too large to be looked at. */
  readonly leftOut: readonly string[];
}

export interface Unread {
  readonly ok: false;
  readonly side: Side;
  readonly why: string;
}

export interface Conflict {
  readonly file: string;
  /** Such as `content`, `modify/delete`. */
  readonly kinds: readonly string[];
}

export type Merged =
  | { readonly ok: true; readonly conflicts: readonly Conflict[] }
  | { readonly ok: false; readonly why: string };

/** What the radar needs of Git. */
export interface RadarGit {
  /** Of what decides on merges beside the contents. */
  readonly rules: string;
  readonly sides: readonly Side[];
  /** What is in each side, in their order. */
  presents(): Promise<readonly (Present | Unread)[]>;
  /** Merge bases of the commits that each two stand on; none where they have no history in common. */
  bases(pairs: readonly Pair[]): Promise<readonly (readonly string[])[]>;
  /** In the order of the pairs, each of which has a merge base. */
  merge(pairs: readonly Pair[]): Promise<readonly Merged[]>;
}

export type Pair = readonly [Present, Present];
