/** What is replayed, and over which scopes. */
import { jobOfCommit, ClaimReader, type Choice, type Job } from '../../fit/index.ts';
import type { Call } from '../call.ts';
import type { Repository, Scan } from '../world/world.ts';
import { count } from '../../wording/index.ts';
import { ownLog } from './own-log.ts';
import { noScopes } from './scopes-of.ts';

/** Work of the past. */
export interface Subject {
  readonly kind: 'commits' | 'claims';
  /** In the order in which it was done; at least one. */
  readonly jobs: readonly Job[];
  /** Milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  /** What there is to say of it, for people. */
  readonly notes: readonly string[];
}

/** With fewer jobs the figures are chance. */
const jobsMin = 20;

/** The last commits of people, without merges. Null: there are none that can be read. */
export async function readCommits(call: Call, repository: Repository, max: number): Promise<Subject | null> {
  const history = await call.world.inspection.history(repository, max);
  const commits = history?.commits ?? [];
  const [last, first] = [commits[0], commits.at(-1)];
  if (history === null || last === undefined || first === undefined) return null;
  const { byBots, tooLarge } = history.leftOut;
  const notes = [
    ...(history.isShallow ? ['this is a shallow clone: what is older than its edge is not counted'] : []),
    ...(byBots > 0 ? [`${count(byBots, 'commit')} of bots left out`] : []),
    ...(tooLarge > 0 ? [`${count(tooLarge, 'commit')} of more than 1000 files left out`] : []),
    ...fewNotes(commits.length, 'commit'),
  ];
  const jobs = [...commits].reverse().map(jobOfCommit);
  return { kind: 'commits', jobs, fromMs: first.authoredAtMs, toMs: last.authoredAtMs, notes };
}

/** What agents have locked, from the log of this repository. */
export async function readClaims(call: Call, max: number): Promise<Subject | null> {
  const log = await ownLog(call);
  try {
    const reader = new ClaimReader(max);
    for await (const record of log.records) if (record.kind === 'entry') reader.take(record.entry);
    const { jobs, resources, from, to } = reader.result();
    if (from === null || to === null) return null;
    const notes = [
      ...(resources > 0 ? [`${count(resources, 'claim')} of resources alone left out`] : []),
      ...fewNotes(jobs.length, 'claim'),
    ];
    return { kind: 'claims', jobs, fromMs: from, toMs: to, notes };
  } finally {
    log.close();
  }
}

const fewNotes = (jobs: number, what: string): string[] =>
  jobs >= jobsMin ? [] : [`only ${count(jobs, what)}: with fewer than ${jobsMin} these figures are chance`];

export const isTooFew = ({ jobs }: Subject): boolean => jobs.length < jobsMin;

/** As the repository is coordinated now. */
export interface Present {
  readonly choice: Choice;
  readonly scan: Scan;
}

/** @throws CommandError NO_SCOPES where nothing is a scope. */
export async function readPresent(call: Call, repository: Repository): Promise<Present> {
  const scan = await call.world.inspection.scan(repository);
  if (scan.definitions.length === 0) throw noScopes();
  return { scan, choice: choiceOf(scan) };
}

function choiceOf({ definitions, settings }: Scan): Choice {
  return { settings, scopes: definitions.map(({ path }) => path) };
}
