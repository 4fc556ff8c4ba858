import { named, quote, type ScopeDefinition, type ScopePath } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { definitionFiles, type Place } from './candidates.ts';
import { reaches } from './out-of-sight.ts';
import { warningAt, wholeFile } from './problems.ts';
import type { ScopeFile } from './read-scope.ts';
import { parentProblem, resolveDependency, type Resolver } from './resolve.ts';
import { ScopeNames, type NamedScope } from './scope-names.ts';
import type { Tree } from './tree.ts';

export interface DefinitionInput {
  readonly tree: Tree;
  /** Every scope that there is, those included of which nothing can be read. */
  readonly present: readonly PresentScope[];
  readonly previous: readonly ScopeDefinition[];
  /** The root scope's file, where nobody can read in it which scopes it lists; null: that can be read. */
  readonly unreadList: string | null;
}

/** A scope that there is, before its dependencies are looked up. */
export interface PresentScope {
  readonly place: Place;
  /** Null when what is said of it cannot be used. */
  readonly scope: ScopeFile | null;
}

export interface Definitions {
  /** Sorted by path; every dependency is in the list. */
  readonly definitions: readonly ScopeDefinition[];
  readonly problems: readonly ScopeProblem[];
}

/** Turns what the files say into the definitions for the core, keeping the last good one where a file is broken. */
export function defineScopes({ tree, present: all, previous, unreadList }: DefinitionInput): Definitions {
  const lastGood = new Map(previous.map((definition) => [definition.path, definition]));
  // Who cannot read the list cannot read what it excludes, either: what is new may be meant to be none.
  const isDoubtful = ({ place }: PresentScope): boolean =>
    unreadList !== null && previous.length > 0 && !lastGood.has(place.scope);
  const present = all.filter((one) => !isDoubtful(one));
  const doubtful = all.filter(isDoubtful);
  const found = new Set(present.map(({ place }) => place.scope));
  const missing = previous.filter(({ path }) => !found.has(path));
  const hidden = hiddenScopes(tree, missing);
  const unread = unreadList === null ? [] : missing.filter((one) => !hidden.includes(one));
  const resolver = makeResolver(tree, present, { lastGood, hidden: [...hidden, ...unread] });
  const problems: ScopeProblem[] = [];
  const definitions: ScopeDefinition[] = [];
  for (const { place, scope } of present) {
    const kept = lastGood.get(place.scope);
    const fresh = scope === null ? null : defineScope(resolver, place.scope, scope, problems);
    if (fresh !== null && (fresh.complete || kept === undefined)) definitions.push(fresh.definition);
    else if (kept !== undefined) {
      definitions.push(withoutMissing(kept, resolver.names));
      problems.push(keptNotice(place));
    }
  }
  for (const kept of hidden) {
    definitions.push(withoutMissing(kept, resolver.names));
    problems.push(hiddenNotice(kept.path));
  }
  for (const kept of unread) definitions.push(withoutMissing(kept, resolver.names));
  if (unreadList !== null && unread.length > 0) problems.push(unreadNotice(unreadList, unread));
  if (unreadList !== null && doubtful.length > 0) problems.push(doubtfulNotice(unreadList, doubtful));
  return { definitions: definitions.toSorted((a, b) => (a.path < b.path ? -1 : 1)), problems };
}

const suggestionsMax = 20;

interface Known {
  readonly lastGood: ReadonlyMap<ScopePath, ScopeDefinition>;
  readonly hidden: readonly ScopeDefinition[];
}

function makeResolver(tree: Tree, present: readonly PresentScope[], { lastGood, hidden }: Known): Resolver {
  const names: NamedScope[] = [...hidden];
  const broken = new Set<ScopePath>();
  for (const { place, scope } of present) {
    const name = scope?.name ?? lastGood.get(place.scope)?.name;
    if (name === undefined) broken.add(place.scope);
    else names.push({ path: place.scope, name });
  }
  return {
    names: new ScopeNames(names),
    broken,
    root: tree.root,
    followSymlinks: (path) => tree.followSymlinks(path),
    suggestions: { left: suggestionsMax },
  };
}

interface Fresh {
  readonly definition: ScopeDefinition;
  /** Every dependency was resolved, or is not meant to be a scope. */
  readonly complete: boolean;
}

function defineScope(
  resolver: Resolver,
  path: ScopePath,
  { name, type, dependencies, parent }: ScopeFile,
  problems: ScopeProblem[],
): Fresh {
  const orphaned = parent === undefined ? null : parentProblem(resolver, path, parent);
  if (orphaned !== null) problems.push(orphaned);
  const targets = new Set<ScopePath>();
  let complete = true;
  for (const reference of dependencies) {
    const resolution = resolveDependency(resolver, path, reference);
    if (resolution.kind === 'scope') targets.add(resolution.path);
    else {
      problems.push(resolution.problem);
      if (resolution.problem.severity === 'error') complete = false;
    }
  }
  return { definition: { path, name, type, dependencies: [...targets].toSorted() }, complete };
}

/** A definition kept from before must not hold back the whole graph because a scope it needed has been removed. */
function withoutMissing(definition: ScopeDefinition, names: ScopeNames): ScopeDefinition {
  return { ...definition, dependencies: definition.dependencies.filter((path) => names.has(path)) };
}

/** Scopes of before whose files nobody could look at. */
function hiddenScopes({ outOfSight }: Tree, missing: readonly ScopeDefinition[]): readonly ScopeDefinition[] {
  if (outOfSight.length === 0) return [];
  const hidden = new Set(outOfSight);
  return missing.filter(({ path }) => isHidden(path, hidden));
}

function isHidden(scope: ScopePath, hidden: ReadonlySet<string>): boolean {
  if (hidden.has('.')) return true;
  return definitionFiles.some((name) => reaches(scope === '.' ? name : `${scope}/${name}`, hidden));
}

function hiddenNotice(path: ScopePath): ScopeProblem {
  const message = `${quote(path)} cannot be looked at: its last good definition stays in force`;
  return warningAt('LAST_GOOD_KEPT', null, message);
}

function keptNotice({ file, position, scope }: Place): ScopeProblem {
  const what = position === null ? 'is broken' : `the entry of ${named(scope)} is broken`;
  return warningAt(
    'LAST_GOOD_KEPT',
    position ?? wholeFile(file),
    `${what}: its last good definition stays in force`,
  );
}

function doubtfulNotice(file: string, scopes: readonly PresentScope[]): ScopeProblem {
  const [first] = scopes;
  const which =
    scopes.length === 1 && first !== undefined ? named(first.place.scope) : `${scopes.length} folders`;
  const message = `cannot be read for what it excludes: ${which} with a scope's file of its own and not known before is taken for no scope until it can be`;
  return warningAt('LAST_GOOD_KEPT', wholeFile(file), message);
}

function unreadNotice(file: string, scopes: readonly ScopeDefinition[]): ScopeProblem {
  const [first] = scopes;
  const which = scopes.length === 1 && first !== undefined ? named(first.path) : `${scopes.length} scopes`;
  const message = `cannot be read for the scopes that it lists: the last good definition of ${which} stays in force`;
  return warningAt('LAST_GOOD_KEPT', wholeFile(file), message);
}
