import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { named, parseAgentIdForm, type AgentId, type ScopePath } from '../../core/index.ts';
import {
  judge,
  kinOf,
  strictly,
  subjectsInIndex,
  subjectsOf,
  type Subject,
  type Verdict,
} from '../../guard/index.ts';
import type { StatusAnswer } from '../../protocol/index.ts';
import { count } from '../../wording/index.ts';
import type { Call } from '../call.ts';
import { invalidInput, usageError, valueOf } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import type { Typing } from '../format/text.ts';
import { passedTable, refusedLines, type Merge } from '../format/verdicts.ts';
import { noSuchAgent } from './agent-lead.ts';
import { committer } from './committer.ts';
import { typingOf } from './named.ts';
import type { ReportInput } from './safety-report.ts';

export interface GuardCheckInput extends ReportInput {
  readonly paths: readonly string[];
  readonly staged?: boolean;
  /** A shell command line. */
  readonly command?: string;
  readonly range?: string;
  /** For a range. */
  readonly log?: string;
  readonly agent?: string;
  /** Whether what is staged is a merge: Git commits that as a whole. */
  readonly isMerge?: boolean;
}

/** Whether files may be written now, or what is staged committed. A question: nothing is locked, and nobody has to prove who he is. */
export async function guardCheck(call: Call, input: GuardCheckInput): Promise<Outcome> {
  const { paths, staged = false, range, command } = input;
  if ([paths.length > 0, staged, range !== undefined, command !== undefined].filter(Boolean).length !== 1)
    throw usageError('name files, or say --staged, --command TEXT, or --range A..B: one of them');
  if (range !== undefined) return (await import('./guard-range.ts')).guardRange(call, { ...input, range });
  for (const option of ['log', 'format'] as const)
    if (input[option] !== undefined) throw usageError(`--${option} goes with --range`);
  const repository = await call.repository();
  const { inspection } = call.world;
  const read =
    command === undefined ? null : await (await import('./guard-command.ts')).readCommand(call, command);
  const subjects = staged
    ? subjectsInIndex(await inspection.stagedFiles(repository, call.ports.env))
    : subjectsOf(
        read?.places ??
          paths.map((name) => ({ name, place: inspection.place(repository, call.cwd, nonEmpty(name)) })),
      );
  const isMerge = staged && (input.isMerge ?? existsSync(join(repository.gitDir, 'MERGE_HEAD')));
  return judged(call, subjects, {
    isCommit: staged,
    merge: isMerge ? 'ends' : null,
    who: (status) => whoWrites(call, input.agent, status, staged),
    ...(read === null ? {} : { beside: read }),
  });
}

/** Whether a merge may begin that would change some files. */
export const guardMerge = (call: Call, files: readonly string[]): Promise<Outcome> =>
  judged(call, subjectsInIndex(files), {
    isCommit: true,
    merge: 'begins',
    who: (status) => whoWrites(call, undefined, status, true),
  });

export interface Judging {
  /** Whether they are about to be committed, and not written. */
  readonly isCommit: boolean;
  readonly who: (status: StatusAnswer) => Promise<AgentId | null>;
  readonly merge?: Merge | null;
  /** Whether it is `rhema commit` that asks. */
  readonly isOurCommit?: boolean;
  /** What is said beside the verdicts, and why nothing of it may be done, whatever they are. */
  readonly beside?: {
    readonly data: Readonly<Record<string, unknown>>;
    readonly lines: readonly string[];
    readonly refusal: (agent: AgentId | null) => Promise<string | null>;
  };
}

/** Whether somebody may write, or commit, all of it. */
export async function judged(
  call: Call,
  subjects: readonly Subject[],
  { isCommit, who, beside, merge = null, isOurCommit = false }: Judging,
): Promise<Outcome> {
  const coordinator = await call.coordinator();
  const status = await coordinator.query({ kind: 'status', at: null });
  const agent = await who(status);
  // Git commits what it was told to add, ignored or not.
  const ignored = isCommit
    ? new Set()
    : await call.world.inspection.ignoredAmong(await call.repository(), pathsOf(subjects));
  const plain = await judge(coordinator, status, subjects, {
    own: isCommit ? kinOf(status.agents, agent) : kinOf([], agent),
    isIgnored: (path) => ignored.has(path),
  });
  const verdicts = await asConfigured(call, plain);
  const refused = verdicts.filter(({ passes }) => !passes);
  const refusal = (await beside?.refusal(agent)) ?? null;
  const data = { agent, files: verdicts, ...beside?.data, ...(refusal === null ? {} : { refusal }) };
  if (refused.length === 0 && refusal === null)
    return done(status.revision, data, (style) =>
      [
        passedTable(style, verdicts, isCommit ? 'nothing is staged' : 'nothing is written'),
        ...(beside?.lines ?? []),
      ].join('\n'),
    );
  const typing = await typingFrom(call, isCommit);
  const about = { nowMs: call.nowMs, typing, agent, verdicts, isOurCommit, merge };
  return {
    kind: 'refused',
    exitCode: exitCodes.refused,
    revision: status.revision,
    code: 'WRITE_REFUSED',
    message:
      refused.length === 0
        ? 'others have work where Git would be run'
        : `${refused.length} of ${count(verdicts.length, 'file')} may not be ${isCommit ? 'committed' : 'written'}: ${named(...refused.map(({ name }) => name))}`,
    details: data,
    lines: [
      ...(refused.length === 0 ? [] : refusedLines(about, isCommit)),
      ...(refusal?.split('\n') ?? []),
      ...(beside?.lines ?? []),
    ],
  };
}

/** The configuration is read where it matters. */
async function asConfigured(call: Call, verdicts: readonly Verdict[]): Promise<readonly Verdict[]> {
  if (verdicts.every(({ because }) => because !== 'unheld')) return verdicts;
  const { sync } = await call.world.inspection.scan(await call.repository());
  return sync.strict ? strictly(verdicts) : verdicts;
}

/** An unset variable of a script would mean the folder. */
function nonEmpty(name: string): string {
  if (name === '') throw invalidInput('a path is empty: name a file, or . for the folder');
  return name;
}

/** A hook runs at the top, and tells whoever has called Git where he is. */
async function typingFrom(call: Call, isStaged: boolean): Promise<Typing> {
  const typing = await typingOf(call);
  const prefix = call.ports.env['GIT_PREFIX'] ?? '';
  const repository = await call.repository();
  if (!isStaged || prefix === '' || repository.worktree === null) return typing;
  const folder = join(repository.worktree, prefix);
  return { ...typing, name: (path) => call.world.inspection.pathTyped(repository, folder, path) };
}

const pathsOf = (subjects: readonly Subject[]): ScopePath[] =>
  subjects.flatMap((subject) => ('path' in subject && subject.path !== '.' ? [subject.path] : []));

/** A misspelt name would be somebody in whose way everybody's locks are. */
async function whoWrites(
  call: Call,
  option: string | undefined,
  { agents }: StatusAnswer,
  isCommit: boolean,
): Promise<AgentId | null> {
  if (option === undefined && isCommit) return committer(call, { agents });
  const text = option ?? call.ports.env['RHEMA_AGENT'] ?? '';
  if (option === undefined && text === '') return null;
  const agent = valueOf(parseAgentIdForm(text));
  if (agents.some((view) => view.agent === agent)) return agent;
  throw await noSuchAgent(call, agent);
}
