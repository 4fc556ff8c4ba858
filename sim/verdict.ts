/** How the oracles say what is not as it must be. */

/** Something that must be true is not. */
export class OracleError extends Error {
  override readonly name = 'OracleError';
}

export function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new OracleError(message);
}

export function groupBy<T, Key>(values: Iterable<T>, key: (value: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const value of values) {
    const group = groups.get(key(value)) ?? [];
    groups.set(key(value), group);
    group.push(value);
  }
  return groups;
}
