import { isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import type { YamlFile } from '../repository/yaml/index.ts';
import { collectionsOf, type Collection, type ContextKind, type EntryForm } from './kinds.ts';

/** An entry where it stands. */
export interface ContextEntry {
  /** Null for an entry of a list that has no usable `id`. */
  readonly id: string | null;
  /** The key at the top of the file under which it stands. */
  readonly collection: string;
  readonly form: EntryForm;
  /** Which one of its collection, from 0. */
  readonly index: number;
  /** Its node, with aliases followed: a map in every sound file. */
  readonly node: unknown;
  /** What says where it begins: itself in a list, its key in a map. */
  readonly place: unknown;
}

/** The entries of a parsed file, in their order. What stands in another form than its collection has is left out. */
export function entriesOf(yaml: YamlFile, kind: ContextKind): readonly ContextEntry[] {
  const root = yaml.document.contents;
  if (!isMap(root)) return [];
  return collectionsOf[kind].flatMap((collection) => entriesIn(yaml, root, collection));
}

function entriesIn(yaml: YamlFile, root: YAMLMap, { key, forms }: Collection): ContextEntry[] {
  const held = yaml.resolve(root.get(key, true));
  if (isSeq(held) && forms.includes('list'))
    return held.items.map((item, index) => {
      const node = yaml.resolve(item);
      return { id: idOf(yaml, node), collection: key, form: 'list', index, node, place: item };
    });
  if (!isMap(held) || !forms.includes('map')) return [];
  return (held.items as Pair[]).map((pair, index) => ({
    id: textOf(pair.key),
    collection: key,
    form: 'map',
    index,
    node: yaml.resolve(pair.value),
    place: pair.key,
  }));
}

function idOf(yaml: YamlFile, node: unknown): string | null {
  return isMap(node) ? textOf(yaml.resolve(node.get('id', true))) : null;
}

/** A number that is an id, such as `1`, is written as one would say it. */
function textOf(node: unknown): string | null {
  if (!isScalar(node)) return null;
  const { value } = node;
  if (typeof value === 'number' || typeof value === 'bigint') return node.source ?? String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}
