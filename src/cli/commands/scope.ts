import type { ScopePath } from '../../core/index.ts';
import type { ScopeProblem, ScopeView } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { CommandError, valueOf } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { scopesElsewhere } from '../format/scope-source.ts';
import { table } from '../format/table.ts';
import type { Cell } from '../format/table.ts';
import type { Style } from '../format/style.ts';
import { line, safe } from '../format/text.ts';
import { problemsText, scopeCell, statusCell } from '../format/views.ts';
import { withdrawnText } from '../format/withdrawn.ts';
import { fitted } from '../format/width.ts';
import { done } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import type { Repository } from '../world/world.ts';
import type { KnownScope } from '../../wording/index.ts';
import { leadTo } from './scope-lead.ts';
import { scopeOf } from './scopes-of.ts';

/** Every scope, with its holder and sync status. */
export async function listScopes(call: Call): Promise<Outcome> {
  const { revision, scopes, problems } = await (
    await call.coordinator()
  ).query({ kind: 'scopes', fresh: true });
  const repository = await call.repository();
  return done(revision, { scopes, problems }, (style) => {
    const list = scopes.length === 0 ? noScopes(call, repository, problems) : scopeTable(style, scopes);
    return [list, problemsText(style, problems)].filter((part) => part !== '').join('\n\n');
  });
}

function noScopes(call: Call, repository: Repository, problems: readonly ScopeProblem[]): string {
  if (problems.some(({ severity }) => severity === 'error'))
    return 'no scopes are known as long as this is not corrected:';
  const init = call.rhema('init');
  const source = scopesElsewhere(repository);
  if (source === null) return `no scopes: ${init} derives them from what is there`;
  const where = repository.worktree === null ? 'in a clone or worktree of it' : 'here';
  return line`no scopes: they are read from ${source}; what ${init} writes ${where} counts once it is merged there`;
}

function scopeTable(style: Style, scopes: readonly ScopeView[]): string {
  const rows = scopes.map((scope): Cell[] => [
    scopeCell(scope.path, scope.withdrawn),
    scope.name,
    scope.type,
    scope.dependencies.length,
    scope.dependents.length,
    scope.holder,
    statusCell(scope.syncStatus),
  ]);
  return table(style, ['SCOPE', 'NAME', 'TYPE', 'DEPENDS ON', 'NEEDED BY', 'HOLDER', 'SYNC'], rows);
}

export interface OfInput {
  readonly paths: readonly string[];
}

/** The scope that each of some paths is in. */
export async function scopesOfPaths(call: Call, input: OfInput): Promise<Outcome> {
  const paths = await Promise.all(input.paths.map((text) => pathOf(call, text)));
  const coordinator = await call.coordinator();
  const { revision, scopes, free } = await coordinator.query({ kind: 'scopesOf', paths });
  const found = paths.map((path, index) => ({
    path,
    scope: scopes[index] ?? null,
    free: free[index] ?? false,
  }));
  return done(revision, { paths: found }, (style) =>
    table(
      style,
      ['PATH', 'SCOPE', 'LOCK'],
      found.map((one): Cell[] => [one.path, one.scope ?? 'none', lockNeed(one)]),
    ),
  );
}

function lockNeed({ scope, free }: { readonly scope: ScopePath | null; readonly free: boolean }): string {
  if (free) return 'needs none: free';
  return scope === null ? 'cannot be had' : 'needs one';
}

async function pathOf(call: Call, text: string): Promise<ScopePath> {
  return valueOf(await call.world.inspection.filePath(await call.repository(), call.cwd, text));
}

export interface ShowInput {
  readonly scope: string;
}

/** One scope in full. */
export async function showScope(call: Call, input: ShowInput): Promise<Outcome> {
  const path = await scopeOf(call, input.scope);
  const coordinator = await call.coordinator();
  const { revision, scopes, problems } = await coordinator.query({ kind: 'scopes', fresh: true });
  const scope = scopes.find((view) => view.path === path);
  if (scope === undefined) throw await scopeNotFound(call, path, scopes, problems);
  return done(revision, { scope }, (style) => scopeText(style, scope));
}

/** As the coordinator itself would refuse it. */
export async function scopeNotFound(
  call: Call,
  path: ScopePath,
  scopes: readonly KnownScope[],
  problems: readonly ScopeProblem[] = [],
): Promise<CommandError> {
  const lead = await leadTo(call, { scopes, problems }, path);
  const hint = lead?.told ?? `see ${call.rhema('scope', 'list')}`;
  const message = `there is no scope ${JSON.stringify(path)}: ${hint}`;
  return new CommandError('SCOPE_NOT_FOUND', exitCodes.refused, message, { scope: path });
}

function scopeText(style: Style, scope: ScopeView): string {
  const contexts = Object.entries(scope.contexts).map(
    ([file, record]) =>
      line`  ${file} ${record.digest.slice(0, 12)} by ${record.agent} at revision ${record.revision}`,
  );
  return [
    `${style.paint('bold', safe(scope.path))} ` + line`${scope.name}, ${scope.type}`,
    scope.holder === null ? 'free' : line`held by ${scope.holder}`,
    ...(scope.withdrawn ? [withdrawnText] : []),
    line`sync: ${scope.syncStatus}`,
    line`depends on: ${scope.dependencies.join(', ') || 'nothing'}`,
    line`needed by: ${scope.dependents.join(', ') || 'nothing'}`,
    ...(contexts.length === 0 ? [] : ['context files:', ...contexts]),
  ]
    .map((text) => fitted(style, text))
    .join('\n');
}
