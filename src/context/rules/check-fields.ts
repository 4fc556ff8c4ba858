import { isSeq } from 'yaml';
import {
  checkMoment,
  checkReference,
  checkText,
  checkWhole,
  checkWords,
  exampleDay,
  exampleTime,
  tell,
  tellType,
  toleranceOf,
  type Checking,
  type Site,
} from './check-values.ts';
import { formOf, textOf, type Held } from './nodes.ts';
import type { Field, ListOf, MapOf, Shape } from './shapes.ts';

/** Fields of an entry, or of a map in it, by the names of their rules: where one is missing, what is in use for it. */
export function checkFields(
  checking: Checking,
  site: Site,
  pairs: ReadonlyMap<string, Held>,
  fields: readonly Field[],
): ReadonlyMap<string, Held> {
  const found = new Map<string, Held>();
  const readAs = new Map<string, string[]>();
  for (const field of fields) {
    const key = keyOf(field, pairs);
    const held = pairs.get(key ?? '');
    if (key === null || held === undefined) {
      if (field.needed) tellMissing(checking, site, field);
      continue;
    }
    if (key !== field.key) readAs.set(key, [...(readAs.get(key) ?? []), field.key]);
    found.set(field.key, held);
    const at = { ...site, path: joined(site.path, key), place: held.place };
    checkShape(checking, at, held.value, field.shape, field.needed === true);
  }
  for (const [key, names] of readAs) tellOtherKey(checking, site, pairs.get(key), key, names);
  return found;
}

/** Null: neither is it there nor anything in its stead. */
function keyOf({ key, alsoCalled = [] }: Field, pairs: ReadonlyMap<string, Held>): string | null {
  return [key, ...alsoCalled].find((name) => formOf(pairs.get(name)?.value) !== 'nothing') ?? null;
}

const joined = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

function tellMissing(checking: Checking, site: Site, { key, shape }: Field): void {
  tell(checking, 'error', 'KEY_MISSING', site, `has no \`${key}\`: add it${exampleOf(shape)}`);
}

function exampleOf(shape: Shape): string {
  if (shape.is === 'words') return `, one of ${shape.words.join(', ')}`;
  if (shape.is === 'moment') return `, such as ${shape.form === 'day' ? exampleDay : exampleTime}`;
  return shape.is === 'text' && shape.form !== undefined ? `: ${shape.form.words}` : '';
}

function tellOtherKey(
  checking: Checking,
  site: Site,
  held: Held | undefined,
  key: string,
  names: readonly string[],
): void {
  const meant = names.map((name) => `\`${name}\``).join(' and ');
  const at = { ...site, path: joined(site.path, key), place: held?.key };
  tell(checking, 'warning', 'KEY_CALLED_OTHERWISE', at, `is read as ${meant}: call it so`);
}

function checkShape(checking: Checking, site: Site, value: unknown, shape: Shape, needed: boolean): void {
  switch (shape.is) {
    case 'text':
      return checkText(checking, site, value, shape, needed);
    case 'words':
      return checkWords(checking, site, value, shape);
    case 'moment':
      return checkMoment(checking, site, value, shape);
    case 'whole':
      return checkWhole(checking, site, value, shape);
    case 'reference':
      return checkReference(checking, site, value, shape);
    case 'list':
      return checkList(checking, site, value, shape);
    case 'map':
      return checkMap(checking, site, value, shape);
  }
}

/** A single text in the place of a list of texts is a list of one. */
function checkList(checking: Checking, site: Site, value: unknown, { of, also }: ListOf): void {
  if (isSeq(value)) {
    if (isChecked(checking, value, of)) return;
    for (const [index, item] of value.items.entries()) {
      const held = checking.nodes.follow(item);
      if (formOf(held) === 'nothing') continue;
      checkShape(checking, { ...site, path: `${site.path}[${index}]`, place: item }, held, of, false);
    }
    return;
  }
  const isOne = textOf(value) !== null && (of.is === 'text' || of.is === 'reference');
  const isClear = isOne || toleranceOf(also).has(formOf(value));
  if (of.is === 'map' && of.isLoose === true) return;
  tellType(checking, site, value, 'a list', isClear ? 'warning' : 'error');
  if (isOne) checkShape(checking, site, value, of, false);
}

/** What many aliases stand for is checked once: in a hostile file each stands for thousands of things. */
function isChecked({ checked }: Checking, value: object, shape: Shape): boolean {
  const before = checked.get(value) ?? new Set();
  if (before.has(shape)) return true;
  checked.set(value, before.add(shape));
  return false;
}

function checkMap(checking: Checking, site: Site, value: unknown, { fields, isLoose }: MapOf): void {
  if (formOf(value) === 'map') checkFields(checking, site, checking.nodes.pairsOf(value), fields);
  else if (isLoose !== true) tellType(checking, site, value, 'a map');
}
