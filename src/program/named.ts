/** What is asked for, as a program names it. */
import { parseFilePath, parseResourceName, withoutNone, type Parsed, type Wish } from '../core/index.ts';
import { invalidInput } from '../protocol/index.ts';
import { pathOf } from './lock.ts';

/** What is asked for at once: paths relative to the repository, names of resources as `@deploy`. */
export interface Named {
  /** Each as a whole. */
  readonly scopes?: readonly string[];
  /** Each for itself; it need not exist yet. */
  readonly files?: readonly string[];
  readonly resources?: readonly string[];
}

/** Throws `INVALID_INPUT`. */
export function wishOf(named: string | readonly string[] | Named): Wish {
  const {
    scopes = [],
    files = [],
    resources = [],
  } = typeof named === 'string' ? { scopes: [named] } : isList(named) ? { scopes: named } : named;
  return withoutNone({
    scopes: sorted(scopes.map((text) => pathOf('scopes', text))),
    files: sorted(files.map((text) => parsed('files', parseFilePath(text)))),
    resources: sorted(resources.map((text) => parsed('resources', parseResourceName(text)))),
  });
}

const isList = (named: readonly string[] | Named): named is readonly string[] => Array.isArray(named);

const sorted = <T extends string>(texts: readonly T[]): T[] => [...new Set(texts)].sort();

/** Throws `INVALID_INPUT` of that field. */
export function parsed<T>(field: string, result: Parsed<T>): T {
  if (result.ok) return result.value;
  throw invalidInput(field, result.problem);
}
