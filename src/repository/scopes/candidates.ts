import { parseScopePath, quote, type ScopePath } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { errorAt, warningAt, wholeFile, type Position } from './problems.ts';

/** Names of a scope's definition file, relative to the scope's folder, in order of precedence. */
export const definitionFiles = [
  '.rhema/rhema.yaml',
  '.rhema/scope.yaml',
  'rhema.yaml',
  'scope.yaml',
] as const;
export type DefinitionFile = (typeof definitionFiles)[number];

/** Whether a file of this name may define a scope. */
export function isDefinitionName(name: string): boolean {
  return name === 'rhema.yaml' || name === 'scope.yaml';
}

/** A file whose name says that it defines a scope. */
export interface Candidate {
  /** The scope that it would define. */
  readonly scope: ScopePath;
  /** Repository-relative, as it is on disk. */
  readonly file: string;
  readonly kind: DefinitionFile;
}

/** Where a scope is defined: in a file of its own, or at a place in the root scope's. */
export interface Place {
  readonly scope: ScopePath;
  readonly file: string;
  /** `listed`: an entry of its own. `split`: one of the folders that a pattern fits. */
  readonly kind: DefinitionFile | 'listed' | 'split';
  /** Null for a file of its own. */
  readonly position: Position | null;
}

/** What a scope is called that has no name. */
export function folderName(scope: ScopePath): string {
  return scope === '.' ? 'root' : scope.slice(scope.lastIndexOf('/') + 1);
}

export interface Candidates {
  /** One for each folder, sorted by scope. */
  readonly chosen: readonly Candidate[];
  readonly problems: readonly ScopeProblem[];
}

/** Picks each folder's definition file from the paths of all files that bear one of the names. */
export function chooseCandidates(files: Iterable<string>): Candidates {
  const problems: ScopeProblem[] = [];
  const byScope = new Map<ScopePath, Candidate[]>();
  for (const file of files) {
    const candidate = candidateOf(file, problems);
    if (candidate === null) continue;
    const rivals = byScope.get(candidate.scope);
    if (rivals === undefined) byScope.set(candidate.scope, [candidate]);
    else rivals.push(candidate);
  }
  const chosen = [...byScope.values()].flatMap((rivals) => choose(rivals, problems));
  chosen.sort((a, b) => (a.scope < b.scope ? -1 : 1));
  return { chosen, problems };
}

function candidateOf(file: string, problems: ScopeProblem[]): Candidate | null {
  const kind = definitionFiles.find((name) => file === name || file.endsWith(`/${name}`));
  if (kind === undefined) return misplaced(file, problems);
  const folder = file.slice(0, -kind.length - 1);
  if (folder.split('/').includes('.rhema')) return misplaced(file, problems);
  const parsed = parseScopePath(folder === '' ? '.' : folder);
  if (!parsed.ok || folder.includes('\\')) {
    const reason = parsed.ok ? `folder ${quote(folder)} has a backslash in its name` : parsed.problem;
    problems.push(errorAt('INVALID_PATH', wholeFile(quote(file)), `${reason}: rename the folder`));
    return null;
  }
  return { scope: parsed.value, file, kind };
}

/** Deeper inside a `.rhema` folder nothing is a scope; plain `scope.yaml` files there are nobody's mistake. */
function misplaced(file: string, problems: ScopeProblem[]): null {
  if (file.endsWith('rhema.yaml'))
    problems.push(
      warningAt(
        'MISPLACED_FILE',
        wholeFile(file),
        `ignored: a scope's file lies directly in its .rhema folder`,
      ),
    );
  return null;
}

function choose(rivals: readonly Candidate[], problems: ScopeProblem[]): Candidate[] {
  const sorted = rivals.toSorted(
    (a, b) => definitionFiles.indexOf(a.kind) - definitionFiles.indexOf(b.kind) || (a.file < b.file ? -1 : 1),
  );
  const [first, ...others] = sorted;
  if (first === undefined) return [];
  for (const other of others) if (other.kind !== 'scope.yaml') problems.push(shadowed(first, other));
  return [first];
}

function shadowed(first: Candidate, other: Candidate): ScopeProblem {
  const position = wholeFile(other.file);
  if (first.kind === other.kind)
    return errorAt(
      'DUPLICATE_SCOPE',
      position,
      `ignored: ${quote(first.file)} defines the same scope, its folder differs only in Unicode form: rename one`,
    );
  return warningAt('SHADOWED_FILE', position, `ignored: ${first.file} takes precedence: remove one of them`);
}
