import { quote, type ScopeDefinition, type ScopePath } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { definitionFiles } from './candidates.ts';
import { warningAt, wholeFile } from './problems.ts';
import type { ReadCandidate } from './read-candidate.ts';
import type { ScopeFile } from './read-scope.ts';
import { resolveDependency, type Resolver } from './resolve.ts';
import { ScopeNames, type NamedScope } from './scope-names.ts';
import type { Tree } from './tree.ts';

export interface DefinitionInput {
  readonly tree: Tree;
  /** Every scope that has a file, broken ones included. */
  readonly present: readonly ReadCandidate[];
  readonly previous: readonly ScopeDefinition[];
}

export interface Definitions {
  /** Sorted by path; every dependency is in the list. */
  readonly definitions: readonly ScopeDefinition[];
  readonly problems: readonly ScopeProblem[];
}

/** Turns what the files say into the definitions for the core, keeping the last good one where a file is broken. */
export function defineScopes({ tree, present, previous }: DefinitionInput): Definitions {
  const lastGood = new Map(previous.map((definition) => [definition.path, definition]));
  const hidden = hiddenScopes(tree, present, previous);
  const resolver = makeResolver(tree, present, { lastGood, hidden });
  const problems: ScopeProblem[] = [];
  const definitions: ScopeDefinition[] = [];
  for (const { candidate, scope } of present) {
    const kept = lastGood.get(candidate.scope);
    const fresh = scope === null ? null : defineScope(resolver, candidate.scope, scope, problems);
    if (fresh !== null && (fresh.complete || kept === undefined)) definitions.push(fresh.definition);
    else if (kept !== undefined) {
      definitions.push(withoutMissing(kept, resolver.names));
      problems.push(keptNotice(candidate.file));
    }
  }
  for (const kept of hidden) {
    definitions.push(withoutMissing(kept, resolver.names));
    problems.push(hiddenNotice(kept.path));
  }
  return { definitions: definitions.toSorted((a, b) => (a.path < b.path ? -1 : 1)), problems };
}

const suggestionsMax = 20;

interface Known {
  readonly lastGood: ReadonlyMap<ScopePath, ScopeDefinition>;
  readonly hidden: readonly ScopeDefinition[];
}

function makeResolver(tree: Tree, present: readonly ReadCandidate[], { lastGood, hidden }: Known): Resolver {
  const named: NamedScope[] = [...hidden];
  const broken = new Set<ScopePath>();
  for (const { candidate, scope } of present) {
    const name = scope?.name ?? lastGood.get(candidate.scope)?.name;
    if (name === undefined) broken.add(candidate.scope);
    else named.push({ path: candidate.scope, name });
  }
  return {
    names: new ScopeNames(named),
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
  { name, type, dependencies }: ScopeFile,
  problems: ScopeProblem[],
): Fresh {
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
function hiddenScopes(
  { outOfSight }: Tree,
  present: readonly ReadCandidate[],
  previous: readonly ScopeDefinition[],
): readonly ScopeDefinition[] {
  if (outOfSight.length === 0) return [];
  const hidden = new Set(outOfSight);
  const found = new Set(present.map(({ candidate }) => candidate.scope));
  return previous.filter(({ path }) => !found.has(path) && isHidden(path, hidden));
}

function isHidden(scope: ScopePath, hidden: ReadonlySet<string>): boolean {
  if (hidden.has('.')) return true;
  return definitionFiles.some((name) => withFolders(scope === '.' ? name : `${scope}/${name}`, hidden));
}

/** Whether a file or one of its folders is among the places. */
function withFolders(file: string, hidden: ReadonlySet<string>): boolean {
  for (let end = file.length; end > 0; end = file.lastIndexOf('/', end - 1))
    if (hidden.has(file.slice(0, end))) return true;
  return false;
}

function hiddenNotice(path: ScopePath): ScopeProblem {
  const message = `${quote(path)} cannot be looked at: its last good definition stays in force`;
  return warningAt('LAST_GOOD_KEPT', null, message);
}

function keptNotice(file: string): ScopeProblem {
  return warningAt('LAST_GOOD_KEPT', wholeFile(file), `is broken: its last good definition stays in force`);
}
