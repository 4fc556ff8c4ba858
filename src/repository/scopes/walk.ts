import { readdir } from 'node:fs/promises';
import { existsSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { readRegularFileAsync } from '../git/regular-file.ts';
import { isInstalled } from '../installed.ts';

/** A folder still to be read, and the ignore rules in force in it, outermost first. */
interface Pending {
  /** Path with a trailing slash; empty for the top. */
  readonly base: string;
  readonly rules: readonly string[];
}

/**
 * The paths of all files with certain names, where Git is not installed: `.gitignore` files and `.git/info/exclude` are
 * respected, symlinks and repositories inside are left out. Tracked files are not known here, so one that is ignored
 * although it is tracked is missed.
 */
export async function walkFiles(root: string, wanted: (name: string) => boolean): Promise<string[]> {
  const found: string[] = [];
  const pending: Pending[] = [{ base: '', rules: await rulesOf(join(root, '.git', 'info', 'exclude'), '') }];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const { base } = folder;
    const rules = [...folder.rules, ...(await rulesOf(join(root, base, '.gitignore'), base))];
    const matcher = ignore().add(rules);
    for (const entry of await entriesOf(join(root, base))) {
      const path = `${base}${entry.name}`;
      if (entry.isDirectory()) {
        if (isEntered(root, path, entry.name, matcher)) pending.push({ base: `${path}/`, rules });
      } else if (wanted(entry.name) && !matcher.ignores(path)) found.push(path);
    }
  }
  return found.toSorted();
}

function isEntered(root: string, path: string, name: string, matcher: Ignore): boolean {
  return (
    name !== '.git' &&
    !isInstalled(name) &&
    !matcher.ignores(`${path}/`) &&
    !existsSync(join(root, path, '.git'))
  );
}

/** None where there is no such file, or anything else in its place: a pipe would be waited for. */
async function rulesOf(file: string, base: string): Promise<string[]> {
  const read = await readRegularFileAsync(file, { followLink: true });
  const text = read.ok ? read.bytes.toString('utf8') : '';
  const rules = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return base === '' ? rules : rules.map((rule) => seenFromTop(rule, base));
}

/** A rule of a nested `.gitignore`, rewritten so that it means the same at the top. */
function seenFromTop(rule: string, base: string): string {
  const negation = rule.startsWith('!') ? '!' : '';
  const pattern = rule.slice(negation.length);
  const folder = base.replace(/[\\*?[\]!# ]/g, '\\$&');
  // Without a slash inside, a pattern matches at any depth below its folder.
  const anchored = /\/./.test(pattern);
  return `${negation}/${folder}${anchored ? pattern.replace(/^\//, '') : `**/${pattern}`}`;
}

/** A folder that cannot be entered has nothing to offer; Git, too, only warns. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}
