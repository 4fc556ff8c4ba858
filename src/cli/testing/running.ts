import {
  asRevision,
  asTimeMs,
  type Entry,
  type Grant,
  type Rejection,
  type Result,
  type ScopePath,
  type LockName,
  type OfScope,
} from '../../core/index.ts';
import type { CallerCommand, LockView } from '../../protocol/index.ts';
import { FakeCoordinator, type Script } from './fake-coordinator.ts';
import { Harness, startMs, until, type Ended, type FakeChild, type HarnessOptions } from './harness.ts';
import { grant, statusAnswer } from './samples.ts';

/** A coordinator that grants whatever is asked for, with leases of one minute. */
export interface Granting {
  readonly held?: readonly LockView[];
  readonly acquire?: Rejection;
  readonly onAcquire?: () => void;
  /** Whether the agent has held what it asks for before. */
  readonly already?: true;
  /** What a heartbeat answers, instead of a renewal in full. */
  readonly heartbeat?: () => Result | Rejection | Error;
  readonly leave?: Result | Rejection;
  readonly release?: (scopes: readonly ScopePath[]) => Result | Rejection;
  /** What is committed meanwhile; nothing unless given. */
  readonly watch?: (signal: AbortSignal) => AsyncIterable<Entry>;
  readonly answers?: Script['answers'];
}

export async function* nothingHappens(signal: AbortSignal): AsyncIterable<Entry> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  yield* [];
}

const grantedTo =
  ({ already }: Granting) =>
  (scope: ScopePath): Grant => ({ ...grant(scope), ...(already === undefined ? {} : { already }) });

const released = (scopes: readonly ScopePath[]): Result => ({ kind: 'released', scopes });

/** `rhema run` under way. */
export class Running {
  readonly coordinator: FakeCoordinator;
  readonly harness: Harness;
  readonly ended: Promise<Ended>;
  #granted: readonly ScopePath[] = [];

  constructor(words: readonly string[], granting: Granting = {}, options: Partial<HarnessOptions> = {}) {
    this.coordinator = new FakeCoordinator({
      nowMs: () => this.harness.clock.wallMs(),
      submit: (command) => this.#answer(command, granting),
      answers: { status: () => statusAnswer({ locks: granting.held ?? [] }), ...granting.answers },
      watch: granting.watch ?? nothingHappens,
    });
    this.harness = new Harness({ coordinator: this.coordinator, ...options });
    this.ended = this.harness.run('run', ...words);
  }

  get kinds(): string[] {
    return this.coordinator.commands.map((command) => command.kind);
  }

  async child(): Promise<FakeChild> {
    await until(() => this.harness.children.length === 1);
    const [child] = this.harness.children;
    if (child === undefined) throw new Error('no child');
    return child;
  }

  renewed(over: Partial<Omit<Grant, keyof LockName> & OfScope> = {}): Result {
    const nowMs = this.harness.clock.wallMs();
    const deadlineMs = asTimeMs(nowMs + 60_000);
    const leases = this.#granted.map((scope) => ({ ...grant(scope), deadlineMs, ...over }) as Grant);
    return { kind: 'renewed', sessionDeadlineMs: asTimeMs(nowMs + 300_000), leases };
  }

  #answer(command: CallerCommand, granting: Granting): Result | Rejection | Error {
    switch (command.kind) {
      case 'AgentJoin':
        return {
          kind: 'joined',
          agent: command.agent,
          epoch: asRevision(3),
          sessionDeadlineMs: asTimeMs(startMs),
        };
      case 'AcquireLock':
        granting.onAcquire?.();
        this.#granted = command.scopes;
        return granting.acquire ?? { kind: 'granted', locks: command.scopes.map(grantedTo(granting)) };
      case 'Heartbeat':
        return granting.heartbeat?.() ?? this.renewed();
      case 'ReleaseLock':
        return (granting.release ?? released)(command.scopes ?? []);
      default:
        return granting.leave ?? { kind: 'left', released: this.#granted, waited: null };
    }
  }
}

export const underCore = ['--scope', 'src/core', '--', 'make', '-j'];
