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

/** Tests of a part may have packages of their own in them; tests of the whole repository are a part of it. */
const testFolders: ReadonlySet<string> = new Set(['test', 'tests', 'e2e', 'spec']);

const packageManifests = /^(?:package\.json|project\.json|Cargo\.toml|pyproject\.toml|setup\.(?:py|cfg))$/;

/**
 * Patterns that leave such parts to the scope around them, so that a graph shows what people work on. None where nothing else would
 * be left: then they are what people work on.
 */
export function proposedExclude(units: readonly Unit[]): string[] {
  const paths = units.map(({ path }) => path).filter((path) => path !== top);
  const found = units.flatMap((unit) => {
    const pattern = unit.path === top ? null : patternFor(unit, paths);
    return pattern === null ? [] : [pattern];
  });
  return found.length === paths.length ? [] : [...new Set(found)].sort(byText);
}

function patternFor({ path, source }: Unit, paths: readonly ScopePath[]): string | null {
  const isPackage = packageManifests.test(baseName(source));
  const above = path.split('/').slice(0, -1);
  const name = above.find(
    (one) => asideAnywhere.has(one) || isInstalled(one) || (isPackage && asideOfPackages.has(one)),
  );
  if (name !== undefined) return `**/${name}/**`;
  const index = above.findIndex((one) => testFolders.has(one));
  if (index <= 0 || !isPackage) return null;
  const folder = above.slice(0, index + 1).join('/');
  const isOfPart = paths.some((one) => one !== path && isWithin(one, folder) && !isWithin(folder, one));
  return isOfPart ? `${folder}/**` : null;
}
