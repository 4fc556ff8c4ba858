import type { ScopeDefinition, ScopePath } from '../../core/index.ts';
import { untangle, type Untangled } from './cycles.ts';
import { endsKey, linkKinds, Links, type Ends, type Link, type LinkKind } from './links.ts';
import type { Parts } from './merge.ts';
import { mayBeScope, type Choices, type Situation } from '../situation.ts';

/**
 * Scopes that are there and stay though the code has no such part: those that a person wrote or changed, those that he
 * depends on, and all of them when not everything could be read.
 */
export function standingScopes({ survey, existing, definitions }: Situation): Set<ScopePath> {
  const units = new Set(survey.units.map(({ path }) => path));
  const needed = neededByHand(existing, definitions);
  const stays = [...existing.values()].filter(
    ({ path, origin }) =>
      origin === 'hand' ||
      (!units.has(path) && (origin === 'edited' || needed.has(path) || !survey.complete)),
  );
  return new Set(stays.map(({ path }) => path));
}

/** What entries that a person wrote, or added to, lead to. */
function neededByHand(
  existing: Situation['existing'],
  definitions: readonly ScopeDefinition[],
): Set<ScopePath> {
  return new Set(
    definitions.flatMap(({ path, dependencies }) => {
      const scope = existing.get(path);
      const listed = scope?.generated?.dependencies ?? [];
      return dependencies.filter((to) => !listed.includes(to) || (scope?.handEdited.includes(to) ?? false));
    }),
  );
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

/** The dependencies that the code has, beside those that a person wrote, without cycles. */
export function graphOf(
  situation: Situation,
  { units, links }: Parts,
  paths: ReadonlySet<ScopePath>,
  { leaveOut }: Choices,
): Graph {
  const ours = new Set(units.map(({ path }) => path));
  // An entry that leads to nothing breaks the graph, however little could be read.
  const remembered = rememberedLinks(situation).filter(
    ({ to }) => paths.has(to) || mayBeScope(situation, to),
  );
  const found = joined([...links.filter(({ from }) => ours.has(from)), ...remembered]);
  const inForce = ({ from, to }: Ends): boolean => paths.has(from) && paths.has(to);
  const fixed = writtenLinks(situation, ours).filter(inForce);
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
 * What a person wrote: entries that are not listed as generated, those that he has added to, and all entries of scopes
 * that the code does not have.
 */
export function writtenLinks({ existing, definitions }: Situation, ours: ReadonlySet<ScopePath>): Link[] {
  const resolved = new Map(definitions.map(({ path, dependencies }) => [path, dependencies]));
  return [...existing.values()].flatMap(({ path, file, generated, handEdited, dependencies }) => {
    const listed = (generated?.dependencies ?? []).filter((to) => ours.has(path) && !handEdited.includes(to));
    const targets = new Set([...(resolved.get(path) ?? []), ...dependencies.map(({ to }) => to)]);
    return [...targets]
      .filter((to) => !listed.includes(to))
      .map((to): Link => ({ from: path, to, kind: 'required', files: [file], fileCount: 1 }));
  });
}
