/** Git writes them at the beginning of a line, where no file of keys and values has them. */
const marker = /^(?:[<>|]{7} .*|={7})\r?$/m;

/** What is to be said of a text in which Git has left both sides of a merge; null: it has not. `line` is from 1. */
export function unresolvedMerge(text: string): { readonly line: number; readonly message: string } | null {
  const found = marker.exec(text);
  if (found === null) return null;
  return { line: text.slice(0, found.index).split('\n').length, message: mergeMessage };
}

const mergeMessage = 'a merge conflict is not resolved: keep one side, and take its markers out';
