/** One scope brought up to date: its run is started, it is checked, its command is run, and the run is ended. */
import {
  asDurationMs,
  formatDuration,
  type RejectionOf,
  type ResultOf,
  type ScopePath,
  type SyncRun,
} from '../core/index.ts';
import type { CallerCommand, Coordinator, Reply } from '../protocol/index.ts';
import { proofOf, resultOf, type AgentSession } from '../participant/index.ts';
import { onAbort, wakeAtFirst, type Timers } from '../time/index.ts';
import { isTreeDigest } from './digest.ts';
import type { CommandEnd, SyncNews, SyncOutcome, SyncProblem } from './news.ts';
import type { Step } from './plan.ts';
import type { RunsWatch, RunUndone } from './runs-watch.ts';

/** A command that a scope declares. */
export interface ScopeCommand {
  readonly run: string;
  readonly timeoutMs: number;
}

/** What was found when a scope was looked at. */
export interface Examined {
  /** In its definition and its context files. */
  readonly problems: readonly SyncProblem[];
  /** Whether its definition cannot be used, so that nobody knows what is to be checked: then it cannot be synced. */
  readonly isUnread: boolean;
}

export interface SyncPorts {
  readonly coordinator: Pick<Coordinator, 'query' | 'watch'>;
  submit(command: CallerCommand): Promise<Reply>;
  readonly session: AgentSession;
  /** Who undoes and resets syncs, for the log. */
  readonly operator: string;
  examine(scope: ScopePath): Promise<Examined>;
  /** Runs a command of a scope to its end, or until the signal aborts. Nothing of it goes on after that. */
  execute(scope: ScopePath, command: ScopeCommand, signal: AbortSignal): Promise<CommandEnd>;
  readonly timers: Pick<Timers, 'schedule'>;
  wallMs(): number;
  tell(news: SyncNews): void;
}

export interface SyncRules {
  /** What is invalid fails a sync; else it is told of. */
  readonly strict: boolean;
  /** Whether a failure that may be retried is, when its time has come. */
  readonly retries: boolean;
  /** Whether failures of before are taken back, whatever their budget: somebody has asked for this run. */
  readonly resets: boolean;
}

/** What a scope's run needs beside the step. */
export interface Undertaking {
  readonly rules: SyncRules;
  /** Null: it declares none, or nothing is to be run. */
  readonly command: ScopeCommand | null;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly watch: RunsWatch;
  /** Aborts when everything is to end. */
  readonly signal: AbortSignal;
  /** Waits for its turn to run a command. */
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Whether its files, or what it runs, are by now others than those it was planned with. */
  readonly isOtherwise: () => Promise<boolean>;
}

/** `overtaken`: what it stands on, or is made of, was changed meanwhile; it has to be planned anew. */
export type Ended = SyncOutcome | { readonly kind: 'overtaken' };

/** Syncs one scope whose dependencies are. */
export class ScopeSync {
  readonly #ports: SyncPorts;
  readonly #step: Step;
  readonly #under: Undertaking;
  /** Whether it has failed here: that failure is not one of before. */
  #hasFailed = false;

  constructor(ports: SyncPorts, step: Step, under: Undertaking) {
    this.#ports = ports;
    this.#step = step;
    this.#under = under;
  }

  async run(): Promise<Ended> {
    const { signal } = this.#under;
    for (;;) {
      if (signal.aborted) return { kind: 'stopped' };
      const reply = await this.#say('StartSync', {});
      if (reply.ok) {
        const ended = await this.#carryOut(resultOf(reply.result, 'syncStarted'));
        if (ended !== 'again') return ended;
        continue;
      }
      const over = await this.#clear(reply);
      if (over !== null) return over;
    }
  }

  /** Makes way for a start that was refused; what is answered is the end. */
  async #clear({ rejection }: Extract<Reply, { ok: false }>): Promise<Ended | null> {
    switch (rejection.code) {
      case 'SYNC_IN_PROGRESS':
        this.#ports.tell({ kind: 'waits', scope: this.#step.scope, agent: rejection.details.agent });
        await this.#ends(rejection.details.run);
        return null;
      case 'SYNC_ALREADY_COMPLETED':
        return this.#undo(rejection.details.digest);
      case 'SYNC_FAILED':
        return this.#afterFailure(rejection.details);
      case 'DEPENDENCY_NOT_SYNCED':
        return { kind: 'overtaken' };
      case 'SCOPE_NOT_FOUND':
        return { kind: 'gone' };
      default:
        throw new Error(`a sync of ${this.#step.scope} cannot begin: ${rejection.message}`);
    }
  }

  #ends(run: SyncRun | null): Promise<void> {
    const { signal, watch } = this.#under;
    if (run === null) return Promise.resolve();
    return wakeAtFirst(onAbort(signal), (wake) => watch.onEnd(this.#step.scope, run, wake));
  }

  /** Somebody has synced it by now: as it is, or as it was. */
  async #undo(digest: string | null): Promise<Ended | null> {
    if (digest === null || digest === this.#step.digest || !isTreeDigest(digest))
      return { kind: 'unchanged' };
    // What this plan has seen may be what is past.
    if (await this.#under.isOtherwise()) return { kind: 'overtaken' };
    const { operator } = this.#ports;
    const reason = 'its files are not what they were when it was synced';
    const { scope } = this.#step;
    const reply = await this.#ports.submit({ kind: 'InvalidateSync', scope, by: operator, reason });
    return reply.ok ? null : { kind: 'gone' };
  }

  async #afterFailure(details: RejectionOf<'SYNC_FAILED'>['details']): Promise<Ended | null> {
    const { scope } = this.#step;
    const { rules, signal } = this.#under;
    const { failures, maxRetries, retryAtMs, error } = details;
    const by = this.#ports.operator;
    if (rules.resets && !this.#hasFailed) {
      await this.#ports.submit({ kind: 'ResetSync', scope, by });
      return null;
    }
    if (!rules.retries || retryAtMs === null || failures > maxRetries)
      return { kind: 'failed', error: error ?? '', retryAtMs: failures > maxRetries ? null : retryAtMs };
    await this.#until(retryAtMs);
    if (signal.aborted) return { kind: 'failed', error: error ?? '', retryAtMs };
    // Whoever has mended it meanwhile, or allows it no more, wants no other try of what there was.
    if (await this.#under.isOtherwise()) return { kind: 'overtaken' };
    await this.#ports.submit({ kind: 'RetrySync', scope, by });
    return null;
  }

  async #until(atMs: number): Promise<void> {
    const { timers } = this.#ports;
    const leftMs = Math.max(shortestWaitMs, atMs - this.#ports.wallMs());
    await wakeAtFirst(onAbort(this.#under.signal), (wake) => timers.schedule(leftMs, wake));
  }

  async #carryOut({ run, attempt }: ResultOf<'syncStarted'>): Promise<Ended | 'again'> {
    const { scope, why } = this.#step;
    this.#ports.tell({ kind: 'begun', scope, why, attempt });
    const stop = new AbortController();
    let undone: RunUndone | null = null;
    const off = this.#under.watch.onEnd(scope, run, (how) => {
      undone = how;
      stop.abort();
    });
    const offAll = onAbort(this.#under.signal)(() => stop.abort());
    try {
      const trouble = await this.#work(stop.signal);
      if (undone !== null) return this.#endUndone(undone);
      if (this.#under.signal.aborted) return await this.#abandon();
      if (trouble === null && (await this.#isChanged())) return await this.#undone();
      off();
      if (trouble !== null) return await this.#fail(run, trouble);
      return await this.#complete(run, attempt);
    } finally {
      off();
      offAll();
    }
  }

  #endUndone({ abortedBy }: RunUndone): Ended {
    return abortedBy === null ? this.#overtaken() : { kind: 'aborted', by: abortedBy };
  }

  /** What runs for no time at all is looked at when all is done. */
  async #isChanged(): Promise<boolean> {
    return this.#under.command !== null && this.#under.isOtherwise();
  }

  async #undone(): Promise<Ended> {
    const { scope } = this.#step;
    const reason = 'its files were changed while it was synced';
    await this.#ports.submit({ kind: 'InvalidateSync', scope, by: this.#ports.operator, reason });
    return this.#overtaken();
  }

  #overtaken(): Ended {
    this.#ports.tell({ kind: 'undone', scope: this.#step.scope });
    return { kind: 'overtaken' };
  }

  /** Null: all is well. */
  async #work(signal: AbortSignal): Promise<Trouble | null> {
    const { scope } = this.#step;
    const { command, rules, turn } = this.#under;
    const examined = await this.#ports.examine(scope);
    const { problems } = examined;
    if (problems.length > 0) this.#ports.tell({ kind: 'problems', scope, problems });
    const blocked = blockedBy(examined, rules.strict);
    if (blocked !== null) return { text: blocked, mayPass: false };
    if (command === null || signal.aborted) return null;
    const end = await turn(() => this.#execute(command, signal));
    const text = troubleOf(end, command);
    return text === null ? null : { text, mayPass: true };
  }

  async #execute(command: ScopeCommand, signal: AbortSignal): Promise<CommandEnd> {
    return signal.aborted ? { kind: 'stopped' } : this.#ports.execute(this.#step.scope, command, signal);
  }

  async #complete(run: SyncRun, attempt: number): Promise<Ended> {
    const { digest } = this.#step;
    const { dependencies, command } = this.#under;
    const reply = await this.#say('CompleteSync', { run, digest, syncedAgainst: dependencies });
    if (!reply.ok) return this.#overtaken();
    return { kind: 'synced', run, attempt, ranCommand: command !== null };
  }

  async #fail(run: SyncRun, { text: error, mayPass }: Trouble): Promise<Ended | 'again'> {
    const { scope } = this.#step;
    const reply = await this.#say('FailSync', { run, error });
    if (!reply.ok) return this.#overtaken();
    this.#hasFailed = true;
    const { retryAtMs } = resultOf(reply.result, 'syncSet');
    const isLeft = retryAtMs !== null && (await this.#hasRetries());
    if (!this.#under.rules.retries || !mayPass || !isLeft)
      return { kind: 'failed', error, retryAtMs: isLeft ? retryAtMs : null };
    this.#ports.tell({ kind: 'retries', scope, error, atMs: retryAtMs });
    return 'again';
  }

  async #hasRetries(): Promise<boolean> {
    const { syncs } = await this.#ports.coordinator.query({ kind: 'status', at: null });
    return (syncs.find(({ scope }) => scope === this.#step.scope)?.retriesLeft ?? 0) > 0;
  }

  async #abandon(): Promise<Ended> {
    const { scope } = this.#step;
    await this.#ports.submit({
      kind: 'AbortSync',
      scope,
      by: this.#ports.operator,
      reason: 'it was interrupted',
    });
    return { kind: 'stopped' };
  }

  #say<Kind extends 'StartSync' | 'CompleteSync' | 'FailSync'>(
    kind: Kind,
    more: Omit<Extract<CallerCommand, { kind: Kind }>, 'kind' | 'scope' | keyof ReturnType<typeof proofOf>>,
  ): Promise<Reply> {
    const command = { kind, ...proofOf(this.#ports.session), scope: this.#step.scope, ...more };
    return this.#ports.submit(command as CallerCommand);
  }
}

/** What is wrong with a scope that keeps it from being synced; null: nothing is. */
export function blockedBy({ problems, isUnread }: Examined, isStrict: boolean): string | null {
  if (!isUnread && !isStrict) return null;
  const first = problems.find(({ severity }) => severity === 'error');
  if (first !== undefined) return problemText(first);
  return isUnread ? unreadText : null;
}

const unreadText = 'its definition cannot be used: see rhema safety validate';

/** Clocks differ by a moment. */
const shortestWaitMs = 50;

/** Why a run fails, and whether it may be otherwise when it is tried again, though nothing was changed. */
interface Trouble {
  readonly text: string;
  readonly mayPass: boolean;
}

function problemText({ file, line, column, message, rule }: SyncProblem): string {
  const place = [file, ...(line === null ? [] : [line, ...(column === null ? [] : [column])])].join(':');
  return `${place}: ${message} (${rule})`;
}

/** Null: it ended well. */
function troubleOf(end: CommandEnd, { timeoutMs }: ScopeCommand): string | null {
  switch (end.kind) {
    case 'exited':
      return end.code === 0 ? null : `its command ended with ${end.code}`;
    case 'signalled':
      return `its command was ended by ${end.signal}`;
    case 'overdue':
      return `its command took longer than ${formatDuration(asDurationMs(timeoutMs))}, and was ended`;
    case 'notStarted':
      return `its command cannot be started: ${end.message}`;
    case 'stopped':
      return 'its command was told to end';
  }
}
