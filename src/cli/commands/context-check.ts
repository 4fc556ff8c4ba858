import type { ContextProblem } from '../../context/index.ts';
import { count } from '../../wording/index.ts';
import type { Call } from '../call.ts';
import { done, type Outcome, type Refused } from '../answer/outcome.ts';
import { contextProblemsText, problemCounts } from '../format/context.ts';
import type { ContextFile, ContextFiles, ExaminedFile } from './context-files.ts';
import { filesIn, filesNamed, filesOnDisk } from './context-named.ts';
import { contextUnsound } from './context-unsound.ts';
import { noScopes } from './scopes-of.ts';

export interface CheckInput {
  readonly 'context-files': readonly string[];
  readonly scope?: string;
}

/** Checks the context files of the working tree, without a coordinator. */
export async function checkContexts(call: Call, input: CheckInput): Promise<Outcome> {
  const files = await filesOnDisk(call);
  const wanted = await filesWanted(call, files, input);
  const examined = wanted.flatMap((file) => files.examine(file) ?? []);
  const problems = examined.flatMap(({ report }) => report.problems);
  const data = { files: examined.map(fileData), problems };
  if (problems.some(({ severity }) => severity === 'error')) return unsound(call, data);
  return done(null, data, (style) =>
    [soundText(examined, problems), contextProblemsText(style, problems)]
      .filter((part) => part !== '')
      .join('\n'),
  );
}

async function filesWanted(
  call: Call,
  files: ContextFiles,
  { 'context-files': texts, scope }: CheckInput,
): Promise<readonly ContextFile[]> {
  if (texts.length === 0 && scope !== undefined)
    return filesNamed(call, files, { text: scope, scope: undefined });
  if (texts.length === 0) {
    if (files.scopes.length === 0) throw noScopes();
    return filesIn(
      files,
      files.scopes.map(({ path }) => path),
    );
  }
  const found = await Promise.all(texts.map((text) => filesNamed(call, files, { text, scope })));
  return [...new Map(found.flat().map((file) => [file.path, file])).values()];
}

const fileData = ({ path, scope, kind, report }: ExaminedFile) => ({
  file: path,
  scope,
  kind,
  design: report.design,
  entries: report.entries.length,
});

function soundText(examined: readonly ExaminedFile[], problems: readonly ContextProblem[]): string {
  if (examined.length === 0) return 'there are no context files';
  const entries = examined.reduce((sum, { report }) => sum + report.entries.length, 0);
  const warnings = problems.length === 0 ? '' : `, ${problemCounts(problems)}`;
  return `${count(examined.length, 'file')} with ${count(entries, 'entry', 'entries')}, sound${warnings}`;
}

interface CheckData {
  readonly files: readonly ReturnType<typeof fileData>[];
  readonly problems: readonly ContextProblem[];
}

function unsound(call: Call, { files, problems }: CheckData): Refused {
  const broken = new Set(problems.filter(({ severity }) => severity === 'error').map(({ file }) => file));
  const message = `${count(broken.size, 'context file')} of ${files.length} unsound: ${problemCounts(problems)}`;
  return contextUnsound(call, message, { details: { files, problems }, problems });
}
