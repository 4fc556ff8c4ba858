/** A folder that Git could not open: what is in it is missing from what Git lists, though it may not be gone. */
export interface UnopenedFolder {
  /** Repository-relative. */
  readonly file: string;
  readonly message: string;
}

/** The folders that Git warned of when it listed a working tree from its top. */
export function unopenedFolders(said: string): UnopenedFolder[] {
  const warnings = said.matchAll(/^warning: could not open directory '(.+?)\/?': (.+)$/gm);
  return [...warnings].map(([, file = '', reason = '']) => ({
    file,
    message: `is a folder that cannot be opened (${reason}): nobody knows what is in it`,
  }));
}
