import { quote } from '../../core/index.ts';
import { momentOf, writtenAs } from './moments.ts';
import { formOf, formWords, textOf, type Form, type Nodes } from './nodes.ts';
import type { ContextRule, Findings } from './problems.ts';
import { danglingOf, type References } from './references.ts';
import type { Moment, OtherForm, Reference, Shape, Text, Whole, Words } from './shapes.ts';

/** What one file is checked with. */
export interface Checking {
  readonly nodes: Nodes;
  readonly findings: Findings;
  readonly references: References;
  /** Lists whose items were checked, and what they had to be. */
  readonly checked: Map<object, Set<Shape>>;
}

/** Where something stands. */
export interface Site {
  readonly entry: string | null;
  /** For people: `todo "t1"`. */
  readonly label: string;
  /** From the entry: `context.related_files[0]`; empty for the entry itself. */
  readonly path: string;
  readonly place: unknown;
}

type Severity = 'error' | 'warning';

export function tell(
  { nodes, findings }: Checking,
  severity: Severity,
  rule: ContextRule,
  { entry, label, path, place }: Site,
  words: string,
): void {
  const { line, column } = nodes.yaml.positionOf(place);
  const subject = path === '' ? label : `${label}: \`${path.slice(0, 100)}\``;
  findings[severity]({ rule, line, column, entry, message: `${subject} ${words}` });
}

export const exampleTime = '2026-01-31T09:00:00Z';
export const exampleDay = '2026-01-31';

export function tellType(
  checking: Checking,
  site: Site,
  value: unknown,
  wanted: string,
  severity: Severity = 'error',
): void {
  tell(checking, severity, 'WRONG_TYPE', site, `is ${formWords[formOf(value)]}: write ${wanted}`);
}

/** Its text, where it has one; what is no text was told. */
function textAt(
  checking: Checking,
  site: Site,
  value: unknown,
  wanted: string,
  tolerance: Tolerance = none,
): string | null {
  const text = textOf(value);
  const form = formOf(value);
  if (form === 'text') return text;
  const isClear = text !== null || tolerance.has(form);
  tellType(checking, site, value, text === null ? wanted : `it in quotes`, isClear ? 'warning' : 'error');
  return text;
}

type Tolerance = ReadonlySet<Form>;
const none: Tolerance = new Set();
export const toleranceOf = (also: readonly OtherForm[] = []): Tolerance => new Set(also);

export function checkText(
  checking: Checking,
  site: Site,
  value: unknown,
  shape: Text,
  needed: boolean,
): void {
  const text = textAt(checking, site, value, 'text', toleranceOf(shape.also));
  if (text === null) return;
  if (text.trim() === '' && needed)
    return tell(checking, 'error', shape.blank ?? 'KEY_MISSING', site, 'is blank: write what it is');
  const { form, max } = shape;
  if (form !== undefined && !form.pattern.test(text))
    tell(checking, form.severity, 'ID_FORM', site, `is ${quote(text)}: write ${form.words}`);
  // A surrogate pair is one letter.
  if (max === undefined || text.length <= max) return;
  const length = Array.from(text).length;
  if (length > max)
    tell(checking, 'warning', 'TOO_LONG', site, `has ${length} letters: write at most ${max}`);
}

export function checkWords(checking: Checking, site: Site, value: unknown, shape: Words): void {
  const list = shape.words.join(', ');
  const text = textAt(checking, site, value, `one of ${list}`);
  if (text === null || shape.words.includes(text)) return;
  const word = wordOf(text);
  if (shape.words.includes(word))
    return tell(checking, 'warning', 'WORD_SPELT_OTHERWISE', site, `is ${quote(text)}: write ${word}`);
  if (!Object.hasOwn(shape.others, word))
    return tell(checking, 'error', shape.unknown, site, `is ${quote(text)}: write one of ${list}`);
  const meant = shape.others[word] ?? `one of ${list}`;
  const words = `is ${quote(text)}, a word of the other design of this file: write ${meant}`;
  tell(checking, 'warning', 'WORD_OF_OTHER_DESIGN', site, words);
}

const wordOf = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');

/** The word of a design that a value stands for; null: for none. */
export function meantWord(
  value: unknown,
  shape: Words,
): { readonly word: string; readonly isOwn: boolean } | null {
  const text = textOf(value);
  if (text === null) return null;
  if (shape.words.includes(text)) return { word: text, isOwn: true };
  const word = wordOf(text);
  if (shape.words.includes(word)) return { word, isOwn: false };
  const meant = Object.hasOwn(shape.others, word) ? (shape.others[word] ?? null) : null;
  return meant === null ? null : { word: meant, isOwn: false };
}

export function checkMoment(checking: Checking, site: Site, value: unknown, { form }: Moment): void {
  const example = form === 'day' ? exampleDay : exampleTime;
  const text = textAt(checking, site, value, `a date, such as ${example}`);
  if (text === null) return;
  const moment = momentOf(text);
  if (moment === null)
    return tell(
      checking,
      'error',
      'DATE_INVALID',
      site,
      `is ${quote(text)}: write a date, such as ${example}`,
    );
  if (moment.form === 'time' || moment.form === form) return;
  const words = `is ${quote(text)}, and upstream reads dates in full only: write ${writtenAs(moment, form)}`;
  tell(checking, 'warning', 'DATE_FORM', site, words);
}

export function checkWhole(checking: Checking, site: Site, value: unknown, shape: Whole): void {
  const wanted = `a whole number from ${shape.least} to ${shape.most}`;
  const text = textOf(value);
  const number = text === null || text.trim() === '' ? Number.NaN : Number(text);
  if (formOf(value) === 'number' && Number.isInteger(number)) {
    if (number < shape.least || number > shape.most)
      tell(checking, 'warning', 'OUT_OF_RANGE', site, `is ${text ?? ''}, out of range: write ${wanted}`);
    return;
  }
  const isClear = text !== null && (!Number.isNaN(number) || shape.words.includes(wordOf(text)));
  tellType(checking, site, value, wanted, isClear ? 'warning' : 'error');
}

export function checkReference(checking: Checking, site: Site, value: unknown, { to }: Reference): void {
  const text = textAt(
    checking,
    site,
    value,
    'text',
    toleranceOf(['scope', 'file'].includes(to) ? ['list', 'map'] : []),
  );
  const dangling = text === null ? null : danglingOf(checking.references, to, text);
  if (text === null || dangling === null) return;
  tell(checking, dangling.severity, dangling.rule, site, `${quote(text)} ${dangling.words}`);
}
