import type { Finding, FindingKind, FindingOf, Insights, Suggestion } from '../../insights/index.ts';
import { count, duration } from '../../wording/index.ts';
import type { Style } from './style.ts';
import { table, type Cell } from './table.ts';
import { line } from './text.ts';
import { fitted } from './width.ts';

type Typed = (suggestion: Suggestion) => Readonly<Record<string, string>>;

/** What a log shows, for people. */
export function insightsText(style: Style, insights: Insights, typed: Typed): string {
  return [
    style.paint('bold', fitted(style, summary(insights))),
    busiest(style, insights),
    pairs(style, insights),
    findingsText(style, insights, typed),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function summary({ window, totals }: Insights): string {
  const { after, revision, sinceMs, untilMs, entries } = window;
  if (entries === 0) return `nothing was done after @${after}`;
  const { agents, holds, waits, waitedMs, workingMs, waitShare } = totals;
  const what = `${count(agents, 'agent')}, ${count(holds, 'lock')}, ${count(waits, 'wait')}`;
  const times = `${duration(waitedMs)} of waiting beside ${duration(workingMs)} of work`;
  const share = waitedMs === 0 ? '' : ` (${percent(waitShare)})`;
  return `@${after + 1} to @${revision}, ${duration(untilMs - sinceMs)}: ${what}, ${times}${share}`;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

function busiest(style: Style, { busiest: rows }: Insights): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row): Cell[] => [
    row.target,
    row.kind,
    row.holds,
    duration(row.heldMs),
    row.waits,
    duration(row.waitedMs),
  ]);
  return table(style, ['BUSIEST', 'KIND', 'HELD', 'FOR', 'WAITS', 'WAITED'], cells);
}

function pairs(style: Style, { waitsOn }: Insights): string {
  if (waitsOn.length === 0) return '';
  const cells = waitsOn.map(({ waiter, holder, waits, waitedMs, longest }): Cell[] => [
    waiter,
    holder,
    waits,
    duration(waitedMs),
    `${longest.target} (@${longest.revision}, ${duration(longest.lengthMs)})`,
  ]);
  return table(style, ['WAITER', 'HOLDER', 'WAITS', 'WAITED', 'LONGEST'], cells);
}

function findingsText(style: Style, { findings, more }: Insights, typed: Typed): string {
  if (findings.length === 0)
    return fitted(style, 'nothing to say: no figure is above its threshold (docs/insights.md lists them)');
  const told = findings.map((finding, place) => {
    const words = typed(finding.suggestion);
    const todo = words['command'] ?? `${words['file']}: ${words['key']}: ${words['value']}`;
    return fitted(style, `${place + 1}. ${sentenceOf(finding)}\n   ${line`try: ${todo}`}`, '   ');
  });
  const left = Object.entries(more).map(([kind, number]) => `${number} more: ${titles[kind as FindingKind]}`);
  return [...told, ...left.map((text) => fitted(style, text))].join('\n');
}

const titles: Readonly<Record<FindingKind, string>> = {
  stuck: 'agents that do not get on',
  lapsed: 'agents whose leases lapsed at work',
  waitShare: 'share of waiting',
  busyTarget: 'targets that were waited for',
  needlessWaits: 'waits that locks of files would have spared',
  places: 'waits for a place',
  waitsOn: 'agents that waited for another',
  oscillation: 'locks handed to and fro',
  idleHolder: 'agents that held what they did not change',
};

type Sentences = { readonly [Kind in FindingKind]: (evidence: FindingOf<Kind>['evidence']) => string };

const sentences: Sentences = {
  stuck: ({ agent, how, count: waits, lengthMs, revision, targets }) => {
    const what = targets.length > 2 ? `${targets.slice(0, 2).join(', ')} and more` : targets.join(', ');
    if (how === 'blocked')
      return line`${agent} has said that it cannot go on, for ${duration(lengthMs)} (@${revision})`;
    if (how === 'waits') return line`${agent} waits for ${what}, for ${duration(lengthMs)} (@${revision})`;
    return line`${agent} waited ${waits} times in a row in vain, ${duration(lengthMs)} in all, last for ${what} (from @${revision})`;
  },
  lapsed: ({ agent, count: lapses, last }) =>
    line`${count(lapses, 'lease')} of ${agent} ended while it worked, last of ${last.target} at @${last.revision}; it was back at @${last.back}`,
  waitShare: ({ share, waitedMs, workingMs }) =>
    `${percent(share)} of the agents' time was waiting: ${duration(waitedMs)} beside ${duration(workingMs)} of work`,
  busyTarget: ({ target, holds, heldMs, waits, waitedMs, longest }) =>
    line`${target} was held ${count(holds, 'time')}, ${duration(heldMs)}; others waited ${count(waits, 'time')}, ${duration(waitedMs)}${longestText(longest)}`,
  needlessWaits: ({ scope, waits, savedMs, longest }) =>
    line`${count(waits, 'wait')} for ${scope}, ${duration(savedMs)}, came of locks of the whole scope: the two changed different files${longestText(longest)}`,
  places: ({ waitedMs, longest, places }) =>
    `agents waited ${duration(waitedMs)} while nobody held what they wanted: for a place (there are ${places}), or behind who had asked before${longestText(longest)}`,
  waitsOn: ({ waiter, holder, waits, waitedMs, longest }) =>
    line`${waiter} waited ${count(waits, 'time')} for ${holder}, ${duration(waitedMs)}, longest for ${longest.target} (@${longest.revision}, ${duration(longest.lengthMs)})`,
  oscillation: ({ target, between: [one, other], count: handovers, first, last }) =>
    line`${one} and ${other} took ${target} from each other ${handovers} times in a row (@${first} to @${last})`,
  idleHolder: ({ agent, count: holds, heldMs, waitedMs, longest }) =>
    line`${agent} held ${count(holds, 'lock')} for ${duration(heldMs)} and changed nothing, while others waited ${duration(waitedMs)}; longest ${longest.target} (@${longest.revision}, ${duration(longest.lengthMs)})`,
};

const longestText = (longest: { readonly revision: number; readonly lengthMs: number } | null): string =>
  longest === null ? '' : `; longest @${longest.revision}, ${duration(longest.lengthMs)}`;

/** The record is by kind, so each function gets the evidence of its own. */
function sentenceOf<Kind extends FindingKind>({ kind, evidence }: FindingOf<Kind> & Finding): string {
  const tell = sentences[kind] as (evidence: FindingOf<Kind>['evidence']) => string;
  return tell(evidence);
}
