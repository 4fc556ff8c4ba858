/** Where there is a main working tree, and it is not known which folder it is. */
export function ifUnknown(mainWorktree: string | null, bare: boolean): { mainWorktreeUnknown?: true } {
  return mainWorktree === null && !bare ? { mainWorktreeUnknown: true } : {};
}
