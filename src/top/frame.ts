import { count, holdersOfPlaces, safe } from '../wording/index.ts';
import { roughly } from './age.ts';
import { rowLine, widthsOf } from './columns.ts';
import { helpLines } from './help.ts';
import { cell } from './columns.ts';
import { cutLine, part, plainLine, spread, type Line, type Part } from './line.ts';
import { chosenRow, shownList, type ShownList } from './lists.ts';
import { listNames, type Facts, type Link, type ListName, type Model } from './model.ts';
import { footer } from './footer.ts';
import type { Words } from './ports.ts';
import { laidOut, sectionsOf, violationCount } from './sections.ts';
import { shownStory } from './story.ts';

export const smallest = { columns: 40, rows: 10 } as const;

/** The whole screen: as many lines as the terminal has, none of them wider than it. */
export function frame(model: Model, words: Words): readonly Line[] {
  const { columns, rows } = model.size;
  const lines = columns < smallest.columns || rows < smallest.rows ? tooSmall(model) : whole(model, words);
  const cutTo = Array.from({ length: rows }, (_, index) => cutLine(lines[index] ?? [], columns));
  return cutTo;
}

function tooSmall({ size: { columns, rows } }: Model): readonly Line[] {
  return [
    `rhema top needs ${smallest.columns}x${smallest.rows};`,
    `this terminal is ${columns}x${rows}.`,
    'q quits',
  ].map((text) => plainLine(text));
}

function whole(model: Model, words: Words): readonly Line[] {
  const { rows } = model.size;
  const head = headOf(model);
  const room = rows - head.length - 1;
  const body = bodyOf(model, words, room).slice(0, room);
  const blank = Array.from({ length: room - body.length }, (): Line => []);
  return [...head, ...body, ...blank, footer(model)];
}

function bodyOf(model: Model, words: Words, room: number): readonly Line[] {
  const { page, facts } = model;
  if (page.kind === 'help') return [[], ...helpLines];
  if (page.kind === 'story') return [[], ...shownStory(model, words, room - 1)];
  return facts === null ? [[], plainLine('asking the coordinator ...', 'dim')] : listBody(model, facts, room);
}

function headOf(model: Model): readonly Line[] {
  const { columns } = model.size;
  const { facts, place } = model;
  const revision = facts === null ? [] : [part(`revision ${facts.status.revision}  `)];
  const first = spread(
    [part('rhema top', 'bold'), part(`  ${safe(place)}`)],
    [...revision, linkPart(model.link, model.nowMs)],
    columns,
  );
  return facts === null ? [first, []] : [first, countsLine(facts)];
}

/** An answer that is due for longer than this is worth a word. */
const silenceMs = 2_000;

function linkPart(link: Link, nowMs: number): Part {
  if (link.kind === 'lost') return part(`connection lost ${roughly(nowMs - link.sinceMs)} ago`, 'bad');
  const dueMs = link.askedSinceMs === null ? 0 : nowMs - link.askedSinceMs;
  return dueMs < silenceMs ? part('connected', 'good') : part(`no answer for ${roughly(dueMs)}`, 'warn');
}

function countsLine(facts: Facts): Line {
  const { agents, locks, waiters, settings, scopeProblems } = facts.status;
  const lost = agents.filter(({ presence }) => presence === 'lost').length;
  const broken = violationCount(facts);
  const errors = scopeProblems.filter(({ severity }) => severity === 'error').length;
  const parts = [
    part(count(agents.length, 'agent')),
    ...(lost === 0 ? [] : [part(`${lost} lost`, 'bad')]),
    part(count(broken, 'violation'), broken === 0 ? 'plain' : 'bad'),
    part(`${holdersOfPlaces(locks).length} of ${count(settings.maxConcurrentAgents, 'place')} taken`),
    part(count(locks.length, 'lock')),
    part(`${waiters.length} waiting`, waiters.length === 0 ? 'plain' : 'warn'),
    ...(errors === 0 ? [] : [part(`${count(errors, 'error')} in scope files`, 'bad')]),
  ];
  return parts.flatMap((each, index) => (index === 0 ? [each] : [part(', '), each]));
}

function listBody(model: Model, facts: Facts, room: number): readonly Line[] {
  const list = shownList(model, model.list, facts);
  const wanted = tableHead + Math.max(1, list.rows.length);
  const sections = laidOut(sectionsOf(model, facts), room - Math.min(wanted, Math.ceil(room / 2)));
  const tableRoom = room - sections.length;
  return [...tableOf(model, facts, list, tableRoom), ...sections];
}

/** The names of the lists, and the titles of the columns. */
const tableHead = 2;

function tableOf(model: Model, facts: Facts, list: ShownList, room: number): readonly Line[] {
  const { columns } = model.size;
  const chosen = chosenRow(model, model.list, list);
  const fit = Math.max(1, room - tableHead);
  const from = firstShown(list.rows.length, fit, chosen?.index ?? 0);
  const shown = list.rows.slice(from, from + fit);
  const widths = widthsOf(
    list.shapes,
    list.rows.map(({ cells }) => cells),
    columns - marker.none.length,
  );
  const where =
    shown.length < list.rows.length ? `${from + 1}-${from + shown.length} of ${list.rows.length}` : '';
  const lines = shown.map((row): Line => {
    const isChosen = row.key === chosen?.row.key;
    return [
      part(isChosen ? marker.chosen : marker.none, 'bold'),
      ...rowLine(row.cells, widths, isChosen ? 'bold' : undefined),
    ];
  });
  return [
    spread(tabsLine(model, facts, list), [part(where, 'dim')], columns),
    [part(marker.none), ...rowLine(titlesOf(model, list), widths, 'dim')],
    ...(lines.length === 0 ? [plainLine(emptyText(model, list), 'dim')] : lines),
  ];
}

/** Also seen without colours. */
const marker = { chosen: '> ', none: '  ' } as const;

/** The chosen row stays in the middle while there are rows on both sides. */
function firstShown(total: number, fit: number, chosen: number): number {
  return Math.max(0, Math.min(total - fit, chosen - Math.floor(fit / 2)));
}

function titlesOf({ list: name, choices }: Model, { shapes }: ShownList) {
  const { sortedBy, reversed } = choices[name];
  const mark = reversed ? '▲' : '▼';
  return shapes.map(({ title }, index) => cell(index === sortedBy ? `${title}${mark}` : title));
}

function tabsLine(model: Model, facts: Facts, list: ShownList): Line {
  const { agents, locks, waiters } = facts.status;
  const counts: Readonly<Record<ListName, number>> = {
    agents: agents.length,
    locks: locks.length,
    queue: waiters.length,
  };
  const tabs = listNames.map((name) =>
    name === model.list
      ? part(`[${name.toUpperCase()} ${counts[name]}]`, 'bold')
      : part(` ${name} ${counts[name]} `, 'dim'),
  );
  const filter =
    model.filter === '' ? [] : [part(`  with "${safe(model.filter)}": ${list.rows.length}`, 'warn')];
  return [...tabs.flatMap((tab, index) => (index === 0 ? [tab] : [part(' '), tab])), ...filter];
}

const nobody: Readonly<Record<ListName, string>> = {
  agents: '  no agent takes part: rhema agent join NAME',
  locks: '  no lock is held',
  queue: '  nobody waits',
};

const emptyText = ({ list }: Model, { total }: ShownList): string =>
  total === 0 ? nobody[list] : '  none has what the filter asks for: / and Esc end it';
