/** The value that the share `fraction` (0 to 1) of the samples does not exceed, interpolated between neighbours. */
export function quantile(samples: readonly number[], fraction: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const index = fraction * (sorted.length - 1);
  const below = sorted[Math.floor(index)];
  const above = sorted[Math.ceil(index)];
  if (below === undefined || above === undefined) throw new RangeError('no samples');
  return below + (above - below) * (index - Math.floor(index));
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}
