const header = /^[ \t]*\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+?)\r?$/gm;

/** Files that a patch of Codex's own form touches, as it names them, in its order and without repeats. */
export function patchPaths(patch: string): readonly string[] {
  return [...new Set(Array.from(patch.matchAll(header), ([, path = '']) => path.trim()))].filter(
    (path) => path !== '',
  );
}
