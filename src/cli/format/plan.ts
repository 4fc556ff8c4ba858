import type { Excess, FileChange, LeftOut, Link, Plan, PlannedScope } from '../../init/index.ts';
import { treeText } from './graph.ts';
import type { Style } from './style.ts';
import { line, safe, shellCommand } from './text.ts';
import { problemsText } from './views.ts';
import { count } from '../../wording/index.ts';

/** Lines of one list that people see; --json has all. */
const linesMax = 80;
/** Of all cycles together: a screen or two, so that what follows is still seen. */
const cycleLinesMax = 40;
/** Of one cycle. */
const stepsMax = 12;

/** What init or refresh would do, for people. */
export function planText(style: Style, plan: Plan): string {
  return joined(scopesText(style, plan), restText(style, plan));
}

/** The scopes that there will be, before anybody is asked anything. */
export function scopesText(style: Style, plan: Plan): string {
  const isDone = plan.changes.length === 0;
  return joined(
    summaryText(style, plan),
    isDone ? '' : asideText(plan),
    isDone ? '' : folderTree(plan.scopes),
  );
}

/** What they depend on, what is wrong, and what would be written. */
export function restText(style: Style, plan: Plan): string {
  const isDone = plan.changes.length === 0;
  return joined(
    isDone ? '' : graphPart(style, plan),
    isDone ? leftOutText(plan) : cyclesText(style, plan.leftOut),
    plan.excesses.map(excessText).join('\n'),
    warningsText(style, plan),
    changeLines(style, plan).join('\n'),
  );
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

/** What is no scope, and why. */
function asideText({ leftAside }: Plan): string {
  const { parts, exclude } = leftAside;
  if (parts === 0) return '';
  const patterns =
    exclude.length === 0
      ? 'exclude in the configuration'
      : `exclude: ${exclude.map((one) => safe(one)).join(', ')}`;
  return `${count(parts, 'part')} left to the scope around ${parts === 1 ? 'it' : 'each'} (${patterns})`;
}

/** Of a plan for what was generated before, what is new or wrong; nothing when all is well. */
export function refreshText(style: Style, plan: Plan): string {
  return joined(
    plan.changes.length === 0 ? '' : cyclesText(style, plan.newlyLeftOut),
    plan.excesses.map(excessText).join('\n'),
    warningsText(style, plan),
    changeLines(style, plan).join('\n'),
  );
}

/** What else there is to say of a plan. */
export function warningsText(style: Style, { notices, problems }: Plan): string {
  return problemsText(style, [...notices, ...problems]);
}

function summaryText(style: Style, { mode, scopes, links, origins, changes }: Plan): string {
  const counts = `${count(scopes.length, 'scope')}, ${dependencies(links.length)}`;
  const source =
    mode === 'derive'
      ? `derived from ${origins.join(', ')}`
      : 'described already: left as they are (--derive adds what is missing)';
  const rest = changes.length === 0 ? '; nothing to do' : '';
  return `${style.paint('bold', safe(counts))}, ${safe(source)}${rest}`;
}

function dependencies(number: number): string {
  return count(number, 'dependency').replace(/ys$/, 'ies');
}

/** The scopes as folders in folders, with what they are. One stands under another only if it lies in its folder. */
function folderTree(scopes: readonly PlannedScope[]): string {
  const paths = new Set(scopes.map(({ path }) => path));
  const shown = [...scopes]
    .sort((a, b) => (byFolder(a.path) < byFolder(b.path) ? -1 : 1))
    .map((scope) => ({ ...scope, shownAs: `${'  '.repeat(scopesAbove(scope.path, paths))}${scope.path}` }));
  const width = Math.min(48, Math.max(...shown.map(({ shownAs }) => shownAs.length)));
  const lines = shown.map(
    ({ shownAs, name, type, source }) =>
      line`${shownAs.padEnd(width)}  ${name}, ${type}` + (source === null ? ' (by hand)' : ''),
  );
  return cut(lines).join('\n');
}

/** Sorts a folder right before what lies in it: no letter of a name comes before the separator. */
const byFolder = (path: string): string => (path === '.' ? '' : path.replaceAll('/', '\u0000'));

function scopesAbove(path: string, paths: ReadonlySet<string>): number {
  if (path === '.') return 0;
  const parts = path.split('/');
  const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
  return ['.', ...above].filter((folder) => paths.has(folder)).length;
}

function graphPart(style: Style, { scopes, links }: Plan): string {
  if (links.length === 0) return 'no dependencies between them were found';
  const inGraph = new Set(links.flatMap(({ from, to }) => [from, to]));
  const nodes = scopes.filter(({ path }) => inGraph.has(path));
  return [style.paint('bold', 'dependencies'), ...cut(treeText(nodes).split('\n'))].join('\n');
}

function cut(lines: readonly string[]): readonly string[] {
  if (lines.length <= linesMax) return lines;
  return [...lines.slice(0, linesMax), `... and ${lines.length - linesMax} more; --json has all`];
}

/** The first cycles in full; of the others only the files tell, and --json. */
function cyclesText(style: Style, leftOut: readonly LeftOut[]): string {
  const shown: string[] = [];
  let more = leftOut.length;
  for (const one of leftOut) {
    const lines = [...cycleLines(style, one), leftOutLine(one)];
    if (shown.length > 0 && shown.length + lines.length > cycleLinesMax) break;
    shown.push(...lines);
    more -= 1;
  }
  return [...shown, ...(more > 0 ? [`... and ${count(more, 'cycle')} more; --json has all`] : [])].join('\n');
}

/** Where nothing changes, cycles are no news. */
function leftOutText({ leftOut }: Plan): string {
  if (leftOut.length === 0) return '';
  return `${dependencies(leftOut.length)} left out, which would close cycles: left_out in the scope files; --json has all`;
}

/** A cycle, with the files that cause it. */
export function cycleLines(style: Style, { cycle }: LeftOut): string[] {
  const scopes = [...cycle.map(({ from }) => from), ...cycle.slice(-1).map(({ to }) => to)];
  const around =
    scopes.length <= stepsMax ? scopes : [...scopes.slice(0, stepsMax - 2), '...', ...scopes.slice(-1)];
  const more = cycle.length - stepsMax;
  return [
    `${style.paint('warn', 'cycle')} ${safe(around.join(' -> '))}`,
    ...cycle.slice(0, stepsMax).map((one) => `  ${safe(linkText(one))}`),
    ...(more > 0 ? [`  ... and ${count(more, 'step')} more`] : []),
  ];
}

function leftOutLine({ link }: LeftOut): string {
  return line`  left out: ${link.from} -> ${link.to}`;
}

/** `web needs ui: apps/web/package.json (required)` */
export function linkText({ from, to, kind, files }: Link): string {
  return `${from} needs ${to} (${kind}): ${files.join(', ')}`;
}

export function excessText({ limit, value, allowed, scope }: Excess): string {
  switch (limit) {
    case 'scopes':
      return `${value} scopes: at most ${allowed} are possible`;
    case 'max_dependencies':
      return line`${scope ?? ''} has ${value} dependencies: max_dependencies is ${allowed}`;
    case 'max_scope_depth':
      return `the longest chain has ${value} dependencies: max_scope_depth is ${allowed}`;
  }
}

/** What would happen to each file. */
export function changeLines(style: Style, { changes }: Pick<Plan, 'changes'>): string[] {
  return [...cut(changes.map((change) => changeLine(style, change)))];
}

function changeLine(style: Style, { file, before, after }: FileChange): string {
  if (after === null) return `${style.paint('bad', 'remove')} ${safe(file)}`;
  return before === null
    ? `${style.paint('good', 'add')}    ${safe(file)}`
    : `${style.paint('warn', 'change')} ${safe(file)}`;
}

/** `1 file written, 6 removed` */
export function changedText(plan: Pick<Plan, 'changes'>): string {
  const { written, removed } = countsOf(plan);
  if (removed === 0) return `${count(written, 'file')} written`;
  return written === 0
    ? `${count(removed, 'file')} removed`
    : `${count(written, 'file')} written, ${removed} removed`;
}

/** Before it is done. */
export function changesQuestion(plan: Pick<Plan, 'changes'>): string {
  const { written, removed } = countsOf(plan);
  if (removed === 0) return `Write ${count(written, 'file')}?`;
  return written === 0
    ? `Remove ${count(removed, 'file')}?`
    : `Write ${count(written, 'file')}, and remove ${removed}?`;
}

function countsOf({ changes }: Pick<Plan, 'changes'>): {
  readonly written: number;
  readonly removed: number;
} {
  const removed = changes.filter(({ after }) => after === null).length;
  return { written: changes.length - removed, removed };
}

export function writtenText(plan: Plan): string {
  const them = plan.changes.length === 1 ? 'it' : 'them';
  const written = `${changedText(plan)}; commit ${them}, and every clone has the same scopes`;
  return `${written}. Next: ${shellCommand('rhema', 'scope', 'list')}`;
}
