import { isAlias, isMap, isScalar, isSeq, type Alias, type Pair } from 'yaml';
import type { YamlFile } from '../../repository/yaml/index.ts';

/** What a node is, as far as rules tell nodes apart. */
export type Form = 'nothing' | 'text' | 'number' | 'truth' | 'list' | 'map' | 'other';

export const formWords: Readonly<Record<Form, string>> = {
  nothing: 'nothing',
  text: 'text',
  number: 'a number',
  truth: 'true or false',
  list: 'a list',
  map: 'a map',
  other: 'something else',
};

/** A value under a key. */
export interface Held {
  /** The key's node, which says where it stands. */
  readonly key: unknown;
  /** With aliases followed. */
  readonly value: unknown;
  /** What says where the value begins. */
  readonly place: unknown;
}

/** Nodes of one file, each alias followed once: the library looks for its anchor in the whole file. */
export class Nodes {
  readonly yaml: YamlFile;
  readonly #followed = new Map<Alias, unknown>();

  constructor(yaml: YamlFile) {
    this.yaml = yaml;
  }

  follow(node: unknown): unknown {
    if (!isAlias(node)) return node;
    if (!this.#followed.has(node)) this.#followed.set(node, this.yaml.resolve(node));
    return this.#followed.get(node);
  }

  /** The pairs of a map by their keys; none of what is no map. */
  pairsOf(node: unknown): ReadonlyMap<string, Held> {
    const pairs = new Map<string, Held>();
    const map = this.follow(node);
    if (!isMap(map)) return pairs;
    for (const { key, value } of map.items as Pair[]) {
      const name = textOf(this.follow(key));
      const held = this.follow(value);
      if (name !== null) pairs.set(name, { key, value: held, place: value ?? key });
    }
    return pairs;
  }
}

export function formOf(node: unknown): Form {
  if (isSeq(node)) return 'list';
  if (isMap(node)) return 'map';
  if (!isScalar(node)) return node === null || node === undefined ? 'nothing' : 'other';
  const { value } = node;
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number' || typeof value === 'bigint') return 'number';
  return typeof value === 'boolean' ? 'truth' : 'other';
}

/** Of text, and of a number or a truth value as it is written; else null. */
export function textOf(node: unknown): string | null {
  if (!isScalar(node)) return null;
  const { value } = node;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return node.source ?? String(value);
  return null;
}
