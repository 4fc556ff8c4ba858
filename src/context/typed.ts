import type { Fields } from './written.ts';

/** Keys of an entry with their new values, and keys to be taken out. */
export interface FieldEdit {
  readonly set: Fields;
  readonly unset: readonly string[];
}

/**
 * The same for keys as they are typed: `a.b` is the key b in the map a, of which the rest stays, unless the entry has a key
 * that is called `a.b`. A text: why that cannot be. `before`: what the entry says.
 */
export function typedEdit(before: unknown, { set, unset }: FieldEdit): FieldEdit | string {
  const said = isMap(before) ? before : {};
  const whole: Record<string, unknown> = {};
  const out: string[] = [];
  for (const [key, value] of [...Object.entries(set), ...unset.map((one) => [one, undefined] as const)]) {
    const [first = '', ...rest] = Object.hasOwn(said, key) ? [key] : key.split('.');
    if (rest.length === 0 || [first, ...rest].includes('')) {
      if (value === undefined) out.push(key);
      else put(whole, key, value);
      continue;
    }
    const map = within(Object.hasOwn(whole, first) ? whole[first] : said[first], rest, value);
    if (map === null) return `\`${key}\` is no place for a value: something above it is no map`;
    put(whole, first, map);
  }
  return { set: whole, unset: out };
}

/** The map with another value at the end of a path of keys; null: something on the way is no map. */
function within(map: unknown, [key = '', ...rest]: readonly string[], value: unknown): Fields | null {
  const held = map ?? {};
  if (!isMap(held)) return null;
  const { [key]: present, ...others } = held;
  if (rest.length === 0) return value === undefined ? others : put({ ...held }, key, value);
  const inner = within(present, rest, value);
  return inner === null ? null : put({ ...held }, key, inner);
}

function put(map: Record<string, unknown>, key: string, value: unknown): Fields {
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  return map;
}

const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
