import {
  dependencyWaves,
  scopesMax,
  type ScopeDefinition,
  type ScopePath,
  type Settings,
} from '../core/index.ts';
import type { ScopeProblem } from '../protocol/index.ts';
import { nothingRaised, type RaisedLimits, type Stage } from './block.ts';
import { untangle, type LeftOut, type Untangled } from './cycles.ts';
import type { Unit } from './detector.ts';
import type { ExistingScope } from './existing.ts';
import type { FileChange } from './file-change.ts';
import { endsKey, linkKinds, Links, type Ends, type Link, type LinkKind } from './links.ts';
import { foldTo, type Parts } from './merge.ts';
import { failure, type Notice } from './notices.ts';
import { byText, depthOf, top } from './paths.ts';
import { planFiles, planTopOnly } from './plan-files.ts';
import type { Survey } from './survey.ts';

/** What a person, or a rule in his place, decides about a plan. */
export interface Choices {
  /** No scope lies deeper than so many folders; null: as deep as they are. */
  readonly depth: number | null;
  /** Dependencies to be left out first, where that breaks a cycle. */
  readonly leaveOut: readonly Ends[];
  /** Whether bounds of the graph that are too tight are raised in a block that is written anew. */
  readonly raise: boolean;
}

/** A bound that the graph is beyond. */
export interface Excess {
  readonly limit: 'scopes' | 'max_dependencies' | 'max_scope_depth';
  readonly value: number;
  readonly allowed: number;
  /** The scope with the most dependencies; null where the graph as a whole is meant. */
  readonly scope: ScopePath | null;
}

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
  readonly excesses: readonly Excess[];
  /** In the order in which they are to be written; empty when there is nothing to do. */
  readonly changes: readonly FileChange[];
  readonly notices: readonly Notice[];
  /** What is wrong with scope files that are there and would stay as they are. */
  readonly problems: readonly ScopeProblem[];
}

/** What a plan is made from. */
export interface Situation {
  readonly survey: Survey;
  readonly existing: ReadonlyMap<ScopePath, ExistingScope>;
  /** Of the scopes that exist. */
  readonly definitions: readonly ScopeDefinition[];
  readonly settings: Settings;
  /** Null: the block is not added. */
  readonly stage: Stage | null;
  /** The name for a top scope that has none. */
  readonly topName: string;
  /** How a folder is spelled on disk, repository-relative. */
  readonly folderOnDisk: (path: ScopePath) => string;
  /** What the survey had to say. */
  readonly notices: readonly Notice[];
  /** What is wrong with the scope files. */
  readonly problems: readonly ScopeProblem[];
}

/** Scopes for every part of the repository, beside those that a person wrote. */
export function planScopes(situation: Situation, choices: Choices): Plan {
  const { survey, existing, settings } = situation;
  const standing = standingScopes(situation);
  const depth = fittingDepth(survey, standing, choices.depth);
  const parts = foldTo(depth, survey, standing);
  const units = parts.units.filter(({ path }) => existing.get(path)?.origin !== 'hand' || path === top);
  const paths = [...new Set([...units.map(({ path }) => path), ...standing])].sort(byText);
  const graph = graphOf(situation, { ...parts, units }, new Set(paths), choices);
  const excesses = excessesOf(paths, graph.kept, settings);
  const raised = choices.raise ? raisedFor(excesses) : nothingRaised;
  const files = planFiles(situation, { units, graph, depth, raised });
  return {
    mode: 'derive',
    origins: survey.origins,
    scopes: plannedScopes(paths, units, situation, graph.kept),
    links: graph.kept,
    leftOut: graph.leftOut,
    excesses,
    changes: files.changes,
    notices: [...situation.notices, ...files.notices, ...fixedCycleNotice(graph)],
    problems: remaining(situation, files.changes),
  };
}

/** Scopes are there already: only the configuration is added, to the top's file. */
export function planBlock(situation: Situation): Plan {
  const { existing, definitions } = situation;
  const links = writtenLinks(situation, new Set(), new Set()).filter(({ to }) => existing.has(to));
  const files = planTopOnly(situation);
  return {
    mode: 'block',
    origins: ['existing scopes'],
    scopes: plannedScopes([...new Set([...existing.keys(), top])].sort(byText), [], situation, links),
    links,
    leftOut: [],
    excesses: excessesOf(
      definitions.map(({ path }) => path),
      links,
      situation.settings,
    ),
    changes: files.changes,
    notices: [...situation.notices, ...files.notices],
    problems: remaining(situation, files.changes),
  };
}

/**
 * Scopes that are there and stay: those that a person wrote or changed, and all of them when not everything could be read.
 */
function standingScopes({ survey, existing }: Situation): Set<ScopePath> {
  const units = new Set(survey.units.map(({ path }) => path));
  const stays = [...existing.values()].filter(
    ({ path, origin }) =>
      origin === 'hand' || (!units.has(path) && (origin === 'edited' || !survey.complete)),
  );
  return new Set(stays.map(({ path }) => path));
}

/** The depth asked for, or the greatest at which there are not more scopes than there may be. */
function fittingDepth(survey: Survey, standing: ReadonlySet<ScopePath>, asked: number | null): number | null {
  if (survey.units.length <= scopesMax) return asked;
  let depth = asked ?? Math.max(...survey.units.map(({ path }) => depthOf(path)));
  while (depth > 1 && foldTo(depth, survey, standing).units.length > scopesMax) depth -= 1;
  return depth;
}

/** The dependencies as they will be, and those that a person has taken out. */
export interface Graph extends Untangled {
  /** Generated dependencies, by `endsKey`: the others were written by a person. */
  readonly generated: ReadonlySet<string>;
  /** By `endsKey`: all that the code has, also what a person has taken out or made his own. */
  readonly found: ReadonlySet<string>;
  /** Kept as they are, since not everything could be read: they lead to what is no scope here. */
  readonly outOfSight: readonly Link[];
}

function graphOf(
  situation: Situation,
  { units, links }: Parts,
  paths: ReadonlySet<ScopePath>,
  { leaveOut }: Choices,
): Graph {
  const ours = new Set(units.map(({ path }) => path));
  const remembered = rememberedLinks(situation);
  const found = joined([...links.filter(({ from }) => ours.has(from)), ...remembered]);
  const inForce = ({ from, to }: Ends): boolean => paths.has(from) && paths.has(to);
  const fixed = writtenLinks(situation, ours, new Set(found.map(endsKey))).filter(inForce);
  const written = new Set(fixed.map(endsKey));
  const derived = found.filter((link) => inForce(link) && !written.has(endsKey(link)));
  const wanted = derived.filter((link) => !isTakenOut(situation, link));
  const unwanted = new Set([...leaveOut, ...rememberedLeftOut(situation)].map(endsKey));
  const untangled = untangle({
    links: [...wanted, ...fixed],
    isFixed: (link) => written.has(endsKey(link)),
    isUnwanted: (link) => unwanted.has(endsKey(link)),
  });
  return {
    ...untangled,
    generated: new Set(wanted.map(endsKey)),
    found: new Set(found.map(endsKey)),
    outOfSight: remembered.filter((link) => !inForce(link)),
  };
}

function joined(links: readonly Link[]): Link[] {
  const all = new Links();
  for (const link of links) all.addReason(link.from, link.to, link);
  return all.all();
}

/** A person took the entry out, and left it under `generated`: it is not wanted. */
function isTakenOut({ existing }: Situation, { from, to }: Ends): boolean {
  const scope = existing.get(from);
  const isListed = scope?.generated?.dependencies.includes(to) ?? false;
  return isListed && !(scope?.dependencies.some((dependency) => dependency.to === to) ?? false);
}

/** When not everything could be read, what was found before still counts. */
function rememberedLinks({ survey, existing }: Situation): Link[] {
  if (survey.complete) return [];
  return [...existing.values()].flatMap(({ path, file, generated, dependencies }) =>
    dependencies
      .filter(({ to }) => generated?.dependencies.includes(to) ?? false)
      .map(({ to, type }) => ({ from: path, to, kind: kindOf(type), files: [file], fileCount: 1 })),
  );
}

function kindOf(type: string): LinkKind {
  return linkKinds.find((kind) => kind === type) ?? 'required';
}

function rememberedLeftOut({ existing }: Situation): Ends[] {
  return [...existing.values()].flatMap(({ path, generated }) =>
    (generated?.leftOut ?? []).map((to) => ({ from: path, to })),
  );
}

/**
 * What a person wrote: entries that are not listed as generated, those that he has added to and that the code does not
 * have, and all entries of scopes that the code does not have.
 */
function writtenLinks(
  { existing, definitions }: Situation,
  ours: ReadonlySet<ScopePath>,
  found: ReadonlySet<string>,
): Link[] {
  const resolved = new Map(definitions.map(({ path, dependencies }) => [path, dependencies]));
  return [...existing.values()].flatMap(({ path, file, generated, claimed, dependencies }) => {
    const isOurs = ours.has(path);
    const listed = (generated?.dependencies ?? []).filter(
      (to) => !claimed.includes(to) || found.has(endsKey({ from: path, to })),
    );
    const targets = new Set([...(resolved.get(path) ?? []), ...dependencies.map(({ to }) => to)]);
    return [...targets]
      .filter((to) => !isOurs || !listed.includes(to))
      .map((to): Link => ({ from: path, to, kind: 'required', files: [file], fileCount: 1 }));
  });
}

function excessesOf(paths: readonly ScopePath[], links: readonly Link[], settings: Settings): Excess[] {
  const targets = targetsOf(links);
  const counts = paths.map((scope) => ({ scope, value: targets.get(scope)?.length ?? 0 }));
  const widest = counts.reduce((most, one) => (one.value > most.value ? one : most), {
    scope: top,
    value: 0,
  });
  const depth = dependencyWaves(paths, (path) => targets.get(path) ?? []).length - 1;
  const { maxDependencies, maxScopeDepth } = settings;
  const found: Excess[] = [
    { limit: 'scopes', value: paths.length, allowed: scopesMax, scope: null },
    { limit: 'max_dependencies', ...widest, allowed: maxDependencies },
    { limit: 'max_scope_depth', value: depth, allowed: maxScopeDepth, scope: null },
  ];
  return found.filter(({ value, allowed }) => value > allowed);
}

export function targetsOf(links: readonly Link[]): Map<ScopePath, ScopePath[]> {
  const targets = new Map<ScopePath, ScopePath[]>();
  for (const { from, to } of links) {
    const known = targets.get(from);
    if (known === undefined) targets.set(from, [to]);
    else known.push(to);
  }
  return targets;
}

/** With room to grow: the next power of two. */
function raisedFor(excesses: readonly Excess[]): RaisedLimits {
  const needed = (limit: Excess['limit']): number | null => {
    const value = excesses.find((excess) => excess.limit === limit)?.value;
    return value === undefined ? null : Math.min(10_000, 2 ** Math.ceil(Math.log2(value)));
  };
  return { maxDependencies: needed('max_dependencies'), maxScopeDepth: needed('max_scope_depth') };
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
      name: known.get(path)?.name ?? unit?.names[0] ?? (path === top ? topName : path),
      type: known.get(path)?.type ?? unit?.type ?? (path === top ? 'repository' : 'component'),
      source: existing.get(path)?.origin === 'hand' ? null : (unit?.source ?? null),
      dependencies: targets.get(path) ?? [],
    };
  });
}

/** A file that changes may be sound afterwards. */
function remaining({ problems }: Situation, changes: readonly FileChange[]): ScopeProblem[] {
  const changed = new Set(changes.map(({ file }) => file));
  return problems.filter(({ file }) => file === null || !changed.has(file));
}

function fixedCycleNotice({ fixedCycle }: Untangled): Notice[] {
  if (fixedCycle === null) return [];
  const message = `dependencies that were written by hand form a cycle: ${fixedCycle.join(' -> ')}. Take one of them out`;
  return [failure('CYCLE_BY_HAND', null, message)];
}
