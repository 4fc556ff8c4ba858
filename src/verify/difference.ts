/** Where two JSON values part. */
export interface Difference {
  /** As in `events[0].deadlineMs`; empty for the whole. */
  readonly path: string;
  /** Undefined where the value should not be there at all. */
  readonly expected: unknown;
  /** Undefined where the value is missing. */
  readonly recorded: unknown;
}

/** The first difference in the order of the expected value, then what is there in excess; null when they are equal. */
export function firstDifference(expected: unknown, recorded: unknown, path = ''): Difference | null {
  if (expected === recorded) return null;
  if (Array.isArray(expected) && Array.isArray(recorded)) return inLists(expected, recorded, path);
  if (isRecord(expected) && isRecord(recorded)) return inRecords(expected, recorded, path);
  return { path, expected, recorded };
}

function inLists(
  expected: readonly unknown[],
  recorded: readonly unknown[],
  path: string,
): Difference | null {
  const length = Math.max(expected.length, recorded.length);
  for (let index = 0; index < length; index += 1) {
    const found = firstDifference(expected[index], recorded[index], `${path}[${index}]`);
    if (found !== null) return found;
  }
  return null;
}

type JsonRecord = Readonly<Record<string, unknown>>;

function inRecords(expected: JsonRecord, recorded: JsonRecord, path: string): Difference | null {
  for (const key of [...Object.keys(expected), ...Object.keys(recorded)]) {
    const inner = path === '' ? key : `${path}.${key}`;
    const found = firstDifference(own(expected, key), own(recorded, key), inner);
    if (found !== null) return found;
  }
  return null;
}

function own(value: JsonRecord, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
