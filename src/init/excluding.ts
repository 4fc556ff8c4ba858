/** Folders whose parts are no parts of the project: examples, test data, what others have written, what a tool has. */
import { isInstalled } from '../repository/index.ts';
import type { ScopePath } from '../core/index.ts';
import type { Unit } from './detectors/unit.ts';
import { baseName, byText, isWithin, top } from './paths.ts';

/** By these names nobody calls what he builds from. */
const asideAnywhere: ReadonlySet<string> = new Set([
  'fixtures',
  'fixture',
  '__fixtures__',
  'testdata',
  'test-data',
  'examples',
  'example',
  '_examples',
  'vendor',
  'third_party',
  'third-party',
  'generated',
  '__generated__',
]);

/** By these a package is called that is a sample; in other languages they are names of code like any other. */
const asideOfPackages: ReadonlySet<string> = new Set([
  'samples',
  'sample',
  'templates',
  'template',
  'demos',
  'playground',
  'playgrounds',
  '__tests__',
]);

/** Tests of a part may be packages of their own; tests of the whole repository are a part of it. */
const testFolders: ReadonlySet<string> = new Set(['test', 'tests', '__tests__', 'e2e', 'spec']);

const packageManifests = /^(?:package\.json|project\.json|Cargo\.toml|pyproject\.toml|setup\.(?:py|cfg))$/;

/**
 * Patterns that leave such parts to the scope around them, so that a graph shows what people work on. None where nothing else would
 * be left: then they are what people work on.
 */
export function proposedExclude(units: readonly Unit[]): string[] {
  const parts = units.filter(({ path }) => path !== top);
  const members = parts.filter(({ isMember }) => isMember === true);
  const found = parts.flatMap((unit) => patternFor(unit, parts, members) ?? []);
  return found.length === parts.length ? [] : [...new Set(found)].sort(byText);
}

function patternFor(unit: Unit, parts: readonly Unit[], members: readonly Unit[]): string | null {
  const { path, source } = unit;
  const isPackage = packageManifests.test(baseName(source));
  const above = path.split('/').slice(0, -1);
  const name = above.find(
    (one) => asideAnywhere.has(one) || isInstalled(one) || (isPackage && asideOfPackages.has(one)),
  );
  if (name !== undefined) return `**/${name}/**`;
  return isPackage ? (testsPattern(path, parts) ?? samplePattern(unit, parts, members)) : null;
}

/** The folder of tests that a package is in, or is, inside of another part. */
function testsPattern(path: ScopePath, parts: readonly Unit[]): string | null {
  const steps = path.split('/');
  const index = steps.findIndex((one) => testFolders.has(one));
  if (index <= 0) return null;
  const folder = steps.slice(0, index + 1).join('/');
  const isOfPart = parts.some((one) => isWithin(one.path, folder) && !isWithin(folder, one.path));
  if (!isOfPart) return null;
  return parts.some((one) => one.path === folder) ? folder : `${folder}/**`;
}

/** A package inside of a workspace's member that no workspace lists is one of its templates, or something to try it on. */
function samplePattern(
  { path, isMember }: Unit,
  parts: readonly Unit[],
  members: readonly Unit[],
): string | null {
  const holder = isMember === false ? members.find((one) => isWithin(one.path, path))?.path : undefined;
  if (holder === undefined) return null;
  const inside = parts.filter((one) => one.path !== holder && isWithin(holder, one.path));
  return inside.every((one) => one.isMember === false) ? `${holder}/**` : path;
}
