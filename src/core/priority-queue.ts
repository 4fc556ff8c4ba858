interface Item<Key, Rank> {
  readonly key: Key;
  rank: Rank;
  index: number;
}

/**
 * Keys by rank, the smallest on top: a binary heap that knows where each key stands, so that setting, moving and
 * deleting a rank costs the logarithm of their number and finding the smallest costs nothing. Deadlines are its main use.
 */
export class PriorityQueue<Key, Rank extends number> {
  readonly #heap: Item<Key, Rank>[] = [];
  readonly #items = new Map<Key, Item<Key, Rank>>();

  get size(): number {
    return this.#heap.length;
  }

  /** A key of the smallest rank; null when there is none. */
  first(): Key | null {
    return this.#heap[0]?.key ?? null;
  }

  /** The smallest rank; null when there is none. */
  firstRank(): Rank | null {
    return this.#heap[0]?.rank ?? null;
  }

  get(key: Key): Rank | null {
    return this.#items.get(key)?.rank ?? null;
  }

  set(key: Key, rank: Rank): void {
    const known = this.#items.get(key);
    if (known !== undefined) return this.#move(known, rank);
    const item: Item<Key, Rank> = { key, rank, index: this.#heap.length };
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
    this.#put(last, item.index);
    this.#rise(last);
    this.#sink(last);
  }

  /** Keys whose rank is at most `rank`, the smallest first; keys of equal rank in the order of `compare`. */
  upTo(rank: Rank, compare: (a: Key, b: Key) => number): Key[] {
    const found: Item<Key, Rank>[] = [];
    const pending = [0];
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      const item = this.#heap[index];
      if (item === undefined || item.rank > rank) continue;
      found.push(item);
      pending.push(2 * index + 1, 2 * index + 2);
    }
    return found.sort((a, b) => a.rank - b.rank || compare(a.key, b.key)).map((item) => item.key);
  }

  #move(item: Item<Key, Rank>, rank: Rank): void {
    const rises = rank < item.rank;
    item.rank = rank;
    if (rises) this.#rise(item);
    else this.#sink(item);
  }

  #put(item: Item<Key, Rank>, index: number): void {
    this.#heap[index] = item;
    item.index = index;
  }

  #rise(item: Item<Key, Rank>): void {
    while (item.index > 0) {
      const above = this.#heap[(item.index - 1) >> 1];
      if (above === undefined || above.rank <= item.rank) return;
      const index = above.index;
      this.#put(above, item.index);
      this.#put(item, index);
    }
  }

  #sink(item: Item<Key, Rank>): void {
    for (;;) {
      const left = this.#heap[2 * item.index + 1];
      const right = this.#heap[2 * item.index + 2];
      const below = right !== undefined && left !== undefined && right.rank < left.rank ? right : left;
      if (below === undefined || below.rank >= item.rank) return;
      const index = below.index;
      this.#put(below, item.index);
      this.#put(item, index);
    }
  }
}
