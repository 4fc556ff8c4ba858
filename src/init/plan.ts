import { cycleText, findCycle, scopesMax, type ScopePath } from '../core/index.ts';
import type { ScopeProblem } from '../protocol/index.ts';
import type { LeftOut } from './graph/cycles.ts';
import { nameOf, type Unit } from './detectors/unit.ts';
import { excessesOf, excessNotices, raisedFor, type Excess } from './graph/excess.ts';
import type { FileChange } from './files/file-change.ts';
import { targetsOf, type Link } from './graph/links.ts';
import { foldTo } from './graph/merge.ts';
import { nothingRaised } from './graph/limits.ts';
import { failure, warning, type Notice } from './notices.ts';
import { byText, deepest, top } from './paths.ts';
import { planFiles, planTopOnly, type FilesInput, type PlannedFiles } from './files/plan-files.ts';
import { graphOf, standingScopes, writtenLinks } from './graph/plan-graph.ts';
import { remainingProblems } from './files/remaining.ts';
import { proposalFor } from './proposal.ts';
import type { Choices, LeftAside, Situation } from './situation.ts';
import type { Survey } from './survey.ts';

/** One scope as it will be. */
export interface PlannedScope {
  readonly path: ScopePath;
  readonly name: string;
  readonly type: string;
  /** What it was derived from; null for a scope that a person has written. */
  readonly source: string | null;
  /** Sorted. */
  readonly dependencies: readonly ScopePath[];
}

/** What would be written, and why. */
export interface Plan {
  /** `derive`: scopes from the code. `block`: only the configuration, since scopes exist that a person wrote. */
  readonly mode: 'derive' | 'block';
  /** For people: what the scopes were derived from. */
  readonly origins: readonly string[];
  /** Sorted by path. */
  readonly scopes: readonly PlannedScope[];
  /** Every dependency, with the files that say so. Those that a person wrote name no files. */
  readonly links: readonly Link[];
  readonly leftOut: readonly LeftOut[];
  /** Those of them that no scope file names yet. */
  readonly newlyLeftOut: readonly LeftOut[];
  readonly excesses: readonly Excess[];
  /** The configuration is written anew, with what is proposed for it. */
  readonly isBlockNew: boolean;
  /** What the code has, and is left to the scope around it. */
  readonly leftAside: LeftAside;
  /** In the order in which they are to be written; empty when there is nothing to do. */
  readonly changes: readonly FileChange[];
  readonly notices: readonly Notice[];
  /** Those of the notices by which something could not be read, so that there may be more than was derived. */
  readonly gaps: readonly Notice[];
  /** What is wrong with scope files that are there and would stay as they are. */
  readonly problems: readonly ScopeProblem[];
}

/** Scopes for every part of the repository, beside those that a person wrote. */
export function planScopes(situation: Situation, choices: Choices): Plan {
  const { survey, settings } = situation;
  const standing = standingScopes(situation);
  const depth = fittingDepth(survey, standing, choices.depth);
  const parts = foldTo(depth, survey, standing);
  const units = parts.units.filter(({ path }) => isOurs(situation, path));
  const paths = [...new Set([...units.map(({ path }) => path), ...standing])].sort(byText);
  const graph = graphOf(situation, { ...parts, units }, new Set(paths), choices);
  const excesses = excessesOf(paths, graph.kept, settings);
  const raised = choices.raise ? raisedFor(excesses) : nothingRaised;
  const proposal = proposalFor(situation, paths, choices);
  const files = filesFor(situation, { units, graph, depth, raised, standing, proposal });
  const scopes = plannedScopes(paths, units, situation, graph.kept);
  const notices = [
    ...situation.notices,
    ...files.notices,
    ...situation.noticesOfNew(addedFiles(files.changes)),
    ...excessNotices(excesses),
    ...cycleNotice(graph.fixedCycle),
  ];
  return {
    mode: 'derive',
    origins: survey.origins,
    scopes,
    links: graph.kept,
    leftOut: graph.leftOut,
    newlyLeftOut: graph.leftOut.filter((one) => !isNoted(situation, one)),
    excesses,
    isBlockNew: situation.isBlockNew,
    leftAside: situation.leftAside,
    changes: files.changes,
    notices,
    gaps: situation.gaps,
    problems: remainingProblems(situation, { ...files, notices, scopes }),
  };
}

/** In one file, unless that would be longer than anybody reads. */
function filesFor(situation: Situation, input: FilesInput): PlannedFiles {
  const files = planFiles(situation, input);
  if (!files.isTooLong || !situation.isLayoutOpen) return files;
  const each = planFiles({ ...situation, layout: 'files' }, input);
  const message = `${input.units.length} scopes are more than one file can list: each gets one of its own. --depth makes fewer`;
  return { ...each, notices: [...each.notices, warning('TOO_LONG', null, message)] };
}

/** A file without the mark is a person's; only init adds the mark, to the top's. */
function isOurs({ existing, stage }: Situation, path: ScopePath): boolean {
  return existing.get(path)?.origin !== 'hand' || (path === top && stage !== null);
}

/** Scopes are there already: only the configuration is added, to the top's file. */
export function planBlock(situation: Situation, choices: Choices): Plan {
  const { existing, definitions, settings } = situation;
  const links = writtenLinks(situation, new Set()).filter(({ to }) => existing.has(to));
  const excesses = excessesOf(
    definitions.map(({ path }) => path),
    links,
    settings,
  );
  const paths = [...new Set([...existing.keys(), top])].sort(byText);
  const raised = choices.raise ? raisedFor(excesses) : nothingRaised;
  const files = planTopOnly(situation, { raised, proposal: proposalFor(situation, paths, choices) });
  const scopes = plannedScopes(paths, [], situation, links);
  const notices = [
    ...situation.notices,
    ...files.notices,
    ...situation.noticesOfNew(addedFiles(files.changes)),
    ...excessNotices(excesses),
    ...cycleNotice(cycleOf(paths, links)),
  ];
  return {
    mode: 'block',
    origins: ['existing scopes'],
    scopes,
    links,
    leftOut: [],
    newlyLeftOut: [],
    excesses,
    isBlockNew: situation.isBlockNew,
    leftAside: situation.leftAside,
    changes: files.changes,
    notices,
    gaps: situation.gaps,
    problems: remainingProblems(situation, { ...files, notices, scopes }),
  };
}

/** Whether the scope's file names it already, so that it is no news. */
function isNoted({ existing }: Situation, { link }: LeftOut): boolean {
  return existing.get(link.from)?.generated?.leftOut.includes(link.to) === true;
}

function addedFiles(changes: readonly FileChange[]): string[] {
  return changes.flatMap(({ file, before }) => (before === null ? [file] : []));
}

function cycleOf(paths: readonly ScopePath[], links: readonly Link[]): readonly ScopePath[] | null {
  const targets = targetsOf(links);
  return findCycle(paths, (path) => targets.get(path) ?? []);
}

/** The depth asked for, or the greatest at which there are not more scopes than there may be. */
function fittingDepth(survey: Survey, standing: ReadonlySet<ScopePath>, asked: number | null): number | null {
  if (survey.units.length <= scopesMax) return asked;
  let depth = asked ?? deepest(survey.units.map(({ path }) => path));
  while (depth > 1 && foldTo(depth, survey, standing).units.length > scopesMax) depth -= 1;
  return depth;
}

function plannedScopes(
  paths: readonly ScopePath[],
  units: readonly Unit[],
  { existing, definitions, topName }: Situation,
  links: readonly Link[],
): PlannedScope[] {
  const known = new Map(definitions.map((definition) => [definition.path, definition]));
  const derived = new Map(units.map((unit) => [unit.path, unit]));
  const targets = targetsOf(links);
  return paths.map((path) => {
    const unit = derived.get(path);
    return {
      path,
      name: known.get(path)?.name ?? (unit === undefined ? (path === top ? topName : path) : nameOf(unit)),
      type: known.get(path)?.type ?? unit?.type ?? (path === top ? 'repository' : 'component'),
      source:
        existing.get(path)?.origin === 'hand' ? null : (unit?.source ?? (existing.has(path) ? null : top)),
      dependencies: targets.get(path) ?? [],
    };
  });
}

/** The coordinator takes no graph with a cycle, and none of these dependencies is ours to leave out. */
function cycleNotice(cycle: readonly ScopePath[] | null): Notice[] {
  if (cycle === null) return [];
  const message = `dependencies that were written by hand form a cycle: ${cycleText(cycle)}. Take one of them out`;
  return [failure('CYCLE_BY_HAND', null, message)];
}
