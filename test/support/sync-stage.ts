/** For tests of syncs: a service on clocks that stand still, files that are texts, and commands that do as they are told. */
import type { Entry, Event, ScopePath } from '../../src/core/index.ts';
import type { AgentSession } from '../../src/participant/index.ts';
import type { CallerCommand, Coordinator, Reply, SyncView } from '../../src/protocol/index.ts';
import { join, newRequestId, openBench, scopePath, settled, type Bench } from '../../src/service/testing.ts';
import { ownDigests } from '../../src/sync/digest.ts';
import type { CommandEnd, SyncNews, SyncOutcome, SyncProblem } from '../../src/sync/news.ts';
import { syncScopes, type RunnerPorts, type SyncWish } from '../../src/sync/runner.ts';

/** Dependencies by scope. */
export type Graph = Readonly<Record<string, readonly string[]>>;

export class SyncStage {
  readonly bench: Bench;
  readonly session: AgentSession;
  readonly files = new Map<string, string>();
  readonly commands = new Map<ScopePath, { run: string; timeoutMs: number }>();
  readonly problems = new Map<ScopePath, readonly SyncProblem[]>();
  /** Scopes whose definitions cannot be used. */
  readonly unread = new Set<ScopePath>();
  /** What a command does, by its text; without an entry it ends well at once. */
  readonly acts = new Map<string, (signal: AbortSignal) => Promise<CommandEnd>>();
  readonly ran: string[] = [];
  readonly news: SyncNews[] = [];
  isAllowed = true;
  atOnce = 0;
  mostAtOnce = 0;

  private constructor(bench: Bench, session: AgentSession) {
    this.bench = bench;
    this.session = session;
  }

  static async open(graph: Graph): Promise<SyncStage> {
    let chances = 0;
    const bench = await openBench({ options: { chance: () => ((chances += 1) % 97) / 97 } });
    const scopes = Object.entries(graph).map(([path, dependencies]) => ({
      path: scopePath(path),
      name: path,
      type: 'package',
      dependencies: dependencies.map(scopePath),
    }));
    await bench.service.submitInternal({ kind: 'DefineScopes', by: 'service', scopes });
    return new SyncStage(bench, await join(bench.service, 'sync'));
  }

  /** Each of these files has a content, and each scope a command that is called as the scope. */
  write(...paths: readonly string[]): void {
    for (const path of paths) this.files.set(path, `${this.files.get(path) ?? ''}.`);
  }

  command(...scopes: readonly string[]): void {
    for (const scope of scopes) this.commands.set(scopePath(scope), { run: scope, timeoutMs: 60_000 });
  }

  submit = (command: CallerCommand): Promise<Reply> =>
    this.bench.service.submit({ requestId: newRequestId(), command });

  ports(): RunnerPorts {
    return {
      coordinator: this.bench.service as unknown as Coordinator,
      submit: this.submit,
      session: this.session,
      operator: 'somebody',
      look: async (scopes) => ({
        own: ownDigests(scopes, this.files),
        commands: new Map(this.commands),
      }),
      isAllowed: () => this.isAllowed,
      examine: async (scope) => ({
        problems: this.problems.get(scope) ?? [],
        isUnread: this.unread.has(scope),
      }),
      execute: async (_, { run }, signal) => {
        this.ran.push(run);
        this.atOnce += 1;
        this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
        await settled();
        try {
          return (await this.acts.get(run)?.(signal)) ?? { kind: 'exited', code: 0 };
        } finally {
          this.atOnce -= 1;
        }
      },
      timers: this.bench.timers,
      wallMs: () => this.bench.clock.wallMs(),
      tell: (news) => void this.news.push(news),
    };
  }

  /** What became of each scope. */
  async sync(
    wish: Partial<SyncWish> = {},
    signal = new AbortController().signal,
  ): Promise<Record<string, string>> {
    const whole: SyncWish = {
      scopes: [],
      jobs: 4,
      strict: false,
      retries: false,
      resets: true,
      ...wish,
    };
    const { outcomes, unchanged } = await syncScopes(this.ports(), whole, signal);
    return Object.fromEntries([
      ...[...outcomes].map(([scope, outcome]): [string, string] => [scope, wordsOf(outcome)]),
      ...unchanged.map((scope): [string, string] => [scope, 'as it was']),
    ]);
  }

  async statusOf(scope: string): Promise<SyncView | undefined> {
    const { syncs } = await this.bench.service.query({ kind: 'status', at: null });
    return syncs.find((sync) => sync.scope === scope);
  }

  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1_000) {
      for (let turn = 0; turn < 5; turn += 1) await settled();
      this.bench.timers.advance(Math.min(left, 1_000));
    }
    for (let turn = 0; turn < 20; turn += 1) await settled();
  }

  /** Events of syncs, in order. */
  async events(): Promise<string[]> {
    const { first } = await this.bench.store.bounds();
    const page = await this.bench.store.read(first, 10_000);
    const entries: readonly Entry[] = page.kind === 'entries' ? page.entries : [];
    return entries.flatMap(({ events }) => events.flatMap(eventText));
  }
}

function eventText(event: Event): string[] {
  if (!event.kind.startsWith('sync.') || !('scope' in event)) return [];
  return [`${event.kind.slice(5)} ${event.scope as string}`];
}

function wordsOf(outcome: SyncOutcome): string {
  if (outcome.kind === 'failed') return `failed: ${outcome.error}`;
  if (outcome.kind === 'aborted') return `aborted by ${outcome.by}`;
  if (outcome.kind === 'heldBack') return `held back by ${outcome.by.join(', ')}`;
  return outcome.kind;
}
