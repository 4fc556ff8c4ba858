import { basename } from 'node:path';
import { noEffect, settingsOf } from '../config/index.ts';
import { scanRepository, type Repository, type ScanResult } from '../repository/index.ts';
import type { ScopePath } from '../core/index.ts';
import type { ScopeProblem } from '../protocol/index.ts';
import type { Stage } from './stage.ts';
import { InitError } from './errors.ts';
import { readExisting, type ExistingScope } from './files/existing.ts';
import { leftBeside } from './files/left-files.ts';
import { ignoredFiles, openTree } from './tree/list-tree.ts';
import { noteMade } from './made-folders.ts';
import { failure, Notices, warning } from './notices.ts';
import { folderOf, top } from './paths.ts';
import { definitionFile } from './files/plan-files.ts';
import { planBlock, planScopes, type Plan } from './plan.ts';
import { publishedNotices } from './published.ts';
import type { Choices, Situation } from './situation.ts';
import { surveyTree, type Survey } from './survey.ts';
import { noteOtherSuffix, noteUnexplained } from './tree/unread.ts';
import type { RepositoryTree } from './tree/tree.ts';

/** What a person asked for. */
export interface InitRequest {
  readonly repository: Repository;
  /** Overrides configuration values; see the option table. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stage: Stage;
  /** Derive scopes although a person has written some. */
  readonly derive: boolean;
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
export async function prepareInit({ repository, env, stage, derive }: InitRequest): Promise<Prepared> {
  const found = await look(await scanTree(repository, env));
  noteStage(stage, found.notices);
  const derives = derive || found.existing.size === 0 || isGenerated(found);
  return derives ? await prepareScopes(found, stage) : prepareBlock(found, stage);
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
  return isGenerated(scanned) ? prepareScopes(await look(scanned), null) : null;
}

/** One scope is enough: the top's file may be gone, or may have become a person's. */
function isGenerated({ existing }: Scanned): boolean {
  return [...existing.values()].some(({ generated }) => generated !== null);
}

/** The scopes that a working tree has already. */
interface Scanned {
  readonly repository: Repository;
  readonly root: string;
  readonly scan: ScanResult;
  readonly existing: ReadonlyMap<ScopePath, ExistingScope>;
}

async function scanTree(repository: Repository, env: InitRequest['env']): Promise<Scanned> {
  const root = repository.worktree;
  if (root === null)
    throw new InitError(
      'NO_WORKTREE',
      'a bare repository has no files to look at: run this in a clone or a worktree',
    );
  // The scopes of the tree that is written to, which may be another than the one the coordinator reads.
  const scan = await scanRepository({ ...repository, mainWorktree: root }, { previous: null, env });
  return { repository, root, scan, existing: readExisting(root, scan) };
}

interface Looked extends Scanned {
  readonly tree: RepositoryTree;
  readonly notices: Notices;
}

async function look(scanned: Scanned): Promise<Looked> {
  const notices = new Notices();
  const tree = await openTree(scanned.root, notices);
  noteLinkedWorktree(scanned.repository, notices);
  noteOtherSuffix(tree, notices);
  return { ...scanned, tree, notices };
}

/** It is a promise that nobody keeps yet: who asks for it must know. */
function noteStage(stage: Stage, notices: Notices): void {
  if (stage === 'default') return;
  const message = `--stage ${stage} ${noEffect}: violations are reported and nothing is blocked, repaired or synced by itself, at every stage`;
  notices.add(warning('STAGE_WITHOUT_EFFECT', null, message));
}

function noteLinkedWorktree({ worktree, mainWorktree }: Repository, notices: Notices): void {
  if (mainWorktree === null || mainWorktree === worktree) return;
  const message = `this is a linked worktree: scopes are read from ${mainWorktree}, so what is written here counts once it is merged there`;
  notices.add(warning('LINKED_WORKTREE', null, message));
}

async function prepareScopes(found: Looked, stage: Stage | null): Promise<Prepared> {
  const { tree, notices, existing, root } = found;
  const scopes = [...existing.values()];
  const byHand = scopes.filter(({ origin }) => origin !== 'untouched').map(({ path }) => path);
  const survey = surveyTree(tree, { byHand, all: scopes.map(({ path }) => path) }, notices);
  const files = foldersAbove(survey).map((folder) => definitionFile(tree.onDisk(folder)));
  const situation = { ...situationOf(found, survey, stage), ignored: await ignoredFiles(root, files) };
  if (stage === null) noteUnreadableTop(found);
  else {
    noteUnexplained(tree, survey, { existing: existing.keys(), notices });
    noteMade(tree, survey.origins, notices);
  }
  const depth = existing.get(top)?.generated?.depth ?? null;
  if (depth === 'invalid') noteDepth(existing.get(top)?.file ?? null, notices);
  const standing = depth === 'invalid' ? null : depth;
  return { root, plan: (choices) => planScopes(situation, { ...choices, depth: choices.depth ?? standing }) };
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

function noteDepth(file: string | null, notices: Notices): void {
  const message = 'generated.depth is no whole number above 0: write one, or take the line out';
  notices.add(failure('INVALID_DEPTH', file === null ? null : { file }, message));
}

/** Every folder that may become a scope, however deep scopes may lie. */
function foldersAbove({ units }: Survey): ScopePath[] {
  const folders = new Set<ScopePath>([top]);
  for (const { path } of units)
    for (let folder = path; !folders.has(folder); folder = folderOf(folder)) folders.add(folder);
  return [...folders];
}

function prepareBlock(found: Looked, stage: Stage): Prepared {
  const situation = situationOf(found, { units: [], links: [], origins: [], complete: true }, stage);
  return { root: found.root, plan: (choices) => planBlock(situation, choices) };
}

/** Where there are scope files, or may have been about to be. */
function foldersWritten(tree: RepositoryTree, { units }: Survey, existing: Scanned['existing']): Set<string> {
  const folders = [...existing.values()].map(({ file }) => folderOf(file));
  return new Set([top, ...units.map(({ path }) => tree.onDisk(path)), ...folders]);
}

function situationOf(
  { root, tree, notices, scan, existing }: Looked,
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
    left: leftBeside(root, foldersWritten(tree, survey, existing)),
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
