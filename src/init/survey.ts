import type { ScopePath } from '../core/index.ts';
import type { Detected, Detector } from './detectors/detector.ts';
import type { Unit } from './detectors/unit.ts';
import { cargoDetector } from './detectors/cargo.ts';
import { folderUnits } from './detectors/folders.ts';
import { goDetector } from './detectors/go.ts';
import { javascriptDetector } from './detectors/javascript.ts';
import { nxDetector } from './detectors/nx.ts';
import { pythonDetector } from './detectors/python.ts';
import { turboDetector } from './detectors/turbo.ts';
import { topFolderUnits } from './detectors/top-folders.ts';
import { Links, type Link } from './graph/links.ts';
import { leaveAside } from './graph/merge.ts';
import type { Notices } from './notices.ts';
import { baseName, byText, folderOf, top } from './paths.ts';
import { ScopeFolders } from './detectors/scope-folders.ts';
import type { RepositoryTree } from './tree/tree.ts';

/** One for each ecosystem. Where two name one folder, the former's name counts. */
const detectors: readonly Detector[] = [
  javascriptDetector,
  nxDetector,
  turboDetector,
  cargoDetector,
  goDetector,
  pythonDetector,
];

/** What a repository is made of, as its own tools have it. */
export interface Survey {
  /** Sorted by path, each path once; the top is always the first. */
  readonly units: readonly Unit[];
  /** Between units, and scopes that exist already; sorted. */
  readonly links: readonly Link[];
  /** For people: what the units were derived from. */
  readonly origins: readonly string[];
  /** False when something could not be read: then nothing may be taken away. */
  readonly complete: boolean;
  /** How many parts lie in folders that are excluded. */
  readonly excluded: number;
}

/** The scopes that are there already; what lies in one of them belongs to it. */
export interface Standing {
  /** Written or changed by a person. */
  readonly byHand: readonly ScopePath[];
  /** All of them: they count as long as not every manifest can be read. */
  readonly all: readonly ScopePath[];
}

/** What the survey makes of the parts that were found. */
export interface Sifting {
  /** Tells which of them become no scopes; asked once, with all of them. */
  readonly excludedOf: (units: readonly Unit[]) => (path: ScopePath) => boolean;
  /** Whether a folder at the top becomes a scope in which no part was found. */
  readonly isTopPart: (path: ScopePath) => boolean;
}

/** Asks every ecosystem for its parts, and then for the dependencies between them. */
export function surveyTree(
  tree: RepositoryTree,
  standing: Standing,
  sifting: Sifting,
  notices: Notices,
): Survey {
  const found = detectors.map((detector) => ({ detector, detected: detector.detect(tree, notices) }));
  const named = found.flatMap(({ detected }) => detected.units).filter(({ path }) => isPossible(path));
  const parts = named.some(({ path }) => path !== top) ? named : [...named, ...folderUnits(tree)];
  const isExcluded = sifting.excludedOf(parts);
  const isOfNobody = (file: string): boolean => isExcluded(folderOf(file));
  notices.forget(isOfNobody);
  const kept = parts.filter(({ path }) => !isExcluded(path));
  const topParts = topFolderUnits(tree, kept).filter(
    ({ path }) => sifting.isTopPart(path) && !isExcluded(path),
  );
  const units = mergeUnits([...parts, ...topParts, topUnit(tree)]);
  const stay = notices.complete ? standing.byHand : standing.all;
  // Those that are excluded have their own dependencies, which are nobody's afterwards.
  const folders = new ScopeFolders([...units.map(({ path }) => path), ...stay], units, isExcluded);
  const links = linksOf(
    found.map(({ detected }) => detected),
    folders,
  );
  notices.forget(isOfNobody);
  const origins = found
    .filter(({ detected }) => detected.units.some(({ path }) => path !== top))
    .flatMap(({ detector, detected }) => detected.origins ?? [detector.title]);
  return {
    ...leaveAside(isExcluded, { units, links }, { standing: stay, keepsNeeds: false }),
    origins: origins.length === 0 ? ['folders'] : origins,
    complete: notices.complete,
    excluded: units.filter(({ path }) => isExcluded(path)).length,
  };
}

/** Inside of a `.rhema` folder nothing is a scope. */
function isPossible(path: ScopePath): boolean {
  return !path.split('/').includes('.rhema');
}

/** It has what no other scope has, and carries the configuration. */
function topUnit(tree: RepositoryTree): Unit {
  return { path: top, names: [baseName(tree.root) || 'root'], type: 'repository', source: top };
}

function mergeUnits(units: readonly Unit[]): Unit[] {
  const merged = new Map<ScopePath, Unit>();
  for (const unit of units) {
    const known = merged.get(unit.path);
    merged.set(unit.path, known === undefined ? unit : mergeTwo(known, unit));
  }
  return [...merged.values()].sort((a, b) =>
    a.path === top ? -1 : b.path === top ? 1 : byText(a.path, b.path),
  );
}

function mergeTwo(first: Unit, second: Unit): Unit {
  const type = second.type === 'library' ? first.type : second.type;
  return { ...first, names: [...first.names, ...second.names], type };
}

function linksOf(detected: readonly Detected[], folders: ScopeFolders): Link[] {
  const links = new Links();
  for (const { addLinks } of detected) addLinks(folders, links);
  return links.all();
}
