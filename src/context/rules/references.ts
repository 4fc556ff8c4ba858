import { quote } from '../../core/index.ts';
import type { ContextAround } from './around.ts';
import type { ContextRule } from './problems.ts';
import type { Reference } from './shapes.ts';

/** What references of one file may lead to. */
export interface References {
  readonly around: ContextAround;
  /** Of the file's own kind. */
  readonly kind: string;
  readonly ownIds: ReadonlySet<string>;
  /** Null: the file names no categories, so any will do. */
  readonly categories: ReadonlySet<string> | null;
}

/** A reference that leads nowhere. */
export interface Dangling {
  readonly rule: ContextRule;
  readonly severity: 'error' | 'warning';
  /** As in `category "x" is ...`. */
  readonly words: string;
}

/** Null: it leads somewhere, or nobody knows. */
export function danglingOf(references: References, to: Reference['to'], text: string): Dangling | null {
  if (to === 'category') return isKnown(references.categories, text) ? null : unknownCategory(references);
  if (to === 'scope') return references.around.isScope(text) === false ? unknownScope : null;
  if (to === 'file') return isThere(references, text) ? null : unknownFile;
  const ids = to === references.kind ? references.ownIds : references.around.idsOf(to);
  return isKnown(ids, text) ? null : unknownEntry(to);
}

const isKnown = (names: ReadonlySet<string> | null, text: string): boolean =>
  names === null || names.has(text);

/** More of them would not help to choose. */
const namedMax = 10;

function unknownCategory({ categories }: References): Dangling {
  const names = [...(categories ?? [])];
  const list = names.slice(0, namedMax).map((name) => quote(name));
  const known = list.length === 0 ? 'there is none' : `they are ${list.join(', ')}`;
  const more = names.length > namedMax ? ' and others' : '';
  return {
    rule: 'CATEGORY_UNKNOWN',
    severity: 'error',
    words: `is not among the file's \`categories\` (${known}${more}): add it there, or name one of them`,
  };
}

const unknownEntry = (kind: string): Dangling => ({
  rule: 'RELATED_UNKNOWN',
  severity: 'warning',
  words: `is the id of no entry in the scope's ${kind} file: write the id of one, or leave it out`,
});

const unknownScope: Dangling = {
  rule: 'SCOPE_UNKNOWN',
  severity: 'warning',
  words: 'is no scope: `rhema scope list` has them',
};

const unknownFile: Dangling = {
  rule: 'FILE_UNKNOWN',
  severity: 'warning',
  words: 'is not there, from the scope or from the top: correct it, or leave it out',
};

/** `src/a.ts:12` is a line of a file; patterns and addresses are no paths. */
function isThere({ around }: References, text: string): boolean {
  if (text === '' || /[*?{}\0]|:\/\//.test(text)) return true;
  const path = text.replace(/(?::\d+(?:-\d+)?){1,2}$|#.*$/, '');
  return around.isThere(text) !== false || (path !== text && around.isThere(path) !== false);
}
