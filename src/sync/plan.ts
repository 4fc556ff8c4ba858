/** What is to be synced, why, and in which order. */
import { dependencyWaves, reachableInOrder, type ScopePath, type SyncStatus } from '../core/index.ts';
import { isTreeDigest, treeDigest, type OwnDigests } from './digest.ts';

/** A scope, as the coordinator knows it. */
export interface KnownScope {
  readonly path: ScopePath;
  readonly dependencies: readonly ScopePath[];
  readonly syncStatus: SyncStatus;
  /** What it was synced as last; null: never, or nobody said. */
  readonly digest: string | null;
}

export interface Surveyed {
  readonly scopes: readonly KnownScope[];
  readonly own: OwnDigests;
  /** What scopes run when they are synced. */
  readonly commands: ReadonlyMap<ScopePath, { readonly run: string }>;
}

/**
 * Why a scope is to be synced: it never was; its files or its command are not what it was synced as; something it depends on is to
 * be synced or is not what it was; its last run failed, or was undone; or it is being synced.
 */
export type Why = 'never' | 'changed' | 'below' | 'failed' | 'undone' | 'running';

export interface Step {
  readonly scope: ScopePath;
  readonly why: Why;
  /** Whether it is otherwise than it was synced last, itself or below: then its command has to run. */
  readonly isNew: boolean;
  /** Of what it is now. */
  readonly digest: string;
}

export interface Plan {
  /** The scopes of a wave depend only on those of earlier ones. */
  readonly waves: readonly (readonly Step[])[];
  /** Synced, and as it was then. */
  readonly unchanged: readonly ScopePath[];
  /** Of each scope that is wanted, what it is now. */
  readonly digests: ReadonlyMap<ScopePath, string>;
}

/** Plans the syncs of some scopes and all that they depend on; of all where none is named. */
export function planSync({ scopes, own, commands }: Surveyed, asked: readonly ScopePath[]): Plan {
  const byPath = new Map(scopes.map((scope) => [scope.path, scope]));
  const below = (path: ScopePath): readonly ScopePath[] => byPath.get(path)?.dependencies ?? [];
  const wanted = asked.length === 0 ? [...byPath.keys()] : reachableInOrder(asked, below);
  const digests = new Map<ScopePath, string>();
  const steps = new Map<ScopePath, Step>();
  const unchanged: ScopePath[] = [];
  const waves = dependencyWaves(wanted, below).map((wave) =>
    wave.flatMap((path): Step[] => {
      const scope = byPath.get(path);
      if (scope === undefined) return [];
      const parts = {
        own: own.get(path) ?? '',
        command: commands.get(path)?.run ?? null,
        dependencies: new Map(below(path).map((one) => [one, digests.get(one) ?? ''])),
      };
      const digest = treeDigest(parts);
      digests.set(path, digest);
      const why = reasonOf(scope, digest, steps);
      if (why === null) {
        unchanged.push(path);
        return [];
      }
      const step = { scope: path, why, isNew: scope.digest !== digest, digest };
      steps.set(path, step);
      return [step];
    }),
  );
  return { waves: waves.filter((wave) => wave.length > 0), unchanged, digests };
}

/** Null: there is nothing to be done. Who has presented a digest of his own is believed until something below is another. */
function reasonOf(
  { syncStatus, digest, dependencies }: KnownScope,
  now: string,
  steps: ReadonlyMap<ScopePath, Step>,
): Why | null {
  if (syncStatus === 'syncing') return 'running';
  if (syncStatus === 'failed') return 'failed';
  if (syncStatus === 'completed' && digest === now) return null;
  const below = dependencies.flatMap((one) => steps.get(one) ?? []);
  const isBelowNew = below.some(({ isNew }) => isNew);
  if (syncStatus === 'completed' && (digest === null || !isTreeDigest(digest)))
    return isBelowNew ? 'below' : null;
  if (digest === null) return 'never';
  if (below.length > 0) return 'below';
  return digest === now ? 'undone' : 'changed';
}
