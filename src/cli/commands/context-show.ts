import { columnsOf, entryLines, plainOf, type ContextProblem } from '../../context/index.ts';
import { named, quote } from '../../core/index.ts';
import type { Call } from '../call.ts';
import { CommandError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, type Outcome, type Refused } from '../answer/outcome.ts';
import { contextProblemsText, problemCounts } from '../format/context.ts';
import type { Style } from '../format/style.ts';
import { table, type Cell } from '../format/table.ts';
import { line, safe } from '../format/text.ts';
import { fitted } from '../format/width.ts';
import type { ExaminedFile } from './context-files.ts';
import { contextTyping, fileNamed, filesOnDisk } from './context-named.ts';
import { contextUnsound } from './context-unsound.ts';

export interface ShowInput {
  readonly 'context-file': string;
  readonly id?: string;
  readonly scope?: string;
}

interface ShownEntry {
  readonly id: string | null;
  readonly collection: string;
  readonly line: number | null;
  /** As the file has them; what is no map is given as it is. */
  readonly fields: unknown;
}

/** The entries of one file, or one of them in full. */
export async function showContext(call: Call, input: ShowInput): Promise<Outcome> {
  const { 'context-file': text, id, scope } = input;
  const files = await filesOnDisk(call);
  const named = await fileNamed(call, files, { text, scope });
  const file = files.examine(named);
  if (file === null) throw notFound(`${named.path} was removed just now`, named.path);
  if (file.report.yaml === null) return unreadable(call, file);
  const all = entriesOf(file);
  const entries = id === undefined ? all : all.filter((entry) => entry.id === id);
  if (id !== undefined && entries.length === 0) throw await noEntry(file, id, all);
  const problems = file.report.problems.filter(({ entry }) => id === undefined || entry === id);
  const data = {
    file: file.path,
    scope: file.scope,
    kind: file.kind,
    design: file.report.design,
    entries,
    problems,
  };
  const { rhema, name } = await contextTyping(call);
  const checking = rhema('context', 'check', name(file.path));
  return done(null, data, (style) =>
    id === undefined ? fileText(style, file, all, checking) : entriesText(style, file, entries, problems),
  );
}

function entriesOf({ report: { yaml, entries } }: ExaminedFile): readonly ShownEntry[] {
  if (yaml === null) return [];
  return entries.map(({ id, collection, place, node }) => ({
    id,
    collection,
    line: yaml.positionOf(place).line,
    fields: plainOf(yaml, node),
  }));
}

function fileText(
  style: Style,
  file: ExaminedFile,
  entries: readonly ShownEntry[],
  checking: string,
): string {
  const { problems } = file.report;
  const hint = problems.length === 0 ? [] : ['', `${problemCounts(problems)}: ${checking}`];
  if (entries.length === 0) return [line`${file.path} has no entries`, ...hint].join('\n');
  const columns = columnsOf[file.kind];
  const rows = entries.map((entry): Cell[] => [
    entry.id,
    ...columns.map(({ keys }) => cellOf(entry.fields, keys)),
  ]);
  return [table(style, ['ID', ...columns.map(({ head }) => head)], rows), ...hint].join('\n');
}

/** Of the first of these keys that says something. */
function cellOf(fields: unknown, keys: readonly string[]): Cell {
  if (typeof fields !== 'object' || fields === null) return keys.includes('title') ? shortText(fields) : null;
  const held = fields as Readonly<Record<string, unknown>>;
  const key = keys.find((one) => Object.hasOwn(held, one) && held[one] !== null);
  return key === undefined ? null : shortText(held[key]);
}

const shortText = (value: unknown): string | null =>
  value === null || value === undefined
    ? null
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value as string | number | boolean);

function entriesText(
  style: Style,
  file: ExaminedFile,
  entries: readonly ShownEntry[],
  problems: readonly ContextProblem[],
): string {
  const told = entries.map((entry) => {
    const head = `${style.paint('bold', safe(entry.id ?? ''))} ` + line`${file.path}:${String(entry.line)}`;
    return [head, ...entryLines(entry.fields).map((text) => line`${text}`)]
      .map((text) => fitted(style, text))
      .join('\n');
  });
  return [...told, contextProblemsText(style, problems)].filter((part) => part !== '').join('\n\n');
}

function unreadable(call: Call, { path, report }: ExaminedFile): Refused {
  const { problems } = report;
  const message = `${named(path)} cannot be read: ${problemCounts(problems)}`;
  return contextUnsound(call, message, { details: { file: path, problems }, problems });
}

async function noEntry(
  { path }: ExaminedFile,
  id: string,
  entries: readonly ShownEntry[],
): Promise<CommandError> {
  const { nearest } = await import('../../config/index.ts');
  const near = nearest(
    id,
    entries.flatMap((entry) => entry.id ?? []),
  );
  const hint = near === null ? `rhema context show ${path} has all` : `did you mean ${named(near)}?`;
  const message = `${named(path)} has no entry ${quote(id)}: ${hint}`;
  return new CommandError('ENTRY_NOT_FOUND', exitCodes.failure, message, { file: path, id });
}

const notFound = (message: string, file: string): CommandError =>
  new CommandError('CONTEXT_FILE_NOT_FOUND', exitCodes.failure, message, { file });
