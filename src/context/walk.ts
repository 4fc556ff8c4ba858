import { readdir, readFile } from 'node:fs/promises';
import { existsSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** The rules of one `.gitignore`, which concern the paths below its folder. */
interface Rules {
  /** With a trailing slash; empty for the top. */
  readonly base: string;
  readonly matcher: Ignore;
}

/**
 * The paths of all files with certain names, where Git is not installed: `.gitignore` files and `.git/info/exclude` are
 * respected, symlinks and repositories inside are left out. Tracked files are not known here, so one that is ignored
 * although it is tracked is missed.
 */
export async function walkFiles(root: string, wanted: (name: string) => boolean): Promise<string[]> {
  const found: string[] = [];
  const exclude = await rulesOf(join(root, '.git', 'info', 'exclude'), '');
  const pending: { readonly base: string; readonly rules: readonly Rules[] }[] = [
    { base: '', rules: exclude },
  ];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const { base } = folder;
    const rules = [...folder.rules, ...(await rulesOf(join(root, base, '.gitignore'), base))];
    for (const entry of await entriesOf(join(root, base))) {
      const path = `${base}${entry.name}`;
      if (entry.isDirectory()) {
        if (entersFolder(root, path, entry.name, rules)) pending.push({ base: `${path}/`, rules });
      } else if (wanted(entry.name) && !isIgnored(path, rules)) found.push(path);
    }
  }
  return found.toSorted();
}

function entersFolder(root: string, path: string, name: string, rules: readonly Rules[]): boolean {
  return name !== '.git' && !isIgnored(`${path}/`, rules) && !existsSync(join(root, path, '.git'));
}

/** The innermost `.gitignore` that says anything about a path decides. */
function isIgnored(path: string, rules: readonly Rules[]): boolean {
  for (const { base, matcher } of rules.toReversed()) {
    const verdict = matcher.test(path.slice(base.length));
    if (verdict.ignored || verdict.unignored) return verdict.ignored;
  }
  return false;
}

async function rulesOf(file: string, base: string): Promise<Rules[]> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? [] : [{ base, matcher: ignore().add(text) }];
}

/** A folder that cannot be entered has nothing to offer; Git, too, only warns. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}
