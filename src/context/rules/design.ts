import { collectionsOf, type Collection, type ContextKind } from '../kinds.ts';
import { formOf, type Held } from './nodes.ts';

/** As which of upstream's two designs a file keeps its entries: in lists, in maps, in both; `none`: it has no place for any. */
export type ContextDesign = 'list' | 'map' | 'mixed' | 'none';

export function designOf(kind: ContextKind, pairs: ReadonlyMap<string, Held>): ContextDesign {
  const forms = new Set(collectionsOf[kind].flatMap((collection) => formsIn(collection, pairs)));
  return forms.size === 2 ? 'mixed' : ([...forms][0] ?? 'none');
}

/** A key without a value yet is of the first form that it may have. */
function formsIn({ key, forms }: Collection, pairs: ReadonlyMap<string, Held>): Collection['forms'] {
  const held = pairs.get(key);
  if (held === undefined) return [];
  const form = formOf(held.value);
  return form === 'nothing' ? forms.slice(0, 1) : forms.filter((allowed) => allowed === form);
}
