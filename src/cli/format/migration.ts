import type { Migration, Stage } from '../../init/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { count } from '../../wording/index.ts';
import { changeLines } from './plan.ts';
import type { Style } from './style.ts';
import { line, shellCommand } from './text.ts';
import { problemsText } from './views.ts';

/** What a migration would come to, and what is wrong in the repository today. */
export interface Report {
  readonly stage: Stage;
  readonly migration: Migration;
  /** What is broken first. */
  readonly problems: readonly ScopeProblem[];
}

/** Kinds of problems that people see; --json has all. */
const problemsMax = 60;

export function migrationText(style: Style, report: Report): string {
  const { migration, problems } = report;
  return [
    summaryText(style, report),
    problemsPart(style, problems),
    problemsText(style, migration.notices),
    changeLines(style, migration).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function summaryText(style: Style, { stage, migration, problems }: Report): string {
  const { scopes, changes, file } = migration;
  const described = style.paint('bold', `${count(scopes.length, 'scope')} described`);
  const state =
    changes.length === 0 ? line`${file} is at stage ${stage} already: nothing to do` : countsOf(problems);
  return `${described}, ${state}`;
}

function countsOf(problems: readonly ScopeProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  if (problems.length === 0) return 'sound';
  const told = [
    ...(errors === 0 ? [] : [count(errors, 'error')]),
    ...(warnings === 0 ? [] : [count(warnings, 'warning')]),
  ];
  return `${told.join(' and ')} in files that stay as they are`;
}

/** Of warnings of one kind in one file the first stands for all: who mends it knows what to do with the others. */
function problemsPart(style: Style, problems: readonly ScopeProblem[]): string {
  const kinds = new Map<string, ScopeProblem[]>();
  for (const [index, problem] of problems.entries()) {
    const { severity, file, code } = problem;
    const key = severity === 'error' ? String(index) : `${file}\n${code}`;
    kinds.set(key, [...(kinds.get(key) ?? []), problem]);
  }
  const shown = [...kinds.values()].slice(0, problemsMax).map((alike) => alikeText(style, alike));
  const more = kinds.size - problemsMax;
  return [...shown, ...(more > 0 ? [`... and ${more} more; --json has all`] : [])].join('\n');
}

function alikeText(style: Style, alike: readonly ScopeProblem[]): string {
  const first = problemsText(style, alike.slice(0, 1));
  return alike.length === 1 ? first : `${first}\n  and ${alike.length - 1} more of this kind in the file`;
}

export function migratedText({ stage, migration }: Report): string {
  const written = line`${migration.file} written, at stage ${stage}; commit it, and every clone has the same`;
  return stage === 'optional'
    ? `${written}. ${shellCommand('rhema', 'migrate', '--stage', 'default')} switches coordination on`
    : `${written}. Next: ${shellCommand('rhema', 'scope', 'list')}`;
}
