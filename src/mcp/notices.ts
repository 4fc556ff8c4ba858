import type { Held } from './holdings.ts';

/** What an agent has to be told of a lock that it has no more. */
export type Loss = Held & {
  /** Whether it knew that it had it. */
  readonly isTold: boolean;
};

type Notice = { readonly kind: 'said'; readonly text: string } | ({ readonly kind: 'lost' } & Loss);

/**
 * What an agent has to be told with its next call. How it came to a loss is looked up when there is somebody to tell; by
 * then the log is sure to have it.
 */
export class Notices {
  readonly #tellLoss: (loss: Loss) => Promise<string>;
  #pending: Notice[] = [];

  constructor(tellLoss: (loss: Loss) => Promise<string>) {
    this.#tellLoss = tellLoss;
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

  /** Everything in words, each thing once; nothing when by then nobody hears it, so that the next call tells it. */
  async take(isHeard: () => boolean): Promise<readonly string[]> {
    const worded = new Map(await Promise.all(this.#pending.map((notice) => this.#inWords(notice))));
    if (!isHeard()) return [];
    const told = this.#pending.flatMap((notice) => worded.get(notice) ?? []);
    // What came while causes were looked up is left for the next call.
    this.#pending = this.#pending.filter((notice) => !worded.has(notice));
    return told;
  }

  async #inWords(notice: Notice): Promise<readonly [Notice, string]> {
    return [notice, notice.kind === 'said' ? notice.text : await this.#tellLoss(notice)];
  }
}
