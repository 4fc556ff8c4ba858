import type { Fields } from '../../context/index.ts';
import { invalidInput } from '../answer/errors.ts';

/**
 * Keys and values as they are typed: `key=text`, and `key:=json` for what is no text, such as a number or a list.
 *
 * @throws CommandError INVALID_INPUT for anything else.
 */
export function assignments(words: readonly string[]): Fields {
  const fields: Record<string, unknown> = {};
  for (const word of words) {
    const [, key, sign, value] = /^([^=:\s][^=:]*?)(:?=)([^]*)$/.exec(word) ?? [];
    if (key === undefined || value === undefined)
      throw invalidInput(
        `${JSON.stringify(word)} is no assignment: write key=text, or key:=json, such as status=blocked or confidence:=8`,
      );
    if (Object.hasOwn(fields, key)) throw invalidInput(`${key} is given twice`);
    Object.defineProperty(fields, key, {
      value: sign === ':=' ? parsed(key, value) : value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return fields;
}

function parsed(key: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw invalidInput(
      `${key} is no JSON (${why}): write a text as ${key}=..., a list as ${key}:='["a","b"]'`,
    );
  }
}
