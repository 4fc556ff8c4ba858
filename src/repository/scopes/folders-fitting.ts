import { fitsFolder, parseScopePath, type PathPattern, type ScopePath } from '../../core/index.ts';
import { isInstalled } from '../installed.ts';

/** The folders of some files that one of the patterns fits, sorted; none of installed packages. */
export function foldersFitting(files: Iterable<string>, patterns: readonly PathPattern[]): ScopePath[] {
  const fitting = new Set<ScopePath>();
  const seen = new Set<string>();
  for (const file of files)
    for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) {
      const folder = file.slice(0, end);
      if (seen.has(folder)) break;
      seen.add(folder);
      const path = patterns.some((pattern) => fitsFolder(pattern, folder.normalize('NFC')))
        ? pathOf(folder)
        : null;
      if (path !== null) fitting.add(path);
    }
  return [...fitting].toSorted();
}

/** Null for what can be no scope. */
function pathOf(folder: string): ScopePath | null {
  const parsed = folder.includes('\\') || isInstalled(folder) ? null : parseScopePath(folder);
  return parsed?.ok === true && !parsed.value.split('/').includes('.rhema') ? parsed.value : null;
}

/** Folders in which all lies that the patterns may fit, from the top; `.`: it may lie anywhere. */
export function rootsOf(patterns: readonly PathPattern[]): string[] {
  const roots = patterns.flatMap(({ ways }) =>
    ways.map(({ steps }) => {
      const open = steps.findIndex((step) => /[*?]/.test(step));
      return (open === -1 ? steps : steps.slice(0, open)).join('/') || '.';
    }),
  );
  return roots.includes('.') ? ['.'] : [...new Set(roots)];
}
