import { quote, unreachable } from '../../core/index.ts';
import type { ContextEntry } from '../entries.ts';
import type { ContextKind } from '../kinds.ts';
import { checkFields } from './check-fields.ts';
import { exampleTime, meantWord, tell, tellType, type Checking, type Site } from './check-values.ts';
import { isBefore, momentOf } from './moments.ts';
import { formOf, textOf, type Held } from './nodes.ts';
import type { EntryRules, Relation } from './shapes.ts';
import { rulesOf } from './tables.ts';

/** Checks every entry by itself, and that no two have one id. */
export function checkEntries(checking: Checking, kind: ContextKind, entries: readonly ContextEntry[]): void {
  for (const entry of entries) {
    const rules = entryRules(kind, entry);
    if (rules !== null) checkEntry(checking, siteOf(kind, entry), entry, rules);
  }
  checkIds(checking, kind, entries);
}

/** Null: anything may stand there. */
function entryRules(kind: ContextKind, { form, collection }: ContextEntry): EntryRules | null {
  const rules = rulesOf[kind];
  return form === 'list' ? rules.list : (rules.map[collection] ?? null);
}

function siteOf(kind: ContextKind, { id, index, place }: ContextEntry): Site {
  const { noun } = rulesOf[kind];
  return {
    entry: id,
    label: id === null ? `${noun} number ${index + 1}` : `${noun} ${quote(id)}`,
    path: '',
    place,
  };
}

function checkEntry(checking: Checking, site: Site, { node, form }: ContextEntry, rules: EntryRules): void {
  if (formOf(node) !== 'map') {
    const needsFields = form === 'list' || rules.fields.some(({ needed }) => needed);
    if (needsFields) tellType(checking, site, node, 'a map of its keys and values');
    return;
  }
  const pairs = checking.nodes.pairsOf(node);
  const merge = pairs.get('<<');
  if (merge !== undefined)
    tell(
      checking,
      'warning',
      'MERGE_KEY',
      { ...site, path: '<<', place: merge.key },
      'is not followed, neither here nor upstream: write out the keys that it stands for',
    );
  const found = checkFields(checking, site, pairs, rules.fields);
  for (const relation of rules.relations) checkRelation(checking, site, found, rules, relation);
}

function checkRelation(
  checking: Checking,
  site: Site,
  found: ReadonlyMap<string, Held>,
  rules: EntryRules,
  relation: Relation,
): void {
  switch (relation.is) {
    case 'presence':
      return checkPresence(checking, site, found, rules, relation);
    case 'order':
      return checkOrder(checking, site, found, relation);
    default:
      return unreachable(relation);
  }
}

function checkPresence(
  checking: Checking,
  site: Site,
  found: ReadonlyMap<string, Held>,
  { fields }: EntryRules,
  { key, of, word, missing, unexpected }: Extract<Relation, { is: 'presence' }>,
): void {
  const shape = fields.find((field) => field.key === of)?.shape;
  const deciding = found.get(of);
  const meant = shape?.is === 'words' ? meantWord(deciding?.value, shape) : null;
  const there = found.get(key);
  if (meant === null || (meant.word === word) === (there !== undefined)) return;
  // A word that upstream does not know is told already; its meaning is a guess.
  const severity = meant.isOwn ? 'error' : 'warning';
  if (there === undefined) {
    const words = `is ${word} and has no \`${key}\`: add when, such as ${exampleTime}`;
    return tell(checking, severity, missing, { ...site, place: deciding?.place }, words);
  }
  const words = `has \`${key}\` and is not ${word}: set \`${of}\` to ${word}, or take \`${key}\` out`;
  tell(checking, severity, unexpected, { ...site, place: there.key }, words);
}

function checkOrder(
  checking: Checking,
  site: Site,
  found: ReadonlyMap<string, Held>,
  { first, last, broken }: Extract<Relation, { is: 'order' }>,
): void {
  const earlier = momentOf(textOf(found.get(first)?.value) ?? '');
  const later = momentOf(textOf(found.get(last)?.value) ?? '');
  if (earlier === null || later === null || !isBefore(later, earlier)) return;
  const words = `has a \`${last}\` before its \`${first}\`: correct one of them`;
  tell(checking, 'error', broken, { ...site, place: found.get(last)?.place }, words);
}

/** In one collection upstream refuses it; in two of one file, nobody could say which one an id names. */
function checkIds(checking: Checking, kind: ContextKind, entries: readonly ContextEntry[]): void {
  const seen = new Map<string, ContextEntry>();
  for (const entry of entries) {
    if (entry.id === null) continue;
    const before = seen.get(entry.id);
    if (before === undefined) {
      seen.set(entry.id, entry);
      continue;
    }
    const severity = before.collection === entry.collection ? 'error' : 'warning';
    const { line } = checking.nodes.yaml.positionOf(before.place);
    const words = `has the id of the one in line ${String(line)}: give it another`;
    tell(checking, severity, 'ID_REPEATED', siteOf(kind, entry), words);
  }
}
