import { asRevision, type Revision, type ScopePath } from '../core/index.ts';
import type { Loss } from '../participant/index.ts';

type Notice = { readonly kind: 'said'; readonly text: string } | ({ readonly kind: 'lost' } & Loss);

/** What happened since the agent's last call, in words. */
export interface News {
  readonly lost: readonly string[];
  readonly said: readonly string[];
}

export const noNews: News = { lost: [], said: [] };

export interface NoticePorts {
  /** `shown`: the scope of which the answer says who has it. */
  readonly inWords: (loss: Loss, shown: ScopePath | null) => Promise<string>;
  /** The agent has heard of all losses up to a revision. */
  readonly lossesTold: (upTo: Revision) => void;
}

/**
 * What an agent has to be told with its next call. How it came to a loss is looked up when there is somebody to tell; by
 * then the log is sure to have it.
 */
export class Notices {
  readonly #ports: NoticePorts;
  #pending: Notice[] = [];

  constructor(ports: NoticePorts) {
    this.#ports = ports;
  }

  say(text: string): void {
    this.#pending.push({ kind: 'said', text });
  }

  lost(loss: Loss): void {
    this.#pending.push({ kind: 'lost', ...loss });
  }

  /** What has not been told goes on to the next incarnation of the agent. */
  handTo(successor: Notices): void {
    successor.#pending.push(...this.#pending);
    this.#pending = [];
  }

  /** What another process had is the agent's again. */
  forgetHandedOver(): void {
    this.#pending = this.#pending.filter((notice) => notice.kind !== 'lost' || notice.isHandedOver !== true);
  }

  /** Everything in words, each thing once; nothing when by then nobody hears it, so that the next call tells it. */
  async take(isHeard: () => boolean, shown: ScopePath | null): Promise<News> {
    const worded = new Map(await Promise.all(this.#pending.map((notice) => this.#inWords(notice, shown))));
    if (!isHeard()) return noNews;
    const inWords = (kind: Notice['kind']): readonly string[] =>
      this.#pending.flatMap((notice) => (notice.kind === kind ? (worded.get(notice) ?? []) : []));
    const news = { lost: inWords('lost'), said: inWords('said') };
    const losses = this.#pending.filter((notice) => notice.kind === 'lost' && worded.has(notice)) as Loss[];
    // What came while causes were looked up is left for the next call.
    this.#pending = this.#pending.filter((notice) => !worded.has(notice));
    if (losses.length > 0) this.#ports.lossesTold(asRevision(Math.max(...losses.map(({ by }) => by))));
    return news;
  }

  async #inWords(notice: Notice, shown: ScopePath | null): Promise<readonly [Notice, string]> {
    return [notice, notice.kind === 'said' ? notice.text : await this.#ports.inWords(notice, shown)];
  }
}
