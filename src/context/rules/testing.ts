import type { ContextKind } from '../kinds.ts';
import type { ContextAround } from './around.ts';
import { checkContext } from './examine.ts';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** `error CODE 3:5 entry` of every problem. */
export function found(kind: ContextKind, text: string, around?: ContextAround): string[] {
  return checkContext('c.yaml', kind, bytesOf(text), around).map(
    ({ severity, rule, line, column, entry }) =>
      `${severity} ${rule} ${line === null ? '-' : `${line}:${String(column)}`} ${entry ?? '-'}`,
  );
}

export function messages(kind: ContextKind, text: string, around?: ContextAround): string[] {
  return checkContext('c.yaml', kind, bytesOf(text), around).map(({ message }) => message);
}

/** A list with one entry that nothing is wrong with, but for what is given. An undefined field is left out. */
export function listWith(kind: ContextKind, over: Readonly<Record<string, unknown>> = {}): string {
  const { key, fields } = sound[kind];
  const lines = Object.entries({ ...fields, ...over })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `    ${name}: ${JSON.stringify(value)}`);
  return `${key}:\n  -\n${lines.join('\n')}\n`;
}

const when = '2026-01-31T09:00:00Z';
const sound: { readonly [Kind in ContextKind]: { key: string; fields: Record<string, unknown> } } = {
  knowledge: { key: 'entries', fields: { id: 'a', title: 'A', content: 'B', created_at: when } },
  todos: {
    key: 'todos',
    fields: { id: 'a', title: 'A', status: 'pending', priority: 'low', created_at: when },
  },
  decisions: {
    key: 'decisions',
    fields: { id: 'a', title: 'A', description: 'B', status: 'approved', decided_at: when },
  },
  patterns: {
    key: 'patterns',
    fields: {
      id: 'a',
      name: 'A',
      description: 'B',
      pattern_type: 'C',
      usage: 'required',
      created_at: when,
    },
  },
  conventions: {
    key: 'conventions',
    fields: {
      id: 'a',
      name: 'A',
      description: 'B',
      convention_type: 'C',
      enforcement: 'required',
      created_at: when,
    },
  },
};

/** The fields of such an entry. */
export const soundKeys = (kind: ContextKind): readonly string[] => Object.keys(sound[kind].fields);
