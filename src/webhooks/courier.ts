import { asRevision, type Entry, type Revision } from '../core/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import { onAbort, wakeAtFirst, type BackoffMs, type Time } from '../time/index.ts';
import { isChosen, tellingsOf } from './kinds.ts';
import { messageOf, type Message } from './message.ts';
import { secretsAt, type WebhookRecord } from './record.ts';
import { isDelivered, type Send } from './sending.ts';
import { afterTry, movedTo, type WebhookState } from './state.ts';

/** The log as a webhook reads it. */
export interface ToldLog {
  /** Sets this log apart from those of other repositories. */
  readonly source: string;
  watch(from: Revision, signal: AbortSignal): AsyncIterable<Entry>;
  /** The oldest that is still kept. */
  firstRevision(): Promise<Revision>;
}

/** What came of a try, for whoever counts. */
export type Tried = 'delivered' | 'failed' | 'switchedOff';

export interface CourierPorts {
  readonly log: ToldLog;
  readonly send: Send;
  readonly time: Time;
  readonly pauseMs: BackoffMs;
  readonly keep: (state: WebhookState) => void;
  readonly onTried: (tried: Tried) => void;
  /** Told of what an operator should know; never of what was sent. */
  readonly report: Report;
}

/** What the server's log has a word for. */
export type Trouble =
  | 'webhook.notDelivered'
  | 'webhook.switchedOff'
  | 'webhook.missed'
  | 'webhook.notRead'
  | 'webhook.notKept'
  | 'webhook.logNotRead';

export type Report = (trouble: Trouble, facts: Readonly<Record<string, string | number | null>>) => void;

/** How many entries may be passed by without a word of it: so many are looked at again after a kill. */
const unkeptMax = 256;
/** Before the log is asked again after it failed. */
const logPauseMs = 5_000;

/** Carries what one webhook tells, one after the other. It reads the log at its own pace, so it holds up nobody. */
export class Courier {
  readonly #record: WebhookRecord;
  readonly #ports: CourierPorts;
  #state: WebhookState;
  #kept: WebhookState;

  constructor(record: WebhookRecord, state: WebhookState, ports: CourierPorts) {
    this.#record = record;
    this.#ports = ports;
    this.#state = state;
    this.#kept = state;
  }

  /** Until it is aborted or switched off. */
  async run(signal: AbortSignal): Promise<void> {
    while (!this.#isOver(signal))
      try {
        await this.#follow(signal);
      } catch (error) {
        await this.#afterFailure(error, signal);
      }
    this.#keep();
  }

  #isOver(signal: AbortSignal): boolean {
    return signal.aborted || this.#state.off !== null;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    for await (const entry of this.#ports.log.watch(this.#state.next.revision, signal)) {
      await this.#tell(entry, signal);
      if (this.#isOver(signal)) return;
      this.#state = movedTo(this.#state, entry.revision + 1);
      if (entry.revision - this.#kept.next.revision >= unkeptMax) this.#keep();
    }
  }

  async #tell(entry: Entry, signal: AbortSignal): Promise<void> {
    const { revision, event: next } = this.#state.next;
    for (const telling of tellingsOf(entry)) {
      if (telling.revision === revision && telling.event < next) continue;
      if (!isChosen(this.#record, telling)) continue;
      const message = messageOf(this.#ports.log.source, [telling.revision, telling.event], telling);
      await this.#deliver(message, signal);
      if (this.#isOver(signal)) return;
      this.#state = movedTo(this.#state, telling.revision, telling.event + 1);
    }
  }

  /** Until it has arrived, or there is no more to be done. */
  async #deliver(message: Message, signal: AbortSignal): Promise<void> {
    const { send, time, onTried } = this.#ports;
    const last = this.#state.deliveries.at(-1);
    // The process before this one ended between its arrival and the next step.
    if (last?.id === message.id && last.delivered) return;
    for (;;) {
      await this.#pause(signal);
      if (signal.aborted) return;
      const receiver = { url: this.#record.url, secrets: secretsAt(this.#record, time.wallMs()) };
      const answer = await send(receiver, message, signal);
      // Whether it has arrived is not known: it is sent again, under the same id.
      if (signal.aborted) return;
      const before = this.#state;
      this.#state = afterTry(before, message, answer, time.wallMs(), this.#ports.pauseMs);
      this.#keep();
      this.#reportChange(before);
      onTried(isDelivered(answer) ? 'delivered' : this.#state.off === null ? 'failed' : 'switchedOff');
      if (isDelivered(answer) || this.#state.off !== null) return;
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { nextTryAtMs } = this.#state;
    if (nextTryAtMs === null) return;
    await this.#sleep(nextTryAtMs - this.#ports.time.wallMs(), signal);
  }

  /** A clock that was set makes it sleep no longer than ever. */
  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    const bounded = Math.min(longestSleepMs, Math.max(0, ms));
    return wakeAtFirst((wake) => this.#ports.time.schedule(bounded, wake), onAbort(signal));
  }

  async #afterFailure(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    try {
      if (error instanceof CoordinatorError && error.code === 'COMPACTED') return await this.#tellGap(signal);
    } catch {
      // It is found again, and told, once the log can be asked.
    }
    this.#ports.report('webhook.logNotRead', { ...this.#facts(), cause: String(error) });
    await this.#sleep(logPauseMs, signal);
  }

  /** Entries were dropped before they were told: the receiver has to know that it does not know all. */
  async #tellGap(signal: AbortSignal): Promise<void> {
    const { log, time, report } = this.#ports;
    const from = this.#state.next.revision;
    const first = await log.firstRevision();
    report('webhook.missed', { ...this.#facts(), from, first });
    const telling = {
      type: 'log.compacted',
      revision: first,
      atMs: time.wallMs(),
      data: { from, to: asRevision(first - 1) },
    } as const;
    await this.#deliver(messageOf(log.source, [from, first], telling), signal);
    if (this.#isOver(signal)) return;
    this.#state = movedTo(this.#state, first);
    this.#keep();
  }

  #keep(): void {
    if (this.#kept === this.#state) return;
    try {
      this.#ports.keep(this.#state);
      this.#kept = this.#state;
    } catch (error) {
      // It is told again what it was told, should this process end now.
      this.#ports.report('webhook.notKept', { ...this.#facts(), cause: String(error) });
    }
  }

  #reportChange(before: WebhookState): void {
    const { off, failingSinceMs, deliveries } = this.#state;
    const { status = null, problem = null } = deliveries.at(-1) ?? {};
    const facts = { ...this.#facts(), status, problem };
    if (off !== null) this.#ports.report('webhook.switchedOff', { ...facts, why: off.why });
    else if (failingSinceMs !== null && before.failingSinceMs === null)
      this.#ports.report('webhook.notDelivered', facts);
  }

  #facts(): { readonly webhook: string } {
    return { webhook: this.#record.name };
  }
}

const longestSleepMs = 3_600_000;
