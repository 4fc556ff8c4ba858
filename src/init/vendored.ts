/** Scope files that came along with code of others: they describe the repository that it was taken from. */
import type { ScopePath } from '../core/index.ts';
import type { ScanResult } from '../repository/index.ts';
import type { ExistingScope } from './files/existing.ts';
import { byText, isWithin } from './paths.ts';
import type { LeftAside } from './situation.ts';

const foldersOfOthers: ReadonlySet<string> = new Set(['vendor', 'third_party', 'third-party']);

interface Found {
  readonly scan: ScanResult;
  readonly existing: ReadonlyMap<ScopePath, ExistingScope>;
}

/** What was found without them, and the patterns that leave them out. Where a scope outside needs one of them, they are meant. */
export function withoutVendored<T extends Found>(found: T): T & { readonly aside: LeftAside } {
  const vendored = new Map(
    [...found.existing.keys()].flatMap((path) => {
      const folder = path
        .split('/')
        .slice(0, -1)
        .find((one) => foldersOfOthers.has(one));
      return folder === undefined ? [] : [[path, folder] as const];
    }),
  );
  const { scan, existing } = found;
  const kept = scan.definitions.filter(({ path }) => !vendored.has(path));
  if (kept.some(({ dependencies }) => dependencies.some((to) => vendored.has(to))))
    return { ...found, aside: nothingAside };
  const isOfOthers = (file: string | null): boolean =>
    file !== null && [...vendored.keys()].some((path) => isWithin(path, file));
  return {
    ...found,
    scan: {
      ...scan,
      definitions: kept,
      problems: scan.problems.filter(({ file }) => !isOfOthers(file)),
    },
    existing: new Map([...existing].filter(([path]) => !vendored.has(path))),
    aside: {
      exclude: [...new Set([...vendored.values()].map((folder) => `**/${folder}/**`))].sort(byText),
      parts: vendored.size,
    },
  };
}

export const nothingAside: LeftAside = { exclude: [], parts: 0 };
