import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { settingsOf } from '../config/index.ts';
import { scanRepository, type Repository, type ScanResult } from '../context/index.ts';
import type { ScopePath } from '../core/index.ts';
import type { ScopeProblem } from '../protocol/index.ts';
import type { Stage } from './stage.ts';
import { InitError } from './errors.ts';
import { readExisting, type ExistingScope } from './existing.ts';
import { Notices, warning } from './notices.ts';
import { folderOf, top } from './paths.ts';
import { definitionFile } from './plan-files.ts';
import { planBlock, planScopes, type Plan } from './plan.ts';
import type { Choices, Situation } from './situation.ts';
import { surveyTree, type Survey } from './survey.ts';
import { ignoredFiles, openTree, type RepositoryTree } from './tree.ts';

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
 * @throws InitError NO_WORKTREE in a bare repository; ContextError when Git or the working tree cannot be read.
 */
export async function prepareInit({ repository, env, stage, derive }: InitRequest): Promise<Prepared> {
  const found = await look(repository, env);
  const derives = derive || found.existing.size === 0 || isGenerated(found.existing);
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
  if (repository.worktree === null || !mayBeGenerated(repository.worktree)) return null;
  const found = await look(repository, env);
  return isGenerated(found.existing) ? prepareScopes(found, null) : null;
}

/** Spares a scan where there is nothing to refresh. */
function mayBeGenerated(root: string): boolean {
  const files = ['.rhema/rhema.yaml', '.rhema/scope.yaml', 'rhema.yaml', 'scope.yaml'].map((name) =>
    join(root, name),
  );
  return files.some((file) => existsSync(file) && readFileSync(file, 'utf8').includes('generated'));
}

function isGenerated(existing: Looked['existing']): boolean {
  return (existing.get(top)?.generated ?? null) !== null;
}

interface Looked {
  readonly root: string;
  readonly tree: RepositoryTree;
  readonly notices: Notices;
  readonly scan: ScanResult;
  readonly existing: ReadonlyMap<ScopePath, ExistingScope>;
}

async function look(repository: Repository, env: InitRequest['env']): Promise<Looked> {
  const root = repository.worktree;
  if (root === null)
    throw new InitError(
      'NO_WORKTREE',
      'a bare repository has no files to look at: run this in a clone or a worktree',
    );
  const notices = new Notices();
  const tree = await openTree(root, notices);
  // The scopes of the tree that is written to, which may be another than the one the coordinator reads.
  const scan = await scanRepository({ ...repository, mainWorktree: root }, { previous: null, env });
  noteLinkedWorktree(repository, notices);
  return { root, tree, notices, scan, existing: readExisting(root, scan) };
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
  const depth = existing.get(top)?.generated?.depth ?? null;
  return { root, plan: (choices) => planScopes(situation, { ...choices, depth: choices.depth ?? depth }) };
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
  return { root: found.root, plan: () => planBlock(situation) };
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
    topName: basename(root) || 'root',
    folderOnDisk: (path) => tree.onDisk(path),
    notices: notices.list,
    problems: scan.problems.filter(isWorthTelling),
  };
}

/** That there are no scopes is why one runs init. */
function isWorthTelling({ code }: ScopeProblem): boolean {
  return code !== 'NO_SCOPES';
}
