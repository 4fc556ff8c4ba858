import { collectionsOf, type Collection, type ContextKind } from '../kinds.ts';
import { formOf, formWords, textOf, type Held, type Nodes } from './nodes.ts';
import type { ContextRule, Findings } from './problems.ts';
import { rulesOf } from './tables.ts';
import { isSeq } from 'yaml';

/** What stands at the top of a file. */
export interface Top {
  readonly nodes: Nodes;
  readonly findings: Findings;
  readonly kind: ContextKind;
  readonly pairs: ReadonlyMap<string, Held>;
}

function tell(
  { nodes, findings }: Top,
  severity: 'error' | 'warning',
  rule: ContextRule,
  place: unknown,
  message: string,
): void {
  const { line, column } = nodes.yaml.positionOf(place);
  findings[severity]({ rule, line, column, entry: null, message });
}

/** That entries stand where they are looked for. */
export function checkTop(top: Top): void {
  const { kind, pairs, nodes } = top;
  const { contents } = nodes.yaml.document;
  const [{ key: usual } = { key: '' }] = collectionsOf[kind];
  if (formOf(contents) === 'nothing')
    return tell(top, 'warning', 'EMPTY_FILE', null, `is empty: begin it with \`${usual}: []\``);
  for (const collection of collectionsOf[kind]) checkCollection(top, usual, collection);
  const keys = collectionsOf[kind].map(({ key }) => key);
  if (!keys.some((key) => pairs.has(key)))
    tell(
      top,
      'warning',
      'KEY_MISSING',
      null,
      `has none of the keys ${keys.join(', ')}: begin with \`${usual}: []\``,
    );
}

function checkCollection(top: Top, usual: string, collection: Collection): void {
  const { key, forms } = collection;
  const held = top.pairs.get(key);
  if (held === undefined) return;
  const form = formOf(held.value);
  if (form === 'nothing') {
    if (forms.includes('list'))
      tell(top, 'warning', 'WRONG_TYPE', held.key, `\`${key}\` has no value: write \`${key}: []\``);
    return;
  }
  const isRight = forms.some((allowed) => allowed === form);
  if (!isRight && isNeeded(top.kind, collection))
    tell(
      top,
      'error',
      'WRONG_TYPE',
      held.place,
      `\`${key}\` is ${formWords[form]}: write ${formWords[forms[0] ?? 'list']}`,
    );
  if (isRight && form === 'list' && key !== usual)
    tell(top, 'warning', 'KEY_CALLED_OTHERWISE', held.key, `\`${key}\` is read as \`${usual}\`: call it so`);
}

/** Upstream's schemas leave open what stands in the maps of some kinds: there it may be anything. */
function isNeeded(kind: ContextKind, { key, forms }: Collection): boolean {
  if (forms.includes('list')) return true;
  return rulesOf[kind].map[key]?.fields.some(({ needed }) => needed) ?? false;
}

/** Names of categories; null: the file has none, and any will do. */
export function categoriesOf(top: Top): ReadonlySet<string> | null {
  const held = top.kind === 'knowledge' ? top.pairs.get('categories') : undefined;
  if (held === undefined || formOf(held.value) === 'nothing') return null;
  const { value, place } = held;
  const form = formOf(value);
  if (form === 'map') return new Set(top.nodes.pairsOf(value).keys());
  const words = `\`categories\` is ${formWords[form]}: write a map of their names and what they are`;
  tell(top, form === 'list' ? 'warning' : 'error', 'WRONG_TYPE', place, words);
  if (!isSeq(value)) return null;
  return new Set(value.items.flatMap((item) => textOf(top.nodes.follow(item)) ?? []));
}
