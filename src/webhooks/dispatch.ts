import { every, jitteredBackoff, type Time } from '../time/index.ts';
import { Courier, type Report, type ToldLog, type Tried } from './courier.ts';
import type { Send } from './sending.ts';
import { beginningAt, pauses, turnedOn, type WebhookState } from './state.ts';
import type { Webhook, WebhookFolder } from './webhook-folder.ts';

export interface DispatchPorts {
  readonly folder: WebhookFolder;
  readonly log: ToldLog;
  readonly send: Send;
  readonly time: Time;
  readonly report: Report;
  readonly onTried: (tried: Tried) => void;
}

/** How soon a server sees what a command has changed. */
const lookEveryMs = 1_000;

interface Running {
  /** As it was when it began: a change ends it, and begins it anew. */
  readonly text: string;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** Keeps one courier for each webhook that is on, for as long as the server runs. */
export class Dispatch {
  readonly #ports: DispatchPorts;
  readonly #running = new Map<string, Running>();
  #looking: Promise<void> = Promise.resolve();

  constructor(ports: DispatchPorts) {
    this.#ports = ports;
  }

  /** Begins; the function it returns ends all, and resolves once nothing is sent any more. */
  start(): () => Promise<void> {
    const stopLooking = every(this.#ports.time, lookEveryMs, () => this.#look());
    void this.#look();
    return async () => {
      stopLooking();
      await this.#looking;
      await Promise.all([...this.#running.keys()].map((id) => this.#end(id)));
    };
  }

  #look(): Promise<void> {
    this.#looking = this.#looking
      .then(() => this.#take())
      .catch((error: unknown) => this.#ports.report('webhook.notRead', { cause: String(error) }));
    return this.#looking;
  }

  async #take(): Promise<void> {
    const { webhooks, damaged } = this.#ports.folder.list();
    for (const path of damaged) this.#ports.report('webhook.notRead', { path });
    const wanted = new Map(webhooks.map((webhook) => [webhook.record.id, webhook]));
    for (const [id, { text }] of this.#running) {
      const webhook = wanted.get(id);
      if (webhook === undefined || textOf(webhook) !== text) await this.#end(id);
    }
    for (const { record } of webhooks) if (!this.#running.has(record.id)) this.#begin(record);
  }

  #begin(record: Webhook['record']): void {
    const { folder, log, send, time, report, onTried } = this.#ports;
    const stop = new AbortController();
    // Read only now: the courier that was there before may have written it last.
    const state = stateNow(record, folder.stateOf(record.id));
    const courier = new Courier(record, state, {
      log,
      send,
      time,
      pauseMs: jitteredBackoff(pauses),
      keep: (kept) => folder.keepState(record.id, kept),
      onTried,
      report,
    });
    if (state.off === null) folder.keepState(record.id, state);
    this.#running.set(record.id, { text: textOf({ record }), stop, ended: courier.run(stop.signal) });
  }

  async #end(id: string): Promise<void> {
    const running = this.#running.get(id);
    running?.stop.abort();
    await running?.ended;
    this.#running.delete(id);
  }
}

const textOf = ({ record }: Pick<Webhook, 'record'>): string => JSON.stringify(record);

/** A record without a state, or of a later turn, says where it begins. */
function stateNow({ turn, from }: Webhook['record'], state: WebhookState | null): WebhookState {
  if (state === null) return beginningAt(turn, from);
  return state.turn === turn ? state : turnedOn(state, turn, from);
}
