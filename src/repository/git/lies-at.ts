import { statSync } from 'node:fs';

/** What lies at a path; a link is what it leads to. */
export function liesAt(path: string): 'folder' | 'file' | 'nothing' {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return 'nothing';
    return stat.isDirectory() ? 'folder' : 'file';
  } catch {
    return 'nothing';
  }
}
