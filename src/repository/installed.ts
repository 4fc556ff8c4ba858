/** Folders into which package managers put what others have written. */
const installedFolders: ReadonlySet<string> = new Set([
  'node_modules',
  'bower_components',
  'jspm_packages',
  'site-packages',
  'dist-packages',
  '.pnpm-store',
  '.yarn',
  'Pods',
]);

/**
 * Whether a path lies in an installed package. Such a package may ship scope files of its own: they describe the repository
 * that it was made in, and no scopes of this one, also where Git does not ignore them.
 */
export function isInstalled(path: string): boolean {
  return path.split('/').some((segment) => installedFolders.has(segment));
}
