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
  const { files, gone } = await filesOf(call, input.changes, isScope);
  for (const file of files) {
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
      reasonText(one, changed.get(one.scope) ?? [], gone),
      one.holders.join(', '),
      one.waiters.join(', '),
      one.wasSynced ? 'is synced again' : '',
    ]);
    const shown = table(style, ['SCOPE', 'WHY', 'HELD BY', 'WAITED FOR BY', 'SYNC'], rows);
    return outside.length === 0 ? shown : fitted(style, `${shown}\n\n${outsideText(outside)}`);
  });
}

interface Changes {
  readonly files: readonly ScopePath[];
  /** Those that were named as paths, and at which nothing is. */
  readonly gone: ReadonlySet<ScopePath>;
}

/** Files and scopes as paths; of commits the files that they change. */
async function filesOf(
  call: Call,
  changes: readonly string[],
  isScope: (path: ScopePath) => boolean,
): Promise<Changes> {
  const repository = await call.repository();
  const gone = new Set<ScopePath>();
  const found = await Promise.all(
    changes.map(async (text) => {
      if (!text.includes('..') || text.includes('/..') || text.startsWith('../')) {
        const path = await pathOf(call, text);
        if (!isScope(path) && (await isGone(call, text, path))) gone.add(path);
        return [path];
      }
      const files = await call.world.inspection.filesBetween(repository, text);
      if (files === null)
        throw invalidInput(
          line`${text} is no range of commits: write it as git log takes it, such as main..HEAD`,
        );
      return files as readonly string[] as readonly ScopePath[];
    }),
  );
  return { files: [...new Set(found.flat())], gone };
}

/**
 * What is gone may have been removed by the very change that is asked about; a misspelt name looks the same, and is told. The
 * name of a commit is none of a file.
 */
async function isGone(call: Call, text: string, path: ScopePath): Promise<boolean> {
  const { inspection } = call.world;
  const repository = await call.repository();
  if ((await inspection.liesAt(repository, path)) !== 'nothing') return false;
  if ((await inspection.filesBetween(repository, `${text}..${text}`)) !== null)
    throw invalidInput(
      line`${text} is a commit and is taken for a path, at which nothing is: ask about what it changed with rhema impact ${text}~1..${text}, or about a file that is gone with ./${text}`,
    );
  call.note(
    line`rhema: there is no ${text} here: it is taken for a file that is gone, or to be; of commits say a range, such as HEAD~1..HEAD`,
  );
  return true;
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

function reasonText(
  { via, scope }: ImpactedScope,
  files: readonly string[],
  gone: ReadonlySet<ScopePath>,
): string {
  if (via !== null) return line`depends on ${via}`;
  if (files.length === 0) return 'is changed';
  const missing = files.filter((file) =>
    gone.has((scope === '.' ? file : `${scope}/${file}`) as ScopePath),
  ).length;
  const also = missing === 0 ? '' : `, ${missing === files.length ? '' : `${missing} `}not there`;
  return `is changed (${count(files.length, 'file')}${also})`;
}

const outsideShownMax = 3;

function outsideText(files: readonly string[]): string {
  const more = files.length - outsideShownMax;
  return line`in no scope: ${files.slice(0, outsideShownMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
