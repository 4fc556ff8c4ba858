import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { settingsOf } from '../config/index.ts';
import {
  Discovery,
  readHistory,
  scanRepository,
  type Repository,
  type ScanResult,
} from '../repository/index.ts';
import { named, type ScopePath } from '../core/index.ts';
import type { ScopeProblem } from '../protocol/index.ts';
import type { Stage } from './stage.ts';
import { InitError } from './errors.ts';
import { hasBlock } from './files/block.ts';
import { convert, type Move } from './files/convert.ts';
import { excludedFiles, readExisting, type ExistingScope } from './files/existing.ts';
import { leftBeside } from './files/left-files.ts';
import { ignoredFiles, openTree } from './tree/list-tree.ts';
import { noteMade } from './made-folders.ts';
import { failure, linkedWorktreeText, Notices, warning } from './notices.ts';
import { byText, folderOf, isWithin, top } from './paths.ts';
import { definitionFile } from './files/plan-files.ts';
import { lineOfKeys } from './files/refusal-words.ts';
import { planBlock, planScopes, type Plan } from './plan.ts';
import { publishedNotices } from './published.ts';
import type { Unit } from './detectors/unit.ts';
import { proposedExclude } from './excluding.ts';
import { leaveAside } from './graph/merge.ts';
import { proposedFree } from './free-files.ts';
import { firstRules, latestRules } from './rules.ts';
import type { Layout } from './layout.ts';
import type { Choices, LeftAside, Situation } from './situation.ts';
import { surveyTree, type Sifting, type Survey } from './survey.ts';
import { noteOtherSuffix } from './tree/unread.ts';
import { nothingAside, withoutVendored } from './vendored.ts';
import type { RepositoryTree } from './tree/tree.ts';

/** What a person asked for. */
export interface InitRequest {
  readonly repository: Repository;
  /** Overrides configuration values; see the option table. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stage: Stage;
  /** Derive scopes although a person has written some. */
  readonly derive: boolean;
  /** Where scopes are described. Null: as they are already; where there are none, in one file. */
  readonly layout: Layout | null;
}

/** A repository that has been looked at. */
export interface Prepared {
  /** The working tree that would be written to. */
  readonly root: string;
  /** Costs little: nothing is read again, so a person's choices can be tried out. */
  readonly plan: (choices: Choices) => Plan;
}

/**
 * Looks at a repository for `rhema init`.
 *
 * @throws InitError NO_WORKTREE in a bare repository; RepositoryError when Git or the working tree cannot be read.
 */
export async function prepareInit({
  repository,
  env,
  stage,
  derive,
  layout,
}: InitRequest): Promise<Prepared> {
  const scanned = await scanTree(repository, env);
  const ours = isBlockNew(scanned, stage) ? withoutVendored(scanned) : scanned;
  const found = inLayout(layout, await look(ours));
  noteStage(found, stage);
  const derives = derive || found.existing.size === 0 || isGenerated(found);
  return derives ? await prepareScopes(found, stage, layout) : prepareBlock(found, stage);
}

/**
 * Looks at a repository for `rhema scope refresh`. Null where no scope was ever generated: there is nothing to refresh
 * but what the coordinator knows.
 */
export async function prepareRefresh(
  request: Pick<InitRequest, 'repository' | 'env'>,
): Promise<Prepared | null> {
  const { repository, env } = request;
  const scanned = await scanTree(repository, env);
  return isGenerated(scanned) ? prepareScopes(await look(scanned), null, null) : null;
}

/** One scope is enough: the top's file may be gone, or may have become a person's. */
function isGenerated({ existing }: Scanned): boolean {
  return [...existing.values()].some(({ generated }) => generated !== null);
}

/** The scopes that a working tree has already. */
export interface Scanned {
  readonly repository: Repository;
  readonly root: string;
  readonly scan: ScanResult;
  readonly existing: ReadonlyMap<ScopePath, ExistingScope>;
  /** What was found as well, and is left out from now on. */
  readonly aside: LeftAside;
}

export async function scanTree(repository: Repository, env: InitRequest['env']): Promise<Scanned> {
  const root = repository.worktree;
  if (root === null)
    throw new InitError(
      'NO_WORKTREE',
      'a bare repository has no files to look at: run this in a clone or a worktree',
    );
  // The scopes of the tree that is written to, which may be another than the one the coordinator reads.
  const scan = await scanRepository({ ...repository, mainWorktree: root }, { previous: null, env });
  return { repository, root, scan, existing: readExisting(root, scan), aside: nothingAside };
}

interface Looked extends Scanned {
  readonly tree: RepositoryTree;
  readonly notices: Notices;
  /** `existing` has them in their new places already. */
  readonly moves: readonly Move[];
}

/** With all scopes in the layout that was asked for. */
function inLayout(layout: Layout | null, found: Looked): Looked {
  if (layout === null) return found;
  const { existing, root, tree, notices, scan } = found;
  const discovery = new Discovery(scan.config.config);
  const { moves, notices: told } = convert({
    existing,
    layout,
    isRead: (path) => !discovery.leavesOut(path),
    isThere: (path) => existsSync(join(root, tree.onDisk(path))),
    folderOnDisk: (path) => tree.onDisk(path),
  });
  for (const notice of told) notices.add(notice);
  return {
    ...found,
    moves,
    existing: new Map([...existing, ...moves.map(({ to }) => [to.path, to] as const)]),
  };
}

export async function look(scanned: Scanned): Promise<Looked> {
  const notices = new Notices();
  const tree = await openTree(scanned.root, notices);
  noteLinkedWorktree(scanned.repository, notices);
  noteOtherSuffix(tree, notices);
  return { ...scanned, tree, notices, moves: [] };
}

/** A stage is for a block that is made anew. */
function noteStage(found: Looked, stage: Stage): void {
  const file = found.existing.get(top)?.file;
  if (stage === 'default') return;
  if (file === undefined || isBlockNew(found, stage)) return;
  const message = `has the configuration already, which init leaves as it is: rhema migrate --stage ${stage} changes it`;
  found.notices.add(warning('BLOCK_KEPT', { file }, message));
}

function noteLinkedWorktree(repository: Repository, notices: Notices): void {
  const message = linkedWorktreeText(repository);
  if (message === null) return;
  notices.add(warning('LINKED_WORKTREE', null, message));
}

async function prepareScopes(found: Looked, stage: Stage | null, asked: Layout | null): Promise<Prepared> {
  const { tree, notices, existing, root } = found;
  const scopes = [...existing.values()];
  const byHand = scopes.filter(({ origin }) => origin !== 'untouched').map(({ path }) => path);
  const rules = stage === null ? (existing.get(top)?.generated?.rules ?? firstRules) : latestRules;
  const sifting = new Sieve(found, { rules, proposes: isBlockNew(found, stage) });
  const standing = { byHand, all: scopes.map(({ path }) => path) };
  const whole = surveyTree(tree, standing, sifting, notices);
  const layout = asked ?? layoutOf(scopes);
  const ignored = await ignoredScopes(found, whole, layout);
  const survey = {
    ...whole,
    ...leaveAside((path) => path !== top && ignored.has(path), whole, { standing: byHand, keepsNeeds: true }),
  };
  noteIgnored(whole, ignored, notices);
  if (stage === null) noteUnreadableTop(found);
  else noteMade(tree, survey.origins, notices);
  const depth = existing.get(top)?.generated?.depth ?? null;
  if (depth === 'invalid') noteDepth(existing.get(top), notices);
  const situation = {
    ...situationOf(found, survey, stage),
    ignored,
    layout,
    isLayoutOpen: asked === null && scopes.every(({ home }) => home === 'file'),
    rules,
    leftAside: { exclude: sifting.proposed, parts: whole.excluded + found.aside.parts },
    commits: isBlockNew(found, stage) ? await recentCommits(root) : null,
  };
  const kept = depth === 'invalid' ? null : depth;
  return { root, plan: (choices) => planScopes(situation, { ...choices, depth: choices.depth ?? kept }) };
}

/** Where scopes have files of their own, others get theirs as well, unless the top's file lists some already. */
function layoutOf(existing: readonly ExistingScope[]): Layout {
  const others = existing.filter(({ path, home }) => path !== top && home !== 'split');
  const own = others.filter(({ home }) => home === 'file').length;
  return own > others.length - own ? 'files' : 'one';
}

export function isBlockNew({ existing }: Pick<Scanned, 'existing'>, stage: Stage | null): boolean {
  const file = existing.get(top);
  return stage !== null && (file === undefined || !hasBlock(file.text));
}

/** Tells which parts that were found become scopes. */
class Sieve implements Sifting {
  /** For a block that is made anew. */
  proposed: readonly string[] = [];
  readonly #found: Looked;
  readonly #options: { readonly rules: number; readonly proposes: boolean };

  constructor(found: Looked, options: { readonly rules: number; readonly proposes: boolean }) {
    this.#found = found;
    this.#options = options;
  }

  excludedOf(units: readonly Unit[]): (path: ScopePath) => boolean {
    const { config } = this.#found.scan.config;
    if (this.#options.proposes) {
      const { exclude } = this.#found.aside;
      const proposed = proposedExclude(units).filter((pattern) => this.#isHarmless(pattern));
      this.proposed = [...new Set([...exclude, ...proposed])].sort(byText);
    }
    const { include } = config;
    const discovery = new Discovery({ exclude: [...config.exclude, ...this.proposed], include, split: [] });
    // What nobody has changed since it was written is a scope only as long as it is to be one.
    const isAnybodys = (path: ScopePath): boolean => {
      const origin = this.#found.existing.get(path)?.origin ?? 'untouched';
      return origin === 'untouched';
    };
    return (path) => isAnybodys(path) && discovery.leavesOut(path);
  }

  isTopPart(path: ScopePath): boolean {
    const { existing, notices } = this.#found;
    if (notices.complete) return this.#options.rules >= latestRules || existing.has(path);
    // What could not be read may make it a part of another kind.
    const isUnclear =
      existing.has(path) || notices.gaps.some(({ file }) => file !== null && isWithin(path, file));
    return this.#options.rules >= latestRules && !isUnclear;
  }

  /** A scope that somebody has written is meant to be one. */
  #isHarmless(pattern: string): boolean {
    const discovery = new Discovery({ exclude: [pattern], include: [], split: [] });
    return ![...this.#found.existing.keys()].some((path) => discovery.leavesOut(path));
  }
}

/** Scopes that nobody would see: a file there, or the whole folder, is ignored, whatever is tracked in it. */
async function ignoredScopes(
  { tree, root, existing }: Looked,
  survey: Survey,
  layout: Layout,
): Promise<ReadonlySet<ScopePath>> {
  const name = layout === 'files' ? 'rhema.yaml' : 'rhema-scope';
  const probes = new Map<string, ScopePath>();
  for (const folder of foldersAbove(survey))
    if (folder === top) probes.set(definitionFile(top), top);
    else if (!existing.has(folder)) probes.set(`${tree.onDisk(folder)}/${name}`, folder);
  const ignored = await ignoredFiles(root, [...probes.keys()]);
  return new Set([...ignored].flatMap((file) => probes.get(file) ?? []));
}

function noteIgnored({ units }: Survey, ignored: ReadonlySet<ScopePath>, notices: Notices): void {
  for (const { path, source } of units) {
    if (path === top || !ignored.has(path)) continue;
    const message = `makes ${named(path)} a part, but Git ignores what is new there: it is left to the scope around it; take the rule out of .gitignore for a scope of its own`;
    notices.add(warning('IGNORED_BY_GIT', { file: source }, message));
  }
}

/** Without it nobody knows how deep scopes may lie, nor which bounds hold. */
function noteUnreadableTop({ existing, scan, notices }: Looked): void {
  const file = existing.get(top)?.file;
  const isBroken = scan.problems.some((problem) => problem.severity === 'error' && problem.file === file);
  if (file === undefined || existing.get(top)?.origin !== 'hand' || !isBroken) return;
  notices.add(
    failure('TOP_UNREADABLE', { file }, 'says how deep scopes may lie: it has to be repaired first'),
  );
}

function noteDepth(scope: ExistingScope | undefined, notices: Notices): void {
  if (scope === undefined) return;
  const message = 'generated.depth is no whole number above 0: write one, or take the line out';
  const line = lineOfKeys(scope.text, ['generated', 'depth']);
  notices.add({ ...failure('INVALID_DEPTH', { file: scope.file }, message), line });
}

/** Every folder that may become a scope, however deep scopes may lie. */
function foldersAbove({ units }: Survey): ScopePath[] {
  const folders = new Set<ScopePath>([top]);
  for (const { path } of units)
    for (let folder = path; !folders.has(folder); folder = folderOf(folder)) folders.add(folder);
  return [...folders];
}

/** Enough to tell what is usual, few enough to be read within a second or two. */
const commitsMax = 500;

/** The files of the last commits, the latest first; null where there is no history that can be read. */
async function recentCommits(root: string): Promise<readonly (readonly string[])[] | null> {
  const history = await readHistory(root, commitsMax);
  return history?.commits.map(({ files }) => files) ?? null;
}

async function prepareBlock(found: Looked, stage: Stage): Promise<Prepared> {
  const situation = await standingSituation(found, stage);
  return { root: found.root, plan: (choices) => planBlock(situation, choices) };
}

/** Of the scopes that are there, without any that could be derived. */
export async function standingSituation(found: Looked, stage: Stage): Promise<Situation> {
  const survey = { units: [], links: [], origins: [], complete: true, excluded: 0 };
  const commits = isBlockNew(found, stage) ? await recentCommits(found.root) : null;
  return { ...situationOf(found, survey, stage), commits, leftAside: found.aside };
}

/** Where there are scope files, or may have been about to be. */
function foldersWritten(tree: RepositoryTree, { units }: Survey, existing: Scanned['existing']): Set<string> {
  const folders = [...existing.values()].map(({ file }) => folderOf(file));
  return new Set([top, ...units.map(({ path }) => tree.onDisk(path)), ...folders]);
}

function situationOf(
  { root, tree, notices, scan, existing, moves }: Looked,
  survey: Survey,
  stage: Stage | null,
): Situation {
  return {
    survey,
    existing,
    definitions: scan.definitions,
    settings: settingsOf(scan.config.config),
    stage,
    ignored: new Set(),
    moves,
    layout: 'files',
    isLayoutOpen: false,
    rules: firstRules,
    leftAside: nothingAside,
    free: isBlockNew({ existing }, stage) ? proposedFree(tree) : [],
    isBlockNew: isBlockNew({ existing }, stage),
    commits: null,
    left: [...leftBeside(root, foldersWritten(tree, survey, existing)), ...excludedFiles(root, scan)],
    topName: basename(root) || 'root',
    folderOnDisk: (path) => tree.onDisk(path),
    noticesOfNew: (files) => publishedNotices(tree, files),
    notices: notices.list,
    gaps: notices.gaps,
    problems: scan.problems.filter(isWorthTelling),
  };
}

/** That there are no scopes is why one runs init. */
function isWorthTelling({ code }: ScopeProblem): boolean {
  return code !== 'NO_SCOPES';
}
