import type { AgentId } from '../core/index.ts';
import { targetOf } from '../core/index.ts';
import type { LockView } from '../protocol/index.ts';
import { count } from '../wording/index.ts';
import { chosenRow, columnCount, lockOn, locksOf, shownList } from './lists.ts';
import {
  listNames,
  storyOfAgent,
  storyOfLock,
  type Act,
  type Choice,
  type ListName,
  type Model,
  type Typing,
} from './model.ts';
import type { Key, Words } from './ports.ts';
import { aboveMax } from './story.ts';

/** What a key makes of the view, and what it asks for beyond that. */
export interface Pressed {
  readonly model: Model;
  readonly act: Act | null;
}

const only = (model: Model): Pressed => ({ model, act: null });

export function press(before: Model, key: Key, words: Words): Pressed {
  const always = key.ctrl ? acts[key.name] : undefined;
  if (always !== undefined) return { model: before, act: always };
  const model = { ...before, notice: null };
  if (model.typing !== null) return typeKey(model, model.typing, key);
  if (key.text === 'q') return { model, act: { kind: 'quit' } };
  if (key.text === '?') return only({ ...model, page: { kind: 'help' } });
  switch (model.page.kind) {
    case 'help':
      return isBack(key) ? only({ ...model, page: { kind: 'list' } }) : only(model);
    case 'story':
      return storyKey(model, key, words);
    case 'list':
      return listKey(model, key);
  }
}

/** Wherever one is. */
const acts: Readonly<Record<string, Act>> = {
  c: { kind: 'interrupt' },
  z: { kind: 'suspend' },
  l: { kind: 'redraw' },
};

const isEnter = ({ name }: Key): boolean => name === 'return' || name === 'enter';
const isBack = (key: Key): boolean => key.name === 'escape' || key.name === 'left' || isEnter(key);

function typeKey(model: Model, typing: Typing, key: Key): Pressed {
  if (typing.kind === 'sure') {
    const isSure = key.text === 'y' || key.text === 'Y';
    const { lock } = typing;
    return only(isSure ? { ...model, typing: { kind: 'reason', lock, text: '' } } : unrevoked(model));
  }
  if (key.name === 'escape')
    return only(typing.kind === 'filter' ? { ...model, typing: null, filter: '' } : unrevoked(model));
  if (isEnter(key)) return typedAll({ ...model, typing: null }, typing);
  const text = edited(typing.text, key);
  const typed = { ...model, typing: { ...typing, text } };
  return only(typing.kind === 'filter' ? { ...typed, filter: text } : typed);
}

const unrevoked = (model: Model): Model => ({
  ...model,
  typing: null,
  notice: { text: 'nothing was revoked', isTrouble: false },
});

function typedAll(model: Model, typing: Exclude<Typing, { kind: 'sure' }>): Pressed {
  if (typing.kind === 'filter') return only(model);
  const { lock, text } = typing;
  const reason = text.trim() === '' ? null : text.trim();
  return { model, act: { kind: 'revoke', lock, reason } };
}

function edited(text: string, { name, ctrl, text: written }: Key): string {
  if (name === 'backspace') return Array.from(text).slice(0, -1).join('');
  if (ctrl && name === 'u') return '';
  return written === null ? text : text + written;
}

function storyKey(model: Model, key: Key, words: Words): Pressed {
  const { page, facts } = model;
  if (page.kind !== 'story') return only(model);
  if (isBack(key)) return only({ ...model, page: { kind: 'list' } });
  if (key.text === 'r' && facts !== null) {
    if (page.subject.kind === 'agent') return only(askOfAgent(model, page.subject.agent));
    return only(ask(model, page.target === null ? null : lockOn(facts, page.target)));
  }
  const last = aboveMax(model, words);
  const step = steps(key, last);
  const above = Math.max(0, Math.min(last, page.above + step));
  return only({ ...model, page: { ...page, above } });
}

/** How far a key goes, of so many. */
function steps({ name, text }: Key, all: number): number {
  if (text === 'j' || name === 'down') return 1;
  if (text === 'k' || name === 'up') return -1;
  if (name === 'pagedown' || text === ' ') return pageRows;
  if (name === 'pageup') return -pageRows;
  if (name === 'home' || text === 'g') return -all;
  if (name === 'end' || text === 'G') return all;
  return 0;
}

const pageRows = 10;

function listKey(model: Model, key: Key): Pressed {
  const { list } = model;
  if (key.name === 'tab') return only({ ...model, list: after(list) });
  if (key.text === '/') return only({ ...model, typing: { kind: 'filter', text: model.filter } });
  if (key.name === 'escape') return only({ ...model, filter: '' });
  const { sortedBy, reversed } = model.choices[list];
  if (key.text === 's') return only(choose(model, list, { sortedBy: (sortedBy + 1) % columnCount[list] }));
  if (key.text === 'S') return only(choose(model, list, { reversed: !reversed }));
  if (isEnter(key) || key.name === 'right') return lookInto(model);
  if (key.text === 'r') return only(askOfList(model));
  return only(moved(model, key));
}

const after = (list: ListName): ListName =>
  listNames[(listNames.indexOf(list) + 1) % listNames.length] ?? 'agents';

const choose = (model: Model, list: ListName, choice: Partial<Choice>): Model => ({
  ...model,
  choices: { ...model.choices, [list]: { ...model.choices[list], ...choice } },
});

function moved(model: Model, key: Key): Model {
  const { facts, list } = model;
  if (facts === null) return model;
  const shown = shownList(model, list, facts);
  const at = chosenRow(model, list, shown)?.index ?? 0;
  const to = Math.max(0, Math.min(shown.rows.length - 1, at + steps(key, shown.rows.length)));
  return choose(model, list, { key: shown.rows[to]?.key ?? null });
}

function lookInto(model: Model): Pressed {
  const row = chosen(model);
  if (row === null) return only(model);
  const subject = row.lock === null ? storyOfAgent(row.agent) : storyOfLock(row.lock);
  const target = row.lock === null ? null : targetOf(row.lock);
  const page = { kind: 'story', subject, target, answer: null, above: 0 } as const;
  return { model: { ...choose(model, model.list, { key: row.key }), page }, act: { kind: 'hear' } };
}

function chosen(model: Model) {
  const { facts, list } = model;
  return facts === null ? null : (chosenRow(model, list, shownList(model, list, facts))?.row ?? null);
}

function askOfList(model: Model): Model {
  const row = chosen(model);
  if (row === null) return model;
  return row.lock === null ? askOfAgent(model, row.agent) : ask(model, row.lock);
}

/** Of several locks one has to be chosen first. */
function askOfAgent(model: Model, agent: AgentId): Model {
  const held = model.facts === null ? [] : locksOf(model.facts, agent);
  const [first, ...more] = held;
  if (first === undefined || more.length === 0) return ask(model, first ?? null);
  const listed = choose({ ...model, list: 'locks', page: { kind: 'list' }, filter: '' }, 'locks', {
    key: targetOf(first),
  });
  return {
    ...listed,
    notice: { text: `${agent} has ${count(held.length, 'lock')}: choose one, then r`, isTrouble: false },
  };
}

function ask(model: Model, lock: LockView | null): Model {
  if (!model.mayRevoke) return refused(model, 'only an operator may revoke: the token here is none’s');
  if (lock === null) return refused(model, 'there is no lock to revoke');
  return { ...model, typing: { kind: 'sure', lock } };
}

const refused = (model: Model, text: string): Model => ({ ...model, notice: { text, isTrouble: true } });
