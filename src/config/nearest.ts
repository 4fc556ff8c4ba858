/** Beyond this length a comparison costs more than a suggestion is worth. */
const comparedLengthMax = 128;

/**
 * The candidate that a misspelt word most likely meant, or null when none is close: at most a third of its letters
 * wrong, case not counted.
 */
export function nearest<Word extends string>(word: string, candidates: Iterable<Word>): Word | null {
  let best: Word | null = null;
  let bestDistance = Math.max(1, Math.floor(Math.min(word.length, comparedLengthMax) / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** As {@link nearest}, of paths: long ones are alike by the folders that they have in common, so their last words must be alike, too. */
export function nearestPath<Path extends string>(path: string, candidates: Iterable<Path>): Path | null {
  const near = nearest(path, candidates);
  return near !== null && nearest(lastWord(path), [lastWord(near)]) !== null ? near : null;
}

const lastWord = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Insertions, deletions, replacements, and neighbours that changed places, that make one text the other; infinite for long texts. */
function editDistance(a: string, b: string): number {
  if (a.length > comparedLengthMax || b.length > comparedLengthMax) return Infinity;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const replaced = (previous[column - 1] ?? 0) + (isSame ? 0 : 1);
      const swapped = isSwapped ? (beforePrevious[column - 2] ?? Infinity) + 1 : Infinity;
      current.push(Math.min(replaced, swapped, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[b.length] ?? 0;
}
