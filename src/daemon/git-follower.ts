import type { CommandOf, ScopePath } from '../core/index.ts';
import type { SyncView } from '../protocol/index.ts';
import type { GitMark, TrackedContent } from '../repository/index.ts';
import { isTreeDigest, ownDigests, treeDigest, type OwnDigests } from '../sync/index.ts';
import { Coalesced } from './coalesced.ts';

export type GitCommand = Omit<CommandOf<'GitOperation'>, 'atMs' | 'requestId'>;

/** A scope in force, as far as its digest depends on it. */
export interface FollowedScope {
  readonly path: ScopePath;
  readonly dependencies: readonly ScopePath[];
}

/** Where Git is looked at, and the state that follows it. */
export interface GitPorts {
  /** Null: there is no working tree to be looked at. */
  mark(): GitMark | null;
  content(): Promise<TrackedContent>;
  lastOperation(): string | null;
  /** All that were ever begun. */
  syncs(): Promise<readonly SyncView[]>;
  scopes(): Promise<readonly FollowedScope[]>;
  /** What scopes run when they are synced; null: nobody knows. */
  commands(): ReadonlyMap<ScopePath, { readonly run: string }> | null;
  submit(command: GitCommand): Promise<unknown>;
}

/** What was seen at the last look. */
interface Seen {
  readonly mark: GitMark;
  /** Of what is staged: that alone is Git's doing, and not an edit under way. */
  readonly staged: OwnDigests;
  readonly commands: Commands | null;
}

type Commands = ReadonlyMap<ScopePath, { readonly run: string }>;

/**
 * Sees that Git has changed files of scopes, by whatever operation: a commit, a checkout, a merge, a rebase, a reset, a pull.
 * The scopes of which it did, and that are not what they were synced as any more, are to be synced again, and what depends
 * on them. An edit that Git does not know of yet undoes nothing. Where nothing is synced nothing is looked at.
 */
export class GitFollower {
  readonly #ports: GitPorts;
  readonly #looks: Coalesced<void>;
  #seen: Seen | null = null;

  constructor(ports: GitPorts) {
    this.#ports = ports;
    this.#looks = new Coalesced(() => this.#look());
  }

  /** Fails where the working tree cannot be read; the next look finds what this one would have found. */
  look(): Promise<void> {
    return this.#looks.run();
  }

  async #look(): Promise<void> {
    const mark = this.#ports.mark();
    if (mark === null || mark.isBusy || this.#isSeen(mark)) return;
    const syncs = await this.#ports.syncs();
    const synced = syncs.filter(({ status }) => status === 'completed' || status === 'syncing');
    if (synced.length === 0) {
      this.#seen = null;
      return;
    }
    const scopes = await this.#ports.scopes();
    const paths = scopes.map(({ path }) => path);
    const content = await this.#ports.content();
    const staged = ownDigests(paths, content.staged);
    const changed = this.#changed(synced, scopes, { staged, now: ownDigests(paths, content.now) });
    if (changed.length > 0) {
      const operation = this.#operation(mark);
      await this.#ports.submit({ kind: 'GitOperation', by: 'service', scopes: changed, operation });
    }
    this.#seen = { mark, staged, commands: this.#ports.commands() };
  }

  #isSeen({ text }: GitMark): boolean {
    return this.#seen?.mark.text === text && this.#seen.commands === this.#ports.commands();
  }

  #changed(
    synced: readonly SyncView[],
    scopes: readonly FollowedScope[],
    { staged, now }: { readonly staged: OwnDigests; readonly now: OwnDigests },
  ): ScopePath[] {
    const digests = new Map(synced.map(({ scope, digest }) => [scope, digest]));
    const dependencies = new Map(scopes.map((scope) => [scope.path, scope.dependencies]));
    const commands = this.#ports.commands();
    const before = this.#seen?.staged;
    return synced
      .filter(({ scope, status, digest }) => {
        const isTouched =
          before === undefined ||
          before.get(scope) !== staged.get(scope) ||
          this.#seen?.commands?.get(scope)?.run !== commands?.get(scope)?.run;
        if (!isTouched || !dependencies.has(scope)) return false;
        // Of a run under way, and of what somebody else has vouched for, only what was seen before can tell.
        if (status === 'syncing' || digest === null || !isTreeDigest(digest) || commands === null)
          return before !== undefined;
        const below = (dependencies.get(scope) ?? []).map((one): [ScopePath, string] => [
          one,
          digests.get(one) ?? '',
        ]);
        const own = now.get(scope) ?? '';
        const command = commands.get(scope)?.run ?? null;
        return treeDigest({ own, command, dependencies: new Map(below) }) !== digest;
      })
      .map(({ scope }) => scope)
      .sort();
  }

  /** An index that is another while HEAD is the same was changed by `git add` or the like, which Git's own log does not have. */
  #operation(mark: GitMark): string {
    if (this.#seen?.mark.text === mark.text) return 'scope file';
    if (this.#seen?.mark.head === mark.head) return 'index';
    return this.#ports.lastOperation() ?? 'unknown operation';
  }
}
