/** A commit does not break a context file that was sound: whoever reads it next would find nothing in it. */
import type { ContextProblem } from '../../context/index.ts';
import { parseScopePath } from '../../core/index.ts';
import { count } from '../../wording/index.ts';
import type { Call } from '../call.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { ended, type Outcome } from '../answer/outcome.ts';

/** Only those in a folder `.rhema`: elsewhere a file of such a name may be of another program. What was broken already may stay so. */
export async function judgeContexts(call: Call): Promise<Outcome> {
  const repository = await call.repository();
  const { inspection } = call.world;
  const { env } = call.ports;
  const staged = (await inspection.stagedFiles(repository, env)).filter((path) => inContextFolder.test(path));
  // Most commits have none, and need not load what reads them.
  if (staged.length === 0) return ended(exitCodes.done);
  const { kindOf, newProblems } = await import('../../context/index.ts');
  const problems: ContextProblem[] = [];
  for (const name of staged) {
    const kind = kindOf(name);
    const parsed = parseScopePath(name);
    if (kind === null || !parsed.ok) continue;
    const path = parsed.value;
    const { before, after } = await inspection.indexedTexts(repository, env, path);
    if (after !== null) problems.push(...newProblems({ path, kind, text: before }, after));
  }
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return ended(exitCodes.done);
  return unsound(call, errors);
}

const inContextFolder = /(?:^|\/)\.rhema\/[^/]+$/;

async function unsound(call: Call, errors: readonly ContextProblem[]): Promise<Outcome> {
  const { problemCounts } = await import('../format/context.ts');
  const { contextUnsound } = await import('./context-unsound.ts');
  const files = new Set(errors.map(({ file }) => file));
  const message = `${count(files.size, 'context file')} would be committed with what breaks it: ${problemCounts(errors)}`;
  return contextUnsound(call, message, {
    details: { files: [...files], problems: errors },
    problems: errors,
  });
}
