import {
  gainMin,
  type Change,
  type Choice,
  type Fit,
  type Gain,
  type Other,
  type Spread,
} from '../../fit/index.ts';
import { count } from '../../wording/index.ts';
import type { Subject } from '../commands/fit-subject.ts';
import type { Style } from './style.ts';
import { table, type Cell } from './table.ts';
import { line, safe } from './text.ts';

export interface FitView {
  readonly subject: Subject;
  readonly choice: Choice;
  readonly result: Fit;
  readonly agents: number;
  /** Of the configuration, as they are recommended; empty: none are. */
  readonly lines: readonly string[];
  /** Where they were written to, and why that does not count yet; null: they were not. */
  readonly written: { readonly file: string; readonly later: string | null } | null;
}

/** What a replay has shown, for people. */
export function fitText(style: Style, view: FitView): string {
  return [
    summary(style, view),
    sizes(style, view),
    gains(style, view),
    hottest(style, view),
    others(style, view),
    recommendation(style, view),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function summary(style: Style, { subject, choice }: FitView): string {
  const { kind, jobs, fromMs, toMs, notes } = subject;
  const what = kind === 'commits' ? `${count(jobs.length, 'commit')} of people` : count(jobs.length, 'claim');
  const head = `${what} from ${dayOf(fromMs)} to ${dayOf(toMs)}, replayed over ${count(choice.scopes.length, 'scope')}`;
  return [style.paint('bold', head), ...notes].join('\n');
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function sizes(style: Style, { result, choice, subject }: FitView): string {
  const { files, targets, scopes } = result.jobs;
  const title = subject.kind === 'commits' ? 'in one commit' : 'in one claim';
  const row = (name: string, { p50, p90, p99 }: Spread): Cell[] => [name, p50, p90, p99];
  return table(
    style,
    [title, 'half: up to', '90 %', '99 %'],
    [
      row('files', files),
      row(choice.settings.claimLevel === 'file' ? 'locks of files' : 'locks of scopes', targets),
      row('scopes', scopes),
    ],
  );
}

function gains(style: Style, { result, agents }: FitView): string {
  const rows = result.gains.map((gain): Cell[] => [
    gain.agents,
    gainCell(gain.gain, gain.agents === agents),
    gainCell(gain.withHooks, gain.agents === agents),
    gain.waits,
    percent(gain.waitedShare),
    gain.waitedInVain,
    refusalsOf(gain),
  ]);
  return table(
    style,
    ['agents', 'work of one', 'with hooks', 'jobs waited', 'time waiting', 'gave up', 'refused'],
    rows,
  );
}

function gainCell(gain: number, isAsked: boolean): Cell {
  return { text: times(gain), emphasis: isAsked ? 'bold' : 'plain' };
}

const times = (gain: number): string => `${gain.toFixed(1)} times`;
const percent = (share: number): string => `${Math.round(share * 100)} %`;

function refusalsOf({ refusals }: Gain): string {
  const entries = Object.entries(refusals);
  return entries.length === 0 ? '-' : entries.map(([code, number]) => `${code} ${number}`).join(', ');
}

function hottest(style: Style, { result, agents, subject }: FitView): string {
  if (result.hottest.length === 0) return '';
  const rows = result.hottest.map(({ target, jobsShare, waitedShare }): Cell[] => [
    target ?? 'max_concurrent_agents',
    target === null ? '-' : percent(jobsShare),
    percent(waitedShare),
  ]);
  const jobs = subject.kind === 'commits' ? 'of the commits' : 'of the claims';
  return table(style, [`waited for, by ${agents} agents`, jobs, 'of the waiting'], rows);
}

function others(style: Style, { result, agents, choice }: FitView): string {
  const present = result.gains.find((gain) => gain.agents === agents);
  const rows = [
    ...(present === undefined ? [] : [row(`as it is (claim: ${choice.settings.claimLevel})`, present)]),
    ...result.others.map((other) => row(otherText(other), other.gain)),
  ];
  return table(style, [`${agents} agents`, 'work of one', 'jobs waited', 'refused'], rows);

  function row(name: string, gain: Gain): Cell[] {
    return [name, times(gain.gain), gain.waits, refusalsOf(gain)];
  }
}

function otherText({ changes, steps, isAsked }: Other): string {
  if (steps > 1) return 'locks asked for one by one, as the work goes';
  return `${changes.map(changeText).join(', ')}${isAsked ? ' (as asked)' : ''}`;
}

/** On one line. */
function changeText(change: Change): string {
  return 'add' in change ? `${change.key}: ${change.add.join(' ')}` : `${change.key}: ${change.value}`;
}

function recommendation(style: Style, { result, lines, written, agents }: FitView): string {
  const { recommended } = result;
  if (recommended === null) return nothingRecommended(result, agents);
  const { gain } = recommended.gain;
  const head = `recommended, for ${times(gain)} the work of one with ${agents} agents, under agent_coordination:`;
  return [style.paint('bold', head), ...lines.map((one) => `  ${safe(one)}`), writtenText(written)].join(
    '\n',
  );
}

/** A row above that gives more is told of, with why it does not count. */
function nothingRecommended({ gains: all, others: rows }: Fit, agents: number): string {
  const present = all.find((gain) => gain.agents === agents)?.gain ?? 0;
  const more = rows.filter(({ gain }) => times(gain.gain) !== times(present) && gain.gain > present);
  if (more.length === 0) return 'none of the changes that were tried here would give more';
  const reasons = more.map((other) => `  ${safe(otherText(other))}: ${whyNot(other, present)}`);
  return ['nothing is recommended, though these give more:', ...reasons].join('\n');
}

function whyNot({ changes, steps, gain }: Other, present: number): string {
  if (steps > 1) return 'a habit of the agents, and nothing that is configured';
  if (gain.gain < present + gainMin) return 'too little for a line in a file';
  if (changes.some(({ key }) => key === 'max_locks_per_agent'))
    return 'refused jobs are done in pieces, which shows others what is half done';
  return 'only for comparison, see docs/fit.md for what is recommended';
}

function writtenText(written: FitView['written']): string {
  if (written === null) return 'rhema fit --write writes it';
  const { file, later } = written;
  return later === null ? line`written to ${file}` : line`written to ${file}: ${later}`;
}
