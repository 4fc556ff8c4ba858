import { parseScopePath, quote, type Parsed, type ScopePath } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { nearest } from '../../config/index.ts';
import { isExplicitlyRelative, joinScopePath, stripDefinitionFile } from '../path-text.ts';
import { errorAt, warningAt } from './problems.ts';
import type { DependencyReference } from './read-dependencies.ts';
import type { ScopeNames } from './scope-names.ts';

/** What a reference is resolved against. */
export interface Resolver {
  readonly names: ScopeNames;
  /** Scopes that exist but whose files cannot be used. */
  readonly broken: ReadonlySet<ScopePath>;
  /** Top folder of the working tree; null without one. Absolute paths below it are understood. */
  readonly root: string | null;
  /** Where a path of the repository really leads, when a symlink is on it; null: nowhere, or outside. */
  readonly followSymlinks: (path: ScopePath) => ScopePath | null;
  /** Comparing with every name is slow in a large repository, so only the first few problems get a suggestion. */
  readonly suggestions: { left: number };
}

export type Resolution =
  | { readonly kind: 'scope'; readonly path: ScopePath }
  /** Not a scope, and not meant to be one. */
  | { readonly kind: 'none'; readonly problem: ScopeProblem };

/** Files that list packages; automatic configuration writes them as if they were dependencies between scopes. */
const manifestPattern =
  /(?:^|\/)(?:Cargo\.toml|package\.json|requirements\.txt|pyproject\.toml|go\.mod|pom\.xml|build\.gradle(?:\.kts)?|Gemfile|composer\.json)$/;

/**
 * The scope that a dependency means. Files in use write it as a path from the scope's folder, as a path from the top, as
 * an id (`libs/core/.rhema`) or as a name; every reading that leads to a scope counts, and two that lead to
 * different ones are an error. `./x` and `../x` are read from the scope's folder only, `/x` from the top only: so
 * there is always a way to say which one is meant.
 */
export function resolveDependency(
  resolver: Resolver,
  from: ScopePath,
  reference: DependencyReference,
): Resolution {
  const readings = readingsOf(resolver, from, reference);
  const found = new Set(
    readings.paths.filter((path) => resolver.names.has(path) || resolver.broken.has(path)),
  );
  if (!readings.explicit) for (const path of resolver.names.withName(reference.text)) found.add(path);
  if (found.size === 0) addFollowed(resolver, readings.paths, found);
  // Nothing depends on itself, so if there is another reading that one is meant.
  if (found.size > 1) found.delete(from);
  const [path, other] = found;
  if (path === undefined) return none(unresolved(resolver, reference, readings));
  if (other !== undefined) return none(ambiguous(reference, [...found].toSorted()));
  if (resolver.broken.has(path)) return none(brokenTarget(reference));
  return { kind: 'scope', path };
}

/** What is wrong with the parent that a scope names; null where that is a scope. */
export function parentProblem(
  resolver: Resolver,
  from: ScopePath,
  parent: DependencyReference,
): ScopeProblem | null {
  const resolution = resolveDependency(resolver, from, parent);
  if (resolution.kind === 'scope' || !leadsNowhere.has(resolution.problem.code)) return null;
  const message = `parent ${quote(parent.text)} is no scope: name one that there is, or take the line out`;
  return warningAt('UNKNOWN_PARENT', parent.position, message);
}

const leadsNowhere: ReadonlySet<string> = new Set([
  'UNKNOWN_DEPENDENCY',
  'EXTERNAL_DEPENDENCY',
  'INVALID_DEPENDENCY',
  'OUTSIDE_REPOSITORY',
]);

interface Readings {
  readonly paths: readonly ScopePath[];
  /** Written so that only paths can be meant. */
  readonly explicit: boolean;
  /** Why the text cannot be a path inside the repository; null when it can. */
  readonly trouble: string | null;
}

function readingsOf({ root }: Resolver, from: ScopePath, { text }: DependencyReference): Readings {
  const path = stripDefinitionFile(text.trim().replaceAll('\\', '/'));
  if (path.startsWith('/')) return asReadings([fromTop(root, path)], true);
  const relative = joinScopePath(from, path);
  if (isExplicitlyRelative(text.trim())) return asReadings([relative], true);
  return asReadings([relative, parseScopePath(path)], false);
}

function fromTop(root: string | null, path: string): Parsed<ScopePath> {
  const inside = root !== null && (path === root || path.startsWith(`${root}/`));
  const rest = inside ? path.slice(root.length) : path;
  return parseScopePath(rest.replace(/^\/+/, '') || '.');
}

function asReadings(parsed: readonly Parsed<ScopePath>[], explicit: boolean): Readings {
  const paths = parsed.flatMap((one) => (one.ok ? [one.value] : []));
  const first = parsed.find((one) => !one.ok);
  return { paths, explicit, trouble: paths.length > 0 || first === undefined ? null : first.problem };
}

function addFollowed(
  { names, followSymlinks }: Resolver,
  paths: readonly ScopePath[],
  found: Set<ScopePath>,
): void {
  for (const path of paths) {
    const target = followSymlinks(path);
    if (target !== null && names.has(target)) found.add(target);
  }
}

function none(problem: ScopeProblem): Resolution {
  return { kind: 'none', problem };
}

/** More would not make the message clearer. */
const meaningsShownMax = 5;

function ambiguous({ text, position }: DependencyReference, meanings: readonly ScopePath[]): ScopeProblem {
  const paths = meanings.slice(0, meaningsShownMax);
  return errorAt(
    'AMBIGUOUS_DEPENDENCY',
    position,
    `dependency ${quote(text)} may mean any of ${paths.map((path) => quote(path)).join(', ')}: write ${paths.map((path) => quote(`/${path}`)).join(' or ')}`,
  );
}

function unresolved(resolver: Resolver, reference: DependencyReference, readings: Readings): ScopeProblem {
  const { text, by, position } = reference;
  if (by === 'name' || manifestPattern.test(text))
    return warningAt('EXTERNAL_DEPENDENCY', position, externalMessage(text));
  if (readings.trouble !== null) {
    const code = /(?:^|[\\/])\.\.(?:[\\/]|$)/.test(text) ? 'OUTSIDE_REPOSITORY' : 'INVALID_DEPENDENCY';
    return errorAt(code, position, `dependency: ${readings.trouble}`);
  }
  return errorAt(
    'UNKNOWN_DEPENDENCY',
    position,
    `dependency ${quote(text)} is no scope${advice(resolver, text)}`,
  );
}

function brokenTarget({ text, position }: DependencyReference): ScopeProblem {
  const message = `dependency ${quote(text)} is a scope whose own file cannot be used: repair that first`;
  return errorAt('BROKEN_DEPENDENCY', position, message);
}

function externalMessage(text: string): string {
  return `dependency ${quote(text)} names no scope of this repository: taken for an external package and ignored`;
}

function advice({ names, suggestions }: Resolver, text: string): string {
  const stripped = stripDefinitionFile(text.trim());
  const bare = stripped.replace(/^(?:\.{0,2}\/)+/, '');
  const spelled = names.spelledLike(bare);
  if (spelled !== null && spelled !== bare) return `: upper and lower case count, write ${quote(spelled)}`;
  if (suggestions.left > 0) {
    suggestions.left -= 1;
    const near = nearest(bare, names.texts());
    if (near !== null) return `: did you mean ${quote(near)}?`;
  }
  return `: write the path of a folder with a rhema.yaml, from this folder or from the top`;
}
