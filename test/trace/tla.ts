/** A value as TLA+ writes it: arrays are sequences, sets sets, maps functions, other objects records. */
export function toTla(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (typeof value === 'number') return integer(value);
  if (Array.isArray(value)) return `<<${value.map(toTla).join(', ')}>>`;
  if (value instanceof Set) return `{${[...value].map(toTla).join(', ')}}`;
  if (value instanceof Map) return functionOf([...value]);
  return recordOf(Object.entries(value as object));
}

/** TLC's integers have 32 bits. */
function integer(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) return String(value);
  throw new Error(`${value} is beyond the integers of TLC`);
}

/** The function on nothing is the empty sequence. */
function functionOf(entries: readonly (readonly [unknown, unknown])[]): string {
  if (entries.length === 0) return '<<>>';
  return `(${entries.map(([key, value]) => `${toTla(key)} :> ${toTla(value)}`).join(' @@ ')})`;
}

/** A record without fields is the function on nothing. */
function recordOf(entries: readonly (readonly [string, unknown])[]): string {
  if (entries.length === 0) return '<<>>';
  return `[${entries.map(([key, value]) => `${key} |-> ${toTla(value)}`).join(', ')}]`;
}
