import { contextKinds, kindOf, rulesOf, type ContextKind, type ContextProblem } from '../../context/index.ts';
import { asRevision, fileIn, type AgentId, type Revision, type ScopePath } from '../../core/index.ts';
import type { Coordinator, ScopeView } from '../../protocol/index.ts';
import { count } from '../../wording/index.ts';
import type { Call } from '../call.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import { problemCounts } from '../format/context.ts';
import type { Style } from '../format/style.ts';
import { table, type Cell } from '../format/table.ts';
import { relative } from '../format/time.ts';
import { contextFilesOf, type ContextFiles, type ExaminedFile } from './context-files.ts';
import { scopeNotFound } from './scope.ts';
import { noScopes, scopesOf } from './scopes-of.ts';

export interface ListInput {
  readonly scopes: readonly string[];
}

/** Whether the file on disk is the one that the log has. */
type Standing = 'recorded' | 'changed' | 'unrecorded' | 'gone' | 'unread';

interface Recorded {
  readonly agent: AgentId;
  readonly revision: Revision;
  /** Null: that part of the log is kept no more. */
  readonly atMs: number | null;
  readonly digest: string;
}

interface ListedFile {
  readonly file: ScopePath;
  readonly scope: ScopePath;
  /** Null: it is none of the kinds that have entries. */
  readonly kind: ContextKind | null;
  readonly design: string | null;
  readonly entries: number | null;
  readonly problems: readonly ContextProblem[];
  readonly standing: Standing;
  /** SHA-256 in hex of what is on disk. */
  readonly digest: string | null;
  readonly recorded: Recorded | null;
}

/** The context files that are there or were recorded, of the scopes that are named, or of all. */
export async function listContexts(call: Call, input: ListInput): Promise<Outcome> {
  const asked = await scopesOf(call, input.scopes);
  const coordinator = await call.coordinator();
  const { revision, scopes } = await coordinator.query({ kind: 'scopes', fresh: true });
  const unknown = asked.find((path) => !scopes.some((scope) => scope.path === path));
  if (scopes.length === 0) throw noScopes();
  if (unknown !== undefined) throw await scopeNotFound(call, unknown, scopes);
  const files = await contextFilesOf(call, scopes);
  const wanted = scopes.filter(({ path }) => asked.length === 0 || asked.includes(path));
  const recordedAt = timesOf(coordinator);
  const listed: ListedFile[] = [];
  for (const scope of wanted) listed.push(...(await filesOfScope(files, scope, scopes, recordedAt)));
  return done(revision, { files: listed }, (style) =>
    listed.length === 0 ? 'there are no context files' : listTable(style, listed, call.nowMs),
  );
}

async function filesOfScope(
  files: ContextFiles,
  scope: ScopeView,
  all: readonly ScopeView[],
  recordedAt: RecordedAt,
): Promise<ListedFile[]> {
  const contexts = new Map(Object.entries(scope.contexts));
  const listed: ListedFile[] = [];
  for (const examined of ofKinds(files, scope.path)) {
    const real = examined.look.kind === 'read' ? examined.look.path : examined.path;
    // A link may lead to the file of another scope, where it is recorded.
    const around = files.scopeAround(real) ?? scope.path;
    const owner = all.find(({ path }) => path === around) ?? scope;
    const file = fileIn(owner.path, real);
    const recorded = await recordOf(owner.contexts[file], recordedAt);
    if (owner === scope) contexts.delete(file);
    listed.push(listedKind(scope.path, examined, recorded));
  }
  for (const [file, context] of contexts) {
    const recorded = await recordOf(context, recordedAt);
    const path = (scope.path === '.' ? file : `${scope.path}/${file}`) as ScopePath;
    if (recorded !== null) listed.push(listedOther(files, scope.path, path, recorded));
  }
  return listed;
}

function ofKinds(files: ContextFiles, scope: ScopePath): ExaminedFile[] {
  return contextKinds.flatMap((kind) => {
    const file = files.find(scope, kind);
    return file === null ? [] : (files.examine(file) ?? []);
  });
}

function listedKind(scope: ScopePath, examined: ExaminedFile, recorded: Recorded | null): ListedFile {
  const { path, kind, look, report } = examined;
  const digest = look.kind === 'read' ? look.digest : null;
  return {
    file: path,
    scope,
    kind,
    design: report.design,
    entries: report.entries.length,
    problems: report.problems,
    standing: standingOf(look.kind, digest, recorded),
    digest,
    recorded,
  };
}

/** A file that an agent has recorded, of whatever kind. */
function listedOther(files: ContextFiles, scope: ScopePath, path: ScopePath, recorded: Recorded): ListedFile {
  const kind = kindOf(path);
  const examined = kind === null ? null : files.examine({ scope, kind, path });
  if (examined !== null) return listedKind(scope, examined, recorded);
  const look = files.look(path);
  const digest = look.kind === 'read' ? look.digest : null;
  const standing = standingOf(look.kind, digest, recorded);
  return { file: path, scope, kind, design: null, entries: null, problems: [], standing, digest, recorded };
}

function standingOf(
  look: 'read' | 'gone' | 'unread',
  digest: string | null,
  recorded: Recorded | null,
): Standing {
  if (look !== 'read') return look;
  if (recorded === null) return 'unrecorded';
  return recorded.digest === digest ? 'recorded' : 'changed';
}

type RecordedAt = (revision: Revision) => Promise<number | null>;

/** The log tells when: each of its entries is asked for once. */
function timesOf(coordinator: Pick<Coordinator, 'query'>): RecordedAt {
  const known = new Map<Revision, Promise<number | null>>();
  const ask = async (revision: Revision): Promise<number | null> => {
    const before = asRevision(revision + 1);
    const { entries } = await coordinator.query({ kind: 'history', filter: {}, limit: 1, before });
    return entries.find((entry) => entry.revision === revision)?.atMs ?? null;
  };
  return (revision) => {
    const asked = known.get(revision) ?? ask(revision);
    known.set(revision, asked);
    return asked;
  };
}

async function recordOf(
  context: ScopeView['contexts'][string] | undefined,
  recordedAt: RecordedAt,
): Promise<Recorded | null> {
  if (context === undefined) return null;
  const { agent, revision, digest } = context;
  return { agent, revision, atMs: await recordedAt(revision), digest };
}

function listTable(style: Style, files: readonly ListedFile[], nowMs: number): string {
  const rows = files.map((one): Cell[] => [
    one.file,
    one.scope,
    entriesCell(one),
    problemsCell(one.problems),
    standingCell(one, nowMs),
  ]);
  return table(style, ['FILE', 'SCOPE', 'ENTRIES', 'PROBLEMS', 'LOG'], rows);
}

function entriesCell({ kind, design, entries }: ListedFile): Cell {
  if (entries === null || kind === null) return null;
  if (design === 'none') return 'none';
  const { noun, nouns } = rulesOf[kind];
  return `${count(entries, noun, nouns)} (${design ?? ''})`;
}

function problemsCell(problems: readonly ContextProblem[]): Cell {
  const text = problemCounts(problems);
  if (text === '') return null;
  const isBroken = problems.some(({ severity }) => severity === 'error');
  return { text, emphasis: isBroken ? 'bad' : 'warn' };
}

function standingCell({ standing, recorded }: ListedFile, nowMs: number): Cell {
  const [who, when] = recorded === null ? ['', ''] : [recorded.agent, whenText(recorded, nowMs)];
  const by = `recorded by ${who} ${when}`;
  switch (standing) {
    case 'recorded':
      return by;
    case 'changed':
      return { text: `changed since ${who} recorded it ${when}`, emphasis: 'warn' };
    case 'gone':
      return { text: `gone; ${by}`, emphasis: 'warn' };
    case 'unread':
      return {
        text: recorded === null ? 'cannot be read' : `cannot be read; ${by}`,
        emphasis: 'bad',
      };
    case 'unrecorded':
      return 'never recorded';
  }
}

const whenText = ({ atMs, revision }: Recorded, nowMs: number): string =>
  atMs === null ? `at revision ${revision}` : relative(atMs, nowMs);
