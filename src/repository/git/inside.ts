import { isAbsolute, relative, sep } from 'node:path';

/** Whether a path, as `relative` gives it, leads out of the folder that it is seen from. A folder may be called `..x`. */
export function leadsOut(path: string): boolean {
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
}

/** Whether something lies in a working tree, both by their real paths. Git's own folder is no part of the tree. */
export function isInside(root: string, target: string): boolean {
  const path = relative(root, target);
  return !leadsOut(path) && path !== '.git' && !path.startsWith(`.git${sep}`);
}
