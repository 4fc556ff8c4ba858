/** A commit does not break a context file that was sound: whoever reads it next would find nothing in it. */
import { kindOf, newProblems, type ContextKind, type ContextProblem } from '../../context/index.ts';
import { parseScopePath, type ScopePath } from '../../core/index.ts';
import { count } from '../../wording/index.ts';
import type { Call } from '../call.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { ended, type Outcome } from '../answer/outcome.ts';
import { problemCounts } from '../format/context.ts';
import { contextUnsound } from './context-unsound.ts';

/** Only those in a folder `.rhema`: elsewhere a file of such a name may be of another program. What was broken already may stay so. */
export async function judgeContexts(call: Call): Promise<Outcome> {
  const repository = await call.repository();
  const { inspection } = call.world;
  const { env } = call.ports;
  const staged = (await inspection.stagedFiles(repository, env)).flatMap(asContext);
  const problems: ContextProblem[] = [];
  for (const { path, kind } of staged) {
    const { before, after } = await inspection.indexedTexts(repository, env, path);
    if (after !== null) problems.push(...newProblems({ path, kind, text: before }, after));
  }
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return ended(exitCodes.done);
  const files = new Set(errors.map(({ file }) => file));
  const message = `${count(files.size, 'context file')} would be committed with what breaks it: ${problemCounts(errors)}`;
  return contextUnsound(call, message, {
    details: { files: [...files], problems: errors },
    problems: errors,
  });
}

function asContext(path: string): { readonly path: ScopePath; readonly kind: ContextKind }[] {
  const kind = /(?:^|\/)\.rhema\/[^/]+$/.test(path) ? kindOf(path) : null;
  const parsed = parseScopePath(path);
  return kind === null || !parsed.ok ? [] : [{ path: parsed.value, kind }];
}
