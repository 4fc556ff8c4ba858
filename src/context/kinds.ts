import type { ScopePath } from '../core/index.ts';

/** Context files with entries. Two designs of each are in use; see {@link collectionsOf}. */
export const contextKinds = ['knowledge', 'todos', 'decisions', 'patterns', 'conventions'] as const;
export type ContextKind = (typeof contextKinds)[number];

/** A key at the top of a file, under which entries stand: in a list, each with its `id`, or in a map, by their ids. */
export interface Collection {
  readonly key: string;
  readonly forms: readonly EntryForm[];
}
export type EntryForm = 'list' | 'map';

const list = (...keys: readonly string[]): Collection[] => keys.map((key) => ({ key, forms: ['list'] }));
const map = (...keys: readonly string[]): Collection[] => keys.map((key) => ({ key, forms: ['map'] }));

/**
 * Where a kind keeps its entries. The first is where a new file begins: it is what upstream's program reads and writes;
 * upstream's JSON schemas have maps instead. Other keys are nobody's entries, and stay as they are.
 */
export const collectionsOf: { readonly [Kind in ContextKind]: readonly Collection[] } = {
  knowledge: [...list('entries', 'knowledge'), ...map('components')],
  todos: [...list('todos', 'tasks'), ...map('active', 'completed')],
  decisions: [{ key: 'decisions', forms: ['list', 'map'] }],
  patterns: [
    ...list('patterns'),
    ...map(
      'architectural_patterns',
      'performance_patterns',
      'security_patterns',
      'anti_patterns',
      'coding_conventions',
      'testing_patterns',
    ),
  ],
  conventions: [
    ...list('conventions'),
    ...map('coding_standards', 'git_workflow', 'code_review', 'testing', 'deployment', 'monitoring'),
  ],
};

/** Of which kind a file is, by its name; null: it has no entries. */
export function kindOf(path: string): ContextKind | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return contextKinds.find((kind) => name === `${kind}.yaml` || name === `${kind}.yml`) ?? null;
}

/** Where a scope's file of a kind may be, the usual place first: there a new one is made. */
export function placesOf(scope: ScopePath, kind: ContextKind): readonly ScopePath[] {
  const below = scope === '.' ? '' : `${scope}/`;
  return ['.rhema/', ''].flatMap((folder) =>
    ['yaml', 'yml'].map((ending) => `${below}${folder}${kind}.${ending}` as ScopePath),
  );
}

/** Whether a path is one of the places of a scope's file of a kind: what stands elsewhere nobody finds. */
export const isPlaceOf = (scope: ScopePath, kind: ContextKind, path: ScopePath): boolean =>
  placesOf(scope, kind).includes(path);
