import { parseAgentIdForm, type AgentId } from '../../core/index.ts';
import { subjectsInIndex } from '../../guard/index.ts';
import type { StatusAnswer } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { usageError, valueOf } from '../answer/errors.ts';
import type { Outcome } from '../answer/outcome.ts';
import { isDisabled } from '../answer/output.ts';
import type { Acting } from './acting.ts';
import { committer } from './committer.ts';
import { trailersOf } from './git-hook-message.ts';
import { judged } from './guard-check.ts';
import { run } from './run.ts';

export interface CommitInput extends Acting {
  /** Options of `git commit`, and the files. */
  readonly words: readonly string[];
  readonly wait: string;
}

/**
 * Commits some files alone, as their agent, while nobody else commits: what others have staged stays staged. Refused where another
 * agent has one of them.
 */
export async function commit(call: Call, input: CommitInput): Promise<Outcome> {
  const { options, paths } = wordsOf(input.words);
  const files = await call.world.inspection.committedBy(await call.repository(), call.cwd, paths);
  const agent = await agentOf(call, input);
  const refused = await refusalOf(call, agent, files);
  if (refused !== null) return refused;
  const quietly = call.quiet ? ['--quiet'] : [];
  const words = [...quietly, ...options, ...(await trailers(call, agent, { options, files }))];
  return run(call, {
    ...acting(input, agent),
    scope: ['@git'],
    wait: input.wait,
    killOnLoss: true,
    reason: 'commit',
    command: ['git', 'commit', ...words, '--', ...paths],
  });
}

const acting = ({ takeOver }: CommitInput, agent: AgentId | null): Acting => ({
  ...(agent === null ? {} : { agent }),
  ...(takeOver === undefined ? {} : { takeOver }),
});

/** The sign between them is gone where nothing stands before it. */
function wordsOf(words: readonly string[]): {
  readonly options: readonly string[];
  readonly paths: readonly string[];
} {
  const at = words.indexOf('--');
  const options = at === -1 ? [] : words.slice(0, at);
  const paths = at === -1 ? words : words.slice(at + 1);
  if (paths.length === 0 || (at === -1 && paths.some((path) => path.startsWith('-'))))
    throw usageError('name the files after --, as in: rhema commit -m "Log out" -- src/logout.ts');
  return { options, paths };
}

async function refusalOf(
  call: Call,
  agent: AgentId | null,
  files: readonly string[],
): Promise<Outcome | null> {
  const who = async ({ agents }: StatusAnswer): Promise<AgentId | null> =>
    agents.find((view) => view.agent === agent)?.agent ?? null;
  const judging = { isCommit: true, isOurCommit: true, who };
  const outcome = await judged(call, subjectsInIndex(files), judging).catch(unlessDisabled);
  return outcome?.kind === 'refused' ? outcome : null;
}

/** Who commits; null: nobody that is named, or that lives in a process around this one. */
async function agentOf(call: Call, { agent }: CommitInput): Promise<AgentId | null> {
  if (agent !== undefined) return valueOf(parseAgentIdForm(agent));
  const status = await call
    .coordinator()
    .then((coordinator) => coordinator.query({ kind: 'status', at: null }))
    .catch(unlessDisabled);
  return status === null ? null : committer(call, status);
}

function unlessDisabled(error: unknown): null {
  if (isDisabled(error)) return null;
  throw error;
}

interface Meant {
  readonly options: readonly string[];
  readonly files: readonly string[];
}

/**
 * Where no hook adds them. With a message that is yet to be written they would stand in it, and an empty one would be none.
 */
async function trailers(
  call: Call,
  agent: AgentId | null,
  { options, files }: Meant,
): Promise<readonly string[]> {
  const hasMessage = options.some((word) => /^(?:-[A-Za-z]*[mF]|--(?:message|file)(?:=|$))/.test(word));
  if (!hasMessage || agent === null) return [];
  const said = await trailersOf(call, agent, files).catch(unlessDisabled);
  return (said ?? []).flatMap(({ key, value }) => ['--trailer', `${key}: ${value}`]);
}
