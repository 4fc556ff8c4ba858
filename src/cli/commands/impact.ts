import { fileIn, scopeAround, type ScopePath } from '../../core/index.ts';
import { impactScopesMax, type ImpactedScope } from '../../protocol/index.ts';
import { count } from '../../wording/index.ts';
import type { Call } from '../call.ts';
import { invalidInput } from '../answer/errors.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import { line } from '../format/text.ts';
import { table } from '../format/table.ts';
import { fitted } from '../format/width.ts';
import { pathOf } from './context-named.ts';
import { scopeNotFound } from './scope.ts';

export interface ImpactInput {
  readonly changes: readonly string[];
}

/** Which scopes depend on what is changed, who works there, and what would be synced again. */
export async function showImpact(call: Call, input: ImpactInput): Promise<Outcome> {
  const coordinator = await call.coordinator();
  const { scopes: known } = await coordinator.query({ kind: 'scopes', fresh: true });
  const isScope = (path: ScopePath): boolean => known.some((scope) => scope.path === path);
  const changed = new Map<ScopePath, string[]>();
  const outside: string[] = [];
  for (const file of await filesOf(call, input.changes)) {
    const scope = scopeAround(isScope, file);
    if (scope === null) outside.push(file);
    else
      changed.set(scope, [...(changed.get(scope) ?? []), ...(file === scope ? [] : [fileIn(scope, file)])]);
  }
  if (changed.size === 0) return nothingReached(call, outside, known);
  if (changed.size > impactScopesMax)
    throw invalidInput(
      `${changed.size} scopes are changed: at most ${impactScopesMax} are looked at, name fewer`,
    );
  const { scopes, revision } = await coordinator.query({ kind: 'impact', scopes: [...changed.keys()] });
  const toSync = scopes.filter(({ wasSynced }) => wasSynced).map(({ scope }) => scope);
  const data = {
    changed: [...changed].map(([scope, files]) => ({ scope, files })),
    scopes,
    toSync,
    ...(outside.length === 0 ? {} : { outside }),
  };
  return done(revision, data, (style) => {
    const rows = scopes.map((one) => [
      one.scope,
      reasonText(one, changed.get(one.scope) ?? []),
      one.holders.join(', '),
      one.waiters.join(', '),
      one.wasSynced ? 'is synced again' : '',
    ]);
    const shown = table(style, ['SCOPE', 'WHY', 'HELD BY', 'WAITED FOR BY', 'SYNC'], rows);
    return outside.length === 0 ? shown : fitted(style, `${shown}\n\n${outsideText(outside)}`);
  });
}

/** Files and scopes as paths; of commits the files that they change. */
async function filesOf(call: Call, changes: readonly string[]): Promise<readonly ScopePath[]> {
  const repository = await call.repository();
  const found = await Promise.all(
    changes.map(async (text) => {
      if (!text.includes('..') || text.includes('/..') || text.startsWith('../'))
        return [await pathNamed(call, text)];
      const files = await call.world.inspection.filesBetween(repository, text);
      if (files === null)
        throw invalidInput(
          line`${text} is no range of commits: write it as git log takes it, such as main..HEAD`,
        );
      return files as readonly string[] as readonly ScopePath[];
    }),
  );
  return [...new Set(found.flat())];
}

/** What is gone may have been removed by the very change that is asked about; a misspelt name looks the same. */
async function pathNamed(call: Call, text: string): Promise<ScopePath> {
  const path = await pathOf(call, text);
  const lies = await call.world.inspection.liesAt(await call.repository(), path);
  if (lies === 'nothing')
    call.note(
      line`rhema: there is no ${text} here: it is taken for a file that is gone, or to be; of commits say a range, such as HEAD~1..HEAD`,
    );
  return path;
}

async function nothingReached(
  call: Call,
  outside: readonly string[],
  known: Parameters<typeof scopeNotFound>[2],
): Promise<Outcome> {
  const [first] = outside;
  if (first !== undefined) throw await scopeNotFound(call, first as ScopePath, known);
  return done(null, { changed: [], scopes: [], toSync: [] }, () => 'nothing is changed');
}

function reasonText({ via }: ImpactedScope, files: readonly string[]): string {
  if (via !== null) return line`depends on ${via}`;
  return files.length === 0 ? 'is changed' : `is changed (${count(files.length, 'file')})`;
}

const outsideShownMax = 3;

function outsideText(files: readonly string[]): string {
  const more = files.length - outsideShownMax;
  return line`in no scope: ${files.slice(0, outsideShownMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
