/** What the agents are given to do. The same seed gives the same jobs, whichever way they are done. */
import { Random } from '../../sim/random.ts';

export const agentNames = ['alice', 'bob', 'carol', 'dave'] as const;

/** By a tool of the client or by the shell; `sed` alone writes without what was read before. */
export type Means = 'Write' | 'cat' | 'sed';

export interface Edit {
  readonly file: string;
  /** Unique in the whole run, so that it can be looked for at the end. */
  readonly line: string;
  /** It comes after so many lines. */
  readonly after: number;
  readonly means: Means;
}

/** How an agent commits that thinks of nobody else. */
export type CommitStyle = 'add -A' | 'commit -a' | 'named';

/** `undo`: a trial that is taken back by `git checkout .`; `stash`: the tree is looked at without one's own changes in between. */
export type JobKind = 'change' | 'undo' | 'stash';

export interface Job {
  readonly name: string;
  readonly kind: JobKind;
  readonly edits: readonly Edit[];
  /** Steps between reading and writing, in which others go on. */
  readonly thinking: number;
  readonly style: CommitStyle;
}

const folders = ['api', 'docs', 'web'] as const;
export const files: readonly string[] = folders.flatMap((folder) =>
  ['a.ts', 'b.ts', 'c.ts'].map((name) => `${folder}/${name}`),
);

const linesOfFile = 30;
export const contentOf = (file: string): string =>
  Array.from({ length: linesOfFile }, (_, index) => `// line ${index + 1} of ${file}\n`).join('');

/** A line that was written for a job, and by whom. */
export const writtenLine = /^\/\/ (\w+) \d+\.\d+$/;

/** By agent, in turn. One of the jobs is a trial and one stashes, so whole-tree commands of Git come once or twice in a run. */
export function planJobs(seed: number, count: number): ReadonlyMap<string, readonly Job[]> {
  const random = new Random(seed);
  const numbers = Array.from({ length: count }, (_, index) => index);
  const [one, other] = random.some(numbers, 2);
  const [undo, stash] = random.happens(0.5) ? [one, other] : [other, one];
  const kindOf = (job: number): JobKind => (job === undo ? 'undo' : job === stash ? 'stash' : 'change');
  const jobs = numbers.map((job) => planJob(random, agentOf(job), job, kindOf(job)));
  return new Map(agentNames.map((agent) => [agent, jobs.filter((_, job) => agentOf(job) === agent)]));
}

const agentOf = (job: number): string => agentNames[job % agentNames.length] as string;

function planJob(random: Random, agent: string, job: number, kind: JobKind): Job {
  const edits = random.some(files, random.between(1, 3)).map((file, index) => ({
    file,
    line: `// ${agent} ${job + 1}.${index + 1}`,
    after: random.between(1, linesOfFile),
    means: random.weighted({ Write: 6, cat: 2, sed: 2 }),
  }));
  const style = random.pick<CommitStyle>(['add -A', 'commit -a', 'named']);
  return { name: `${agent} ${job + 1}`, kind, edits, thinking: random.between(1, 3), style };
}
