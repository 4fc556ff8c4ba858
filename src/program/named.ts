/** What is asked for, as a program names it. */
import {
  parseFilePath,
  parseResourceName,
  withoutNone,
  type FilePath,
  type Parsed,
  type ScopePath,
  type Wish,
} from '../core/index.ts';
import { nameTrouble } from '../participant/index.ts';
import { invalidInput } from '../protocol/index.ts';
import { pathOf } from './lock.ts';
import type { Tree } from './tree.ts';

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

/** The same with each file where it is, so that nobody has it by another name. Throws `INVALID_INPUT` for what is no file of the tree. */
export async function whereTheyLie(tree: Tree, { files = [], ...others }: Wish): Promise<Wish> {
  const real = await Promise.all(files.map((file) => realFile(tree, file)));
  return withoutNone({ ...others, files: sorted(real) });
}

async function realFile(tree: Tree, file: FilePath): Promise<FilePath> {
  const real = parsed('files', tree.realPath(file as string as ScopePath));
  const isThere = tree.liesAt(real) !== 'nothing';
  const trouble = isThere ? null : await nameTrouble(async () => [], real);
  if (trouble !== null) throw invalidInput('files', trouble);
  return parsed('files', parseFilePath(real));
}

const isList = (named: readonly string[] | Named): named is readonly string[] => Array.isArray(named);

const sorted = <T extends string>(texts: readonly T[]): T[] => [...new Set(texts)].sort();

/** Throws `INVALID_INPUT` of that field. */
export function parsed<T>(field: string, result: Parsed<T>): T {
  if (result.ok) return result.value;
  throw invalidInput(field, result.problem);
}
