/** Milliseconds that something takes. */
export async function timeMs(run: () => unknown): Promise<number> {
  const startedAt = process.hrtime.bigint();
  await run();
  return Number(process.hrtime.bigint() - startedAt) / 1e6;
}

export interface Pairs {
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/**
 * Measures two things in turn, so that both meet the same disk and the same neighbours. The first twentieth is a
 * warm-up and is left out.
 */
export async function inTurn(
  count: number,
  left: () => number | Promise<number>,
  right: () => number | Promise<number>,
): Promise<Pairs> {
  const pairs = { left: [] as number[], right: [] as number[] };
  const warmUp = Math.ceil(count / 20);
  for (let round = 0; round < warmUp + count; round += 1) {
    const measured = [await left(), await right()] as const;
    if (round < warmUp) continue;
    pairs.left.push(measured[0]);
    pairs.right.push(measured[1]);
  }
  return pairs;
}
