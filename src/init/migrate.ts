/** The configuration for a repository whose scopes are described already, as Rhema does. Nothing else in it is touched. */
import { findCycle, named, type ScopePath } from '../core/index.ts';
import type { ScopeProblem } from '../protocol/index.ts';
import { hasBlock } from './files/block.ts';
import type { ExistingScope } from './files/existing.ts';
import type { FileChange } from './files/file-change.ts';
import { planTopOnly, type PlannedFiles } from './files/plan-files.ts';
import { formRefusal, lineOfKeys, notCheckedOutMessage } from './files/refusal-words.ts';
import { withSettings, type ValueSetting } from './files/settings.ts';
import { excessesOf, excessNotices, raisedFor, type Excess } from './graph/excess.ts';
import { blockKeys } from './graph/limits.ts';
import { writtenLinks } from './graph/plan-graph.ts';
import { failure, type Notice } from './notices.ts';
import { top } from './paths.ts';
import { isBlockNew, look, scanTree, standingSituation, type InitRequest } from './prepare.ts';
import { proposalFor } from './proposal.ts';
import { YamlText } from '../repository/yaml/index.ts';
import type { Situation } from './situation.ts';
import { stageSettings, type Stage } from './stage.ts';
import { withoutVendored } from './vendored.ts';

export interface MigrateRequest extends Pick<InitRequest, 'repository' | 'env' | 'stage'> {
  /** How many agents work at the same time, for a block that is made anew. */
  readonly agents: number;
}

export interface Migration {
  /** The working tree that would be written to. */
  readonly root: string;
  /** Sorted by path. */
  readonly scopes: readonly { readonly path: ScopePath; readonly name: string }[];
  /** Where the configuration is, or will be; repository-relative. */
  readonly file: string;
  /** Empty: there is nothing to do, or something stands in the way. */
  readonly changes: readonly FileChange[];
  /** Why nothing can be written; empty when it can. */
  readonly hindrances: readonly ScopeProblem[];
  /** What there is to say beside it. */
  readonly notices: readonly ScopeProblem[];
  /** What is wrong with the scope files, and between them, today. */
  readonly problems: readonly ScopeProblem[];
}

/**
 * Looks at a repository for `rhema migrate`. Null where no file describes a scope.
 *
 * @throws InitError NO_WORKTREE in a bare repository; RepositoryError when Git or the working tree cannot be read.
 */
export async function prepareMigration({
  repository,
  env,
  stage,
  agents,
}: MigrateRequest): Promise<Migration | null> {
  const scanned = await scanTree(repository, env);
  if (scanned.existing.size === 0) return null;
  const found = await look(isBlockNew(scanned, stage) ? withoutVendored(scanned) : scanned);
  const situation = await standingSituation(found, stage);
  const { changes, notices } = planOf(situation, { stage, agents });
  const isHindrance = ({ severity }: ScopeProblem): boolean => severity === 'error';
  return {
    root: found.root,
    scopes: scopesOf(situation),
    file: situation.existing.get(top)?.file ?? 'rhema.yaml',
    changes: notices.some(isHindrance) ? [] : changes,
    hindrances: notices.filter(isHindrance),
    notices: [...situation.notices, ...notices].filter((one) => !isHindrance(one)),
    problems: [...found.scan.problems, ...graphProblems(situation)].filter((one) => !isToldBy(notices, one)),
  };
}

function isToldBy(notices: readonly Notice[], { file, message }: ScopeProblem): boolean {
  return notices.some((notice) => notice.file === file && notice.message === message);
}

function scopesOf({ existing, definitions }: Situation): Migration['scopes'] {
  const names = new Map(definitions.map(({ path, name }) => [path, name]));
  return [...existing.keys()].sort().map((path) => ({ path, name: names.get(path) ?? path }));
}

type Planned = Pick<PlannedFiles, 'changes' | 'notices'>;

function planOf(situation: Situation, wish: Pick<MigrateRequest, 'stage' | 'agents'>): Planned {
  const file = situation.existing.get(top);
  const isThere = file !== undefined && file.unreadable === null && hasBlock(file.text);
  return isThere ? inStage(file, wish.stage) : withNewBlock(situation, wish);
}

/** The block is there: only the lines in which the stages differ change. */
function inStage(file: ExistingScope, stage: Stage): Planned {
  const { text } = file;
  const yaml = new YamlText(text);
  const block = blockKeys(yaml) ?? [];
  const settings = stageSettings(stage, (key) => yaml.valueAt(...block, ...key.split('.')) ?? undefined);
  if (settings.length === 0) return { changes: [], notices: [] };
  if (!file.isCheckedOut)
    return { changes: [], notices: [failure('NOT_CHECKED_OUT', file, notCheckedOutMessage)] };
  const after = withSettings(text, settings);
  if (after === null) return { changes: [], notices: [refused(file, settings)] };
  return { changes: [{ file: file.file, before: text, after }], notices: [] };
}

function refused({ file, text }: ExistingScope, settings: readonly ValueSetting[]): Notice {
  const block = blockKeys(new YamlText(text)) ?? [];
  const setting = settings.find((one) => withSettings(text, [one]) === null) ?? settings[0];
  return formRefusal(file, text, [...block, ...(setting?.key.split('.') ?? [])]);
}

function withNewBlock(situation: Situation, { agents }: Pick<MigrateRequest, 'agents'>): Planned {
  const proposal = proposalFor(situation, [...situation.existing.keys(), top], { agents, hooks: false });
  const raised = raisedFor(excessesIn(situation));
  // What lies about is left where it is.
  return planTopOnly({ ...situation, left: [] }, { raised, proposal });
}

function excessesIn(situation: Situation): Excess[] {
  const { existing, definitions, settings } = situation;
  const links = writtenLinks(situation, new Set()).filter(({ to }) => existing.has(to));
  return excessesOf(
    definitions.map(({ path }) => path),
    links,
    settings,
  );
}

/** What no file is to blame for alone. */
function graphProblems(situation: Situation): ScopeProblem[] {
  return [...cycleProblems(situation), ...excessNotices(excessesIn(situation))];
}

/** So many cycles are told one by one: who has mended those sees the next. */
const cyclesMax = 20;

/** Each with the place where one of its dependencies is written. */
function cycleProblems({ definitions, existing }: Situation): ScopeProblem[] {
  const targets = new Map(definitions.map(({ path, dependencies }) => [path, new Set(dependencies)]));
  const problems: ScopeProblem[] = [];
  while (problems.length < cyclesMax) {
    const cycle = findCycle(targets.keys(), (path) => targets.get(path) ?? []);
    const [from, to] = cycle ?? [];
    if (cycle === null || from === undefined || to === undefined) return problems;
    problems.push(cycleProblem(cycle, existing.get(from)));
    targets.get(from)?.delete(to);
  }
  return problems;
}

function cycleProblem(cycle: readonly ScopePath[], at: ExistingScope | undefined): ScopeProblem {
  const told =
    cycle.length <= stepsMax ? cycle : [...cycle.slice(0, stepsMax - 1), '...', cycle.at(-1) ?? ''];
  const message = `dependencies form a cycle: ${told.map((one) => named(one)).join(' -> ')}. Take one of them out: the coordinator takes no graph with a cycle`;
  const file = at === undefined ? null : { file: at.file };
  return { ...failure('CYCLE_BY_HAND', file, message), line: lineOfDependencies(at) };
}

const stepsMax = 12;

const dependencyKeys: readonly (readonly string[])[] = [['dependencies'], ['rhema', 'scope', 'dependencies']];

function lineOfDependencies(scope: ExistingScope | undefined): number | null {
  if (scope === undefined || scope.unreadable !== null) return null;
  const yaml = new YamlText(scope.text);
  const keys = dependencyKeys.find((one) => yaml.problem === null && yaml.valueAt(...one) !== undefined);
  return keys === undefined ? null : lineOfKeys(scope.text, keys);
}
