import type { ClientPresence } from '../../participant/desk/index.ts';

/** A client over HTTP, which listens as long as it has a stream open by which it is still let in. */
export class HttpPresence implements ClientPresence {
  readonly #streams = new Set<Listening>();
  #waiting: (() => void)[] = [];

  get isListening(): boolean {
    for (const { isLetIn } of this.#streams) if (isLetIn()) return true;
    return false;
  }

  onceListening(run: () => void): void {
    this.#waiting.push(run);
  }

  /** It has opened a stream; the function it returns says that that is over. */
  opened(stream: Listening): () => void {
    this.#streams.add(stream);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const run of waiting) run();
    return () => void this.#streams.delete(stream);
  }

  /** Ends the streams of a token that was revoked, or has expired. */
  endThoseRefused(): void {
    for (const stream of this.#streams) if (!stream.isLetIn()) stream.end();
  }

  endAll(): void {
    for (const stream of this.#streams) stream.end();
  }
}

/** An open stream. */
export interface Listening {
  /** Whether the token that it was opened by lets in at this moment. */
  readonly isLetIn: () => boolean;
  readonly end: () => void;
}
