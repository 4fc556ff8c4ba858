import { gainFor, type TeamGain } from '../../fit/index.ts';
import type { Call } from '../call.ts';
import { line } from '../format/text.ts';
import type { Repository } from '../world/world.ts';
import { count, duration } from '../../wording/index.ts';
import { isTooFew, readCommits, readPresent, type Subject } from './fit-subject.ts';

const commitsMax = 300;
const agents = 3;
/** Nobody waits for long for a line that he has not asked for. */
const patienceMs = 5_000;

/** What three agents would have gained over the commits of people, for whoever has just described the scopes. */
export interface ShortFit {
  readonly commits: number;
  readonly gain: TeamGain | 'tooFew' | 'tookTooLong';
}

class TookTooLong extends Error {}

/**
 * Null where there is no history, where the working tree is not the one that scopes are read from, and where it fails: what was asked
 * for has been done already.
 */
export async function shortFit(call: Call): Promise<ShortFit | null> {
  try {
    return await replayed(call);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    call.note(line`the history was not replayed: ${reason}`);
    return null;
  }
}

async function replayed(call: Call): Promise<ShortFit | null> {
  const repository = await call.repository();
  if (repository.worktree !== repository.mainWorktree) return null;
  const subject = await readCommits(call, repository, commitsMax);
  if (subject === null) return null;
  const commits = subject.jobs.length;
  return { commits, gain: isTooFew(subject) ? 'tooFew' : await gainInTime(call, repository, subject) };
}

async function gainInTime(
  call: Call,
  repository: Repository,
  { jobs }: Subject,
): Promise<TeamGain | 'tookTooLong'> {
  const { choice } = await readPresent(call, repository);
  const { clock } = call.ports;
  const untilMs = clock.monotonicMs() + patienceMs;
  try {
    return gainFor({ jobs, choice, agents }, () => {
      if (clock.monotonicMs() > untilMs) throw new TookTooLong();
    });
  } catch (error) {
    if (error instanceof TookTooLong) return 'tookTooLong';
    throw error;
  }
}

/** On one line, for people; empty where there is nothing to say. */
export function shortFitText(short: ShortFit | null): string {
  if (short === null) return '';
  const { commits, gain } = short;
  const more = 'rhema fit tells what several agents would have gained';
  const work = `${count(commits, 'commit')} of people`;
  if (gain === 'tooFew') return `${work} so far: ${more}`;
  if (gain === 'tookTooLong') return `replaying ${work} takes longer than ${duration(patienceMs)}: ${more}`;
  const [waiting, hooked] = [gain.gain.toFixed(1), gain.withHooks.toFixed(1)];
  return `over the last ${work} ${agents} agents with hooks would have done ${hooked} times the work of one, and ${waiting} times if each waits for its next job with all its files: rhema fit tells more`;
}
