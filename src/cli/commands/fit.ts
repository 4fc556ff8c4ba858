import { parsePattern, type ClaimLevel } from '../../core/index.ts';
import { fit, unfitting, type Change, type Choice, type Fit } from '../../fit/index.ts';
import { freeAmong, settingLines, type BlockSetting } from '../../init/index.ts';
import { CommandError, invalidInput } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import type { Call } from '../call.ts';
import { fitText } from '../format/fit.ts';
import { problemsText } from '../format/views.ts';
import { whileTelling } from '../process/live-line.ts';
import type { Repository } from '../world/world.ts';
import { tellCoordinator } from './coordinator-refresh.ts';
import { readClaims, readCommits, readPresent, type Subject } from './fit-subject.ts';
import { numberOption } from './number-option.ts';
import { writeFiles } from './scope-plan.ts';

export interface FitScopesInput {
  readonly commits: string;
  readonly agents: string;
  readonly fromLog?: boolean;
  readonly claim?: string;
  readonly free?: readonly string[];
  readonly split?: readonly string[];
  readonly locks?: string;
  readonly write?: boolean;
}

const commitsMax = 5_000;
const agentsMax = 50;
const locksMax = 1_000;

/** Whether the scopes fit the work that was done here, and what would fit better. */
export async function fitScopes(call: Call, input: FitScopesInput): Promise<Outcome> {
  const max = numberOption('--commits', input.commits, 1, commitsMax);
  const agents = numberOption('--agents', input.agents, 2, agentsMax);
  const asked = askedFor(input);
  const repository = await call.repository();
  const { choice, scan } = await readPresent(call, repository);
  const problems = scan.problems.filter(({ severity }) => severity === 'error');
  if (problems.length > 0) call.note(problemsText(call.errorStyle, problems));
  const subject = await whileTelling(call, 'reading what was done here', () =>
    input.fromLog === true ? readClaims(call, max) : readCommits(call, repository, max),
  );
  if (subject === null) throw nothingDone(input.fromLog === true);
  const { jobs } = subject;
  refuseUnfitting(asked, subject);
  const freeable = await freeAmong(
    jobs.flatMap(({ files }) => files),
    choice.settings.freePaths,
  );
  const result = fit({ jobs, choice, agents, asked, freeable, settable });
  return input.write === true
    ? write(call, repository, { subject, choice, result, agents })
    : told({ subject, choice, result, agents }, null);
}

interface Answer {
  readonly subject: Subject;
  readonly choice: Choice;
  readonly result: Fit;
  readonly agents: number;
}

function nothingDone(fromLog: boolean): CommandError {
  const message = fromLog
    ? 'no agent has locked anything here yet: without --from-log commits are replayed'
    : 'no commit of a person can be read here, but the one that began it: there is nothing to replay';
  return new CommandError('NO_HISTORY', exitCodes.failure, message);
}

/** What `--write` may write: a split is not recommended. */
const settable: ReadonlySet<Change['key']> = new Set<Change['key']>([
  'claim',
  'free',
  'max_locks_per_agent',
  'max_concurrent_agents',
]);

function askedFor({ claim, free, split, locks }: FitScopesInput): Change[] {
  return [
    ...(claim === undefined ? [] : [{ key: 'claim', value: claimOf(claim) } as const]),
    ...(free === undefined ? [] : [{ key: 'free', add: patternsOf('--free', free) } as const]),
    ...(split === undefined ? [] : [{ key: 'split', add: patternsOf('--split', split) } as const]),
    ...(locks === undefined
      ? []
      : [{ key: 'max_locks_per_agent', value: numberOption('--locks', locks, 1, locksMax) } as const]),
  ];
}

/** A figure that cannot change would be taken for an answer. */
function refuseUnfitting(asked: readonly Change[], { jobs, kind }: Subject): void {
  const found = unfitting(asked, jobs);
  if (found === null) return;
  const what = found.key === 'free' ? 'file' : 'folder';
  throw invalidInput(
    `--${found.key}: the pattern ${JSON.stringify(found.pattern)} fits no ${what} of these ${kind}`,
  );
}

function claimOf(text: string): ClaimLevel {
  if (text === 'file' || text === 'scope') return text;
  throw invalidInput(`--claim ${JSON.stringify(text)}: file or scope`);
}

function patternsOf(option: string, texts: readonly string[]): readonly string[] {
  for (const text of texts) {
    const parsed = parsePattern(text);
    if (!parsed.ok) throw invalidInput(`${option}: the pattern ${JSON.stringify(text)} ${parsed.problem}`);
  }
  return texts;
}

/** What was written, and where. */
interface Written {
  readonly file: string;
  /** Why it does not count yet; null: it does. */
  readonly later: string | null;
}

async function told(answer: Answer, written: Written | null): Promise<Outcome> {
  const { subject, choice, result, agents } = answer;
  const lines = result.recommended === null ? [] : await settingLines(settingsOf(result.recommended.changes));
  const { kind, jobs, notes, fromMs, toMs } = subject;
  const data = {
    of: kind,
    jobs: { count: jobs.length, fromMs, toMs, ...result.jobs },
    scopes: choice.scopes.length,
    claim: choice.settings.claimLevel,
    free: choice.settings.freePaths,
    agents,
    gains: result.gains,
    hottest: result.hottest,
    others: result.others,
    recommended: result.recommended === null ? null : { ...result.recommended, lines },
    notes,
    written: written?.file ?? null,
    ...(written === null || written.later === null ? {} : { later: written.later }),
  };
  return done(null, data, (style) => fitText(style, { ...answer, lines, written }));
}

const settingsOf = (changes: readonly Change[]): readonly BlockSetting[] => changes;

async function write(call: Call, repository: Repository, answer: Answer): Promise<Outcome> {
  const { recommended } = answer.result;
  if (recommended === null) return told(answer, null);
  const { scopeFiles } = call.world;
  const settings = settingsOf(recommended.changes);
  const { root, change, later } = await scopeFiles.prepareSettings({
    repository,
    env: call.ports.env,
    settings,
  });
  await writeFiles(call, root, [change]);
  await tellCoordinator(call);
  return told(answer, { file: change.file, later });
}
