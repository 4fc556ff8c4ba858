import type { TimeMs } from './ids.ts';

interface Item<Key> {
  readonly key: Key;
  atMs: TimeMs;
  place: number;
}

/**
 * Deadlines by key, the earliest on top: a binary heap that knows where each key stands, so that setting, moving and
 * deleting a deadline costs the logarithm of their number and finding the next one costs nothing.
 */
export class DeadlineQueue<Key> {
  readonly #heap: Item<Key>[] = [];
  readonly #items = new Map<Key, Item<Key>>();

  get size(): number {
    return this.#heap.length;
  }

  /** The earliest deadline, or null when there is none. */
  next(): TimeMs | null {
    return this.#heap[0]?.atMs ?? null;
  }

  get(key: Key): TimeMs | null {
    return this.#items.get(key)?.atMs ?? null;
  }

  set(key: Key, atMs: TimeMs): void {
    const known = this.#items.get(key);
    if (known !== undefined) {
      const earlier = atMs < known.atMs;
      known.atMs = atMs;
      if (earlier) this.#rise(known);
      else this.#sink(known);
      return;
    }
    const item: Item<Key> = { key, atMs, place: this.#heap.length };
    this.#items.set(key, item);
    this.#heap.push(item);
    this.#rise(item);
  }

  delete(key: Key): void {
    const item = this.#items.get(key);
    if (item === undefined) return;
    this.#items.delete(key);
    const last = this.#heap.pop();
    if (last === undefined || last === item) return;
    this.#put(last, item.place);
    this.#rise(last);
    this.#sink(last);
  }

  /** Keys whose deadline is at or before a time, the earliest first; keys with equal deadlines in the order of `compare`. */
  due(nowMs: TimeMs, compare: (a: Key, b: Key) => number): Key[] {
    const found: Item<Key>[] = [];
    const pending = [0];
    for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
      const item = this.#heap[place];
      if (item === undefined || item.atMs > nowMs) continue;
      found.push(item);
      pending.push(2 * place + 1, 2 * place + 2);
    }
    return found.sort((a, b) => a.atMs - b.atMs || compare(a.key, b.key)).map((item) => item.key);
  }

  #put(item: Item<Key>, place: number): void {
    this.#heap[place] = item;
    item.place = place;
  }

  #rise(item: Item<Key>): void {
    while (item.place > 0) {
      const above = this.#heap[(item.place - 1) >> 1];
      if (above === undefined || above.atMs <= item.atMs) return;
      const place = above.place;
      this.#put(above, item.place);
      this.#put(item, place);
    }
  }

  #sink(item: Item<Key>): void {
    for (;;) {
      const left = this.#heap[2 * item.place + 1];
      const right = this.#heap[2 * item.place + 2];
      const below = right !== undefined && left !== undefined && right.atMs < left.atMs ? right : left;
      if (below === undefined || below.atMs >= item.atMs) return;
      const place = below.place;
      this.#put(below, item.place);
      this.#put(item, place);
    }
  }
}
