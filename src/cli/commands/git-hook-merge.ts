/** A merge is judged before it changes anything: what `pre-merge-commit` refuses is merged by then, and has to be taken back. */
import type { Call } from '../call.ts';
import type { Outcome } from '../answer/outcome.ts';
import { guardMerge } from './guard-check.ts';

export async function judgeMerge(call: Call): Promise<Outcome> {
  const files = new Set<string>();
  for (const head of headsIn(call.ports.env)) for (const file of await changedBy(call, head)) files.add(file);
  return guardMerge(call, [...files].sort());
}

/** What Git is about to merge: it has a variable for each commit. */
const headsIn = (env: Call['ports']['env']): readonly string[] =>
  Object.keys(env).flatMap((name) => /^GITHEAD_([0-9a-f]{40,64})$/.exec(name)?.[1] ?? []);

/**
 * What a merge of a commit changes here: what it has changed since it went its own way, unless the same was done here. None of a
 * fast-forward, which commits nothing; what has no common past is looked at when it is committed.
 */
async function changedBy(call: Call, head: string): Promise<readonly string[]> {
  const repository = await call.repository();
  const between = (range: string): Promise<readonly string[] | null> =>
    call.world.inspection.filesBetween(repository, range).catch(() => null);
  const ours = await between(`${head}...HEAD`);
  if (ours === null || ours.length === 0) return [];
  const [theirs, other] = [await between(`HEAD...${head}`), await between(`HEAD..${head}`)];
  const differ = new Set(other ?? []);
  return (theirs ?? []).filter((file) => differ.has(file));
}
