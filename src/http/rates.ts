import type { Time } from '../time/index.ts';

/** How often something may happen: so many at once, and as many a second in the long run. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Keys that are remembered; the one not seen for longest gives way, and begins anew. */
const keysMax = 10_000;

interface Bucket {
  left: number;
  atMs: number;
}

/** A token bucket for each key. */
export class Rates {
  readonly #rate: Rate;
  readonly #time: Pick<Time, 'monotonicMs'>;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate, time: Pick<Time, 'monotonicMs'>) {
    this.#rate = rate;
    this.#time = time;
  }

  /** Takes one; false when there is none left, and nothing is taken. */
  take(key: string): boolean {
    const { burst, perSecond } = this.#rate;
    const nowMs = this.#time.monotonicMs();
    const bucket = this.#buckets.get(key) ?? { left: burst, atMs: nowMs };
    bucket.left = Math.min(burst, bucket.left + ((nowMs - bucket.atMs) / 1_000) * perSecond);
    bucket.atMs = nowMs;
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    this.#forgetOldest();
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  }

  /** Whole seconds until a key has one again. */
  secondsUntilNext(key: string): number {
    const left = this.#buckets.get(key)?.left ?? this.#rate.burst;
    return left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / this.#rate.perSecond));
  }

  #forgetOldest(): void {
    if (this.#buckets.size <= keysMax) return;
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest);
      return;
    }
  }
}
