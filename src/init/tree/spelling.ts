/** Paths in one Unicode form, whatever form the disk keeps them in. */
import { warning, type Notices } from '../notices.ts';
import { folderOf } from '../paths.ts';

/** The folders whose name on disk is in another Unicode form. */
export function otherSpellings(spelling: ReadonlyMap<string, string>): Map<string, string> {
  const folders = new Map<string, string>();
  for (let [file, onDisk] of spelling)
    while (file !== onDisk && file !== '.') {
      [file, onDisk] = [folderOf(file), folderOf(onDisk)];
      folders.set(file, onDisk);
    }
  return folders;
}

/** Canonical path to the spelling on disk. */
export function inOneForm(listed: Iterable<string>, notices: Notices): Map<string, string> {
  const spelling = new Map<string, string>();
  const paths = [...listed];
  noteTwins(paths, notices);
  for (const path of paths) {
    const file = path.normalize('NFC');
    if (!isUsable(file)) {
      const message = 'has a backslash, a control character or broken text in its path: not looked at';
      notices.add(warning('INVALID_PATH', { file }, message));
    } else if (!spelling.has(file)) spelling.set(file, path);
  }
  return spelling;
}

function isUsable(file: string): boolean {
  return !/[\p{Cc}\\\uFFFD]/u.test(file);
}

/**
 * Two names that differ in Unicode form only are one to us, though not to every disk: what lies under one of them may be
 * missed, and people cannot see which.
 */
function noteTwins(paths: readonly string[], notices: Notices): void {
  const odd = paths.filter((path) => path !== path.normalize('NFC'));
  if (odd.length === 0) return;
  const onDisk = new Set(paths.flatMap(stepsOf));
  const noted = new Set<string>();
  for (const path of odd.flatMap((one) => twinOf(one, onDisk) ?? [])) {
    const file = path.normalize('NFC');
    if (noted.has(file)) continue;
    noted.add(file);
    const message =
      'is there twice, under names that differ in Unicode form only (NFC and NFD): only one can be looked at, rename the other';
    notices.addGap(warning('INVALID_PATH', { file }, message));
  }
}

/** The outermost folder on a path, or the file itself, that is there in the usual form as well. */
function twinOf(path: string, onDisk: ReadonlySet<string>): string | null {
  const isTwin = (step: string): boolean =>
    step !== step.normalize('NFC') && onDisk.has(step.normalize('NFC'));
  return stepsOf(path).find(isTwin) ?? null;
}

/** A path's folders, outermost first, and itself. */
function stepsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
