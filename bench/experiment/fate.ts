/** What became of the agents' work, by the history of the repository and by its working tree, and not by what anybody says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { files, writtenLine } from './jobs.ts';
import type { Ground } from './ground.ts';

export interface Fate {
  readonly commits: number;
  /** Lines that are in no commit, nor in the working tree. */
  readonly lost: number;
  /** Lines that are in a commit, and that a later write has taken out again. */
  readonly overwritten: number;
  /** Files in a commit of another agent than the one that wrote there: one that did so twice counts as two. */
  readonly swept: number;
}

interface Added {
  readonly line: string;
  readonly writer: string;
  readonly committer: string;
  readonly commit: number;
  readonly file: string;
}

export function fateOf(ground: Ground, written: ReadonlySet<string>): Fate {
  const history = ground.git('log', '--reverse', '--patch', '--no-renames', '--format=commit by %an');
  const { added, commits } = addedIn(history);
  const there = new Set(files.flatMap((file) => readFileSync(join(ground.root, file), 'utf8').split('\n')));
  const committed = new Set(added.map(({ line }) => line));
  const gone = [...written].filter((line) => !there.has(line));
  const lost = gone.filter((line) => !committed.has(line)).length;
  const foreign = firstOfEach(added).filter(({ writer, committer }) => writer !== committer);
  const swept = new Set(foreign.map(({ commit, file }) => `${commit} ${file}`)).size;
  return { commits, lost, overwritten: gone.length - lost, swept };
}

/** A line that was overwritten may be added again. */
function firstOfEach(added: readonly Added[]): readonly Added[] {
  const first = new Map<string, Added>();
  for (const one of added) if (!first.has(one.line)) first.set(one.line, one);
  return [...first.values()];
}

/** The commit that made the repository is not counted. */
function addedIn(history: string): { readonly added: readonly Added[]; readonly commits: number } {
  const added: Added[] = [];
  let commits = -1;
  let [committer, file] = ['', ''];
  for (const text of history.split('\n')) {
    if (text.startsWith('commit by ')) {
      commits += 1;
      committer = text.slice('commit by '.length);
    } else if (text.startsWith('+++ b/')) file = text.slice('+++ b/'.length);
    else if (text.startsWith('+')) {
      const line = text.slice(1);
      const [, writer] = writtenLine.exec(line) ?? [];
      if (writer !== undefined) added.push({ line, writer, committer, commit: commits, file });
    }
  }
  return { added, commits };
}
