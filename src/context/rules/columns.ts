import type { ContextKind } from '../kinds.ts';

/** What an entry is known by beside its id. */
export interface Column {
  readonly head: string;
  /** The first of them that an entry has. */
  readonly keys: readonly string[];
}

const titles = ['title', 'name', 'insight', 'finding', 'description'];
const title: Column = { head: 'TITLE', keys: titles };
const name: Column = { head: 'NAME', keys: ['name', ...titles] };
const status: Column = { head: 'STATUS', keys: ['status'] };

export const columnsOf: { readonly [Kind in ContextKind]: readonly Column[] } = {
  knowledge: [title, { head: 'CATEGORY', keys: ['category'] }, { head: 'CONFIDENCE', keys: ['confidence'] }],
  todos: [
    title,
    status,
    { head: 'PRIORITY', keys: ['priority'] },
    { head: 'ASSIGNED TO', keys: ['assigned_to'] },
  ],
  decisions: [
    title,
    status,
    {
      head: 'DECIDED',
      keys: ['decided_at', 'decision_date', 'date', 'created_at', 'created_date'],
    },
  ],
  patterns: [name, { head: 'TYPE', keys: ['pattern_type', 'type'] }, { head: 'USAGE', keys: ['usage'] }],
  conventions: [
    name,
    { head: 'TYPE', keys: ['convention_type', 'type'] },
    { head: 'ENFORCEMENT', keys: ['enforcement'] },
  ],
};
