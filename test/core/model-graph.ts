/** The model's scopes, their dependencies and their syncs; see `model.ts`. */
import type { CommandOf, Settings } from '../../src/core/index.ts';
import type { Answer } from './model.ts';

interface ModelScope {
  readonly path: string;
  readonly dependencies: readonly string[];
  readonly digests: Record<string, string>;
  readonly withdrawn: boolean;
}

interface ModelSync {
  readonly scope: string;
  status: 'idle' | 'syncing' | 'completed' | 'failed';
  failures: number;
  run: number;
  agent: string;
  retryAt: number;
}

export interface ModelDefinition {
  readonly path: string;
  readonly dependencies: readonly string[];
}

export class ModelGraph {
  now = 0;
  revision = 0;
  scopes: ModelScope[] = [];
  syncs: ModelSync[] = [];
  readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** The nearest scope around a path, if need be with others that there will be. */
  nearest(path: string, more: readonly ModelDefinition[] = []): string | null {
    const around = [...this.scopes, ...more]
      .map((scope) => scope.path)
      .filter((scope) => path === scope || path.startsWith(`${scope}/`));
    return around.toSorted((a, b) => b.length - a.length)[0] ?? null;
  }

  unknown(...scopes: readonly string[]): Answer | null {
    return scopes.every((path) => this.scopes.some((scope) => scope.path === path))
      ? null
      : 'SCOPE_NOT_FOUND';
  }

  failRunsOf(agent: string): void {
    for (const sync of this.syncs) if (sync.agent === agent && sync.status === 'syncing') this.fail(sync);
  }

  // Scopes.

  defined(): ModelScope[] {
    return this.scopes.filter((scope) => !scope.withdrawn);
  }

  /** Withdrawn scopes go when they are in use no more. */
  forget(isInUse: (scope: string) => boolean): void {
    this.scopes = this.scopes.filter((scope) => !scope.withdrawn || isInUse(scope.path));
    this.syncs = this.syncs.filter((sync) => this.unknown(sync.scope) === null);
  }

  /** Takes a graph that is not refused. */
  define(next: readonly ModelDefinition[], isInUse: (scope: string) => boolean): Answer {
    const outdated = next.filter(({ path, dependencies }) => {
      const known = this.scopes.find((scope) => scope.path === path);
      return dependencies.some(
        (on) => known?.dependencies.includes(on) === false && this.syncStatus(on) !== 'completed',
      );
    });
    const before = this.scopes;
    this.scopes = next.map(({ path, dependencies }) => {
      const digests = before.find((scope) => scope.path === path)?.digests ?? {};
      return { path, dependencies, digests, withdrawn: false };
    });
    const unnamed = before.filter(({ path }) => !next.some((scope) => scope.path === path) && isInUse(path));
    this.scopes.push(...unnamed.map((scope) => ({ ...scope, dependencies: [], withdrawn: true })));
    this.invalidate(outdated.map((scope) => scope.path));
    this.syncs = this.syncs.filter((sync) => this.unknown(sync.scope) === null);
    return 'committed';
  }

  /** Why a graph cannot be taken. */
  refused(graph: readonly ModelDefinition[]): Answer | null {
    for (const { path, dependencies } of graph.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
      if (dependencies.includes(path)) return 'SELF_DEPENDENCY';
      if (!dependencies.every((on) => graph.some((scope) => scope.path === on))) return 'DEPENDENCY_UNKNOWN';
      if (dependencies.length > this.settings.maxDependencies) return 'DEPENDENCY_LIMIT_REACHED';
    }
    const depth = (path: string, steps: number): number => {
      if (steps > graph.length) return Infinity;
      const dependencies = graph.find((scope) => scope.path === path)?.dependencies ?? [];
      return Math.max(0, ...dependencies.map((on) => 1 + depth(on, steps + 1)));
    };
    const deepest = Math.max(0, ...graph.map((scope) => depth(scope.path, 0)));
    if (deepest === Infinity) return 'DEPENDENCY_CYCLE';
    return deepest > this.settings.maxScopeDepth ? 'SCOPE_DEPTH_EXCEEDED' : null;
  }

  // Syncs.

  syncStatus(scope: string): ModelSync['status'] {
    return this.syncs.find((sync) => sync.scope === scope)?.status ?? 'idle';
  }

  startSync({ scope, agent }: CommandOf<'StartSync'>): Answer {
    const unknown = this.unknown(scope);
    if (unknown !== null) return unknown;
    const status = this.syncStatus(scope);
    if (status === 'syncing') return 'SYNC_IN_PROGRESS';
    if (status === 'completed') return 'SYNC_ALREADY_COMPLETED';
    if (status === 'failed') return 'SYNC_FAILED';
    const dependencies = this.scopes.find((each) => each.path === scope)?.dependencies ?? [];
    const ready = dependencies.every((on) => this.syncStatus(on) === 'completed');
    if (this.settings.dependencyChecking && !ready) return 'DEPENDENCY_NOT_SYNCED';
    const failures = this.syncs.find((sync) => sync.scope === scope)?.failures ?? 0;
    this.syncs = this.syncs.filter((sync) => sync.scope !== scope);
    this.syncs.push({ scope, status: 'syncing', failures, run: this.revision, agent, retryAt: 0 });
    return 'committed';
  }

  endSync(
    { scope, agent, run }: CommandOf<'CompleteSync'> | CommandOf<'FailSync'>,
    end: (sync: ModelSync) => void,
  ): Answer {
    const unknown = this.unknown(scope);
    if (unknown !== null) return unknown;
    const sync = this.syncs.find((each) => each.scope === scope && each.status === 'syncing');
    if (sync === undefined) return 'SYNC_NOT_RUNNING';
    if (sync.run !== run || sync.agent !== agent) return 'STALE_SYNC_RUN';
    end(sync);
    return 'committed';
  }

  complete(sync: ModelSync): void {
    sync.status = 'completed';
    sync.failures = 0;
  }

  fail(sync: ModelSync): void {
    sync.status = 'failed';
    sync.retryAt = this.now + this.settings.retryBackoffMs * 2 ** sync.failures;
    sync.failures += 1;
  }

  notFailed(scope: string): Answer | null {
    return this.syncStatus(scope) === 'failed' ? null : 'SYNC_NOT_FAILED';
  }

  retry(scope: string): Answer {
    const refused = this.unknown(scope) ?? this.notFailed(scope);
    if (refused !== null) return refused;
    const sync = this.syncs.find((each) => each.scope === scope);
    if ((sync?.failures ?? 0) > this.settings.maxRetries) return 'RETRY_LIMIT_REACHED';
    return this.now < (sync?.retryAt ?? 0) ? 'RETRY_TOO_SOON' : this.idle(scope, false);
  }

  abort(scope: string): Answer {
    const unknown = this.unknown(scope);
    if (unknown !== null) return unknown;
    return this.syncStatus(scope) === 'syncing' ? this.idle(scope, false) : 'SYNC_NOT_RUNNING';
  }

  idle(scope: string, forgiven: boolean): Answer {
    for (const sync of this.syncs)
      if (sync.scope === scope) {
        sync.status = 'idle';
        if (forgiven) sync.failures = 0;
      }
    return 'committed';
  }

  changed(scopes: readonly string[]): Answer {
    const unknown = this.unknown(...scopes);
    if (unknown !== null) return unknown;
    this.invalidate(scopes);
    return 'committed';
  }

  invalidate(changed: readonly string[]): void {
    let reached = [...changed];
    for (let size = -1; size !== reached.length;) {
      size = reached.length;
      const above = this.scopes.filter((scope) => scope.dependencies.some((on) => reached.includes(on)));
      reached = [...new Set([...reached, ...above.map((scope) => scope.path)])];
    }
    for (const scope of reached) this.idle(scope, true);
  }
}
