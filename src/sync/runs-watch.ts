import type { Entry, Event, Revision, ScopePath, SyncRun } from '../core/index.ts';
import type { Coordinator } from '../protocol/index.ts';

/** How a run ended without its own doing: somebody wanted that (and who), or something was changed. */
export interface RunUndone {
  readonly abortedBy: string | null;
}

const ended: RunUndone = { abortedBy: null };

/** Hears how runs end that go on: one's own, which somebody undoes, and others', which one waits for. */
export class RunsWatch {
  readonly #listeners = new Map<string, (how: RunUndone) => void>();
  /** Runs that were heard to end: whoever asks for one later is told at once. */
  readonly #over = new Map<string, RunUndone>();
  readonly #stop = new AbortController();
  #error: unknown = null;

  /** `from`: what is in the log by then is known. */
  constructor(coordinator: Pick<Coordinator, 'watch'>, from: Revision) {
    void this.#follow(coordinator, from);
  }

  /** Calls back once when that run is over, however it ended; the answer goes back to not listening. */
  onEnd(scope: ScopePath, run: SyncRun, react: (how: RunUndone) => void): () => void {
    const key = keyOf(scope, run);
    this.#listeners.set(key, react);
    // Where nobody hears any more, whoever waits looks for himself.
    const over = this.#over.get(key) ?? (this.#error === null ? null : ended);
    if (over !== null) this.#tell(key, over);
    return () => void this.#listeners.delete(key);
  }

  stop(): void {
    this.#stop.abort();
  }

  async #follow(coordinator: Pick<Coordinator, 'watch'>, from: Revision): Promise<void> {
    try {
      for await (const entry of coordinator.watch(from, this.#stop.signal)) this.#hear(entry);
    } catch (error) {
      this.#error = error;
      for (const key of this.#listeners.keys()) this.#tell(key, ended);
    }
  }

  #hear({ events, kind, by }: Entry): void {
    const how = kind === 'AbortSync' ? { abortedBy: by ?? 'somebody' } : ended;
    for (const event of events) {
      if (!endsRun(event)) continue;
      const key = keyOf(event.scope, event.run);
      this.#over.set(key, how);
      this.#tell(key, how);
    }
  }

  #tell(key: string, how: RunUndone): void {
    const react = this.#listeners.get(key);
    this.#listeners.delete(key);
    react?.(how);
  }
}

const keyOf = (scope: ScopePath, run: SyncRun): string => `${run} ${scope}`;

type RunEnd = Extract<Event, { kind: 'sync.completed' | 'sync.failed' | 'sync.aborted' }>;
const endsRun = (event: Event): event is RunEnd =>
  event.kind === 'sync.completed' || event.kind === 'sync.failed' || event.kind === 'sync.aborted';
