import { isMap, isSeq, type Pair } from 'yaml';
import type { YamlFile } from '../../repository/yaml/index.ts';
import { keyed, type Fields } from '../written.ts';
import { formOf, Nodes, textOf } from './nodes.ts';

/** What one entry may come to when its aliases are written out. */
const valuesMax = 20_000;
const leftOut = '(left out: too much)';

/** What a node says, as plain values, with aliases written out: not those in a circle, and not beyond a bound. */
export function plainOf(yaml: YamlFile, node: unknown): unknown {
  const nodes = new Nodes(yaml);
  let left = valuesMax;
  const above = new Set<unknown>();
  const plain = (at: unknown): unknown => {
    const value = nodes.follow(at);
    left -= 1;
    if (left < 0 || above.has(value)) return leftOut;
    if (!isMap(value) && !isSeq(value)) return scalarOf(value);
    above.add(value);
    const whole = isSeq(value) ? value.items.map(plain) : mapOf(value.items as Pair[], plain, nodes);
    above.delete(value);
    return whole;
  };
  return plain(node);
}

function mapOf(pairs: readonly Pair[], plain: (node: unknown) => unknown, nodes: Nodes): Fields {
  return Object.fromEntries(pairs.map(({ key, value }) => [textOf(nodes.follow(key)) ?? '', plain(value)]));
}

function scalarOf(value: unknown): unknown {
  const form = formOf(value);
  if (form === 'nothing') return null;
  const { value: said } = value as { readonly value?: unknown };
  return form === 'other' || typeof said === 'bigint' ? textOf(value) : said;
}

/** An entry in full, as lines of YAML in block form. */
export function entryLines(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return keyed('value', value, 'blocks').lines;
  return Object.entries(value).flatMap(([key, field]) => keyed(key, field, 'blocks').lines);
}
