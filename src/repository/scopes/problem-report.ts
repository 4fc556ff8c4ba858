import type { ScopeProblem } from '../../protocol/index.ts';
import { warningAt, wholeFile } from './problems.ts';

/** One file can be wrong in thousands of ways; more than this helps nobody. */
const problemsPerFileMax = 20;

/** Problems in the order of files and lines, the first few of each file; what only follows from others comes last. */
export function forReport(problems: readonly ScopeProblem[]): ScopeProblem[] {
  const shown: ScopeProblem[] = [];
  const left = new Map<string, number>();
  const counts = new Map<string | null, number>();
  for (const problem of problems.toSorted(byPosition)) {
    const { file } = problem;
    const count = (counts.get(file) ?? 0) + 1;
    counts.set(file, count);
    if (file === null || count <= problemsPerFileMax) shown.push(problem);
    else left.set(file, count - problemsPerFileMax);
  }
  return [...shown, ...[...left].map(([file, count]) => moreProblems(file, count))];
}

function moreProblems(file: string, count: number): ScopeProblem {
  return warningAt(
    'TOO_MANY_PROBLEMS',
    wholeFile(file),
    `and ${count} more ${count === 1 ? 'problem' : 'problems'}: repair the others first`,
  );
}

/** That another file is broken is told of that file. */
const follows = ({ code }: ScopeProblem): boolean => code === 'BROKEN_DEPENDENCY';

function byPosition(a: ScopeProblem, b: ScopeProblem): number {
  if (follows(a) !== follows(b)) return follows(a) ? 1 : -1;
  const [fileA, fileB] = [a.file ?? '', b.file ?? ''];
  if (fileA !== fileB) return fileA < fileB ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
