import { parseAgentIdForm, type AgentId } from '../../core/index.ts';
import { subjectsInIndex } from '../../guard/index.ts';
import type { StatusAnswer } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { nameNow } from '../hook/also-known.ts';
import { usageError } from '../answer/errors.ts';
import type { Outcome } from '../answer/outcome.ts';
import { isDisabled } from '../answer/output.ts';
import type { Acting } from './acting.ts';
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
  const refused = await refusalOf(call, input, files);
  if (refused !== null) return refused;
  const quietly = call.quiet ? ['--quiet'] : [];
  const words = [...quietly, ...options, ...(await trailers(call, input, { options, files }))];
  return run(call, {
    ...acting(input),
    scope: ['@git'],
    wait: input.wait,
    killOnLoss: true,
    reason: 'commit',
    command: ['git', 'commit', ...words, '--', ...paths],
  });
}

const acting = ({ agent, takeOver }: CommitInput): Acting => ({
  ...(agent === undefined ? {} : { agent }),
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

async function refusalOf(call: Call, input: CommitInput, files: readonly string[]): Promise<Outcome | null> {
  const parsed = parseAgentIdForm(nameIn(call, input));
  const name = parsed.ok ? nameNow((await call.repository()).commonDir, parsed.value) : null;
  const who = async ({ agents }: StatusAnswer): Promise<AgentId | null> =>
    agents.find(({ agent }) => agent === name)?.agent ?? null;
  const outcome = await judged(call, subjectsInIndex(files), { isCommit: true, who }).catch(unlessDisabled);
  return outcome?.kind === 'refused' ? outcome : null;
}

function unlessDisabled(error: unknown): null {
  if (isDisabled(error)) return null;
  throw error;
}

const nameIn = (call: Call, { agent }: CommitInput): string => agent ?? call.ports.env['RHEMA_AGENT'] ?? '';

interface Meant {
  readonly options: readonly string[];
  readonly files: readonly string[];
}

/**
 * Where no hook adds them. With a message that is yet to be written they would stand in it, and an empty one would be none.
 */
async function trailers(
  call: Call,
  input: CommitInput,
  { options, files }: Meant,
): Promise<readonly string[]> {
  const hasMessage = options.some((word) => /^(?:-[A-Za-z]*[mF]|--(?:message|file)(?:=|$))/.test(word));
  const parsed = parseAgentIdForm(nameIn(call, input));
  if (!hasMessage || !parsed.ok) return [];
  const said = await trailersOf(call, parsed.value, files).catch(unlessDisabled);
  return (said ?? []).flatMap(({ key, value }) => ['--trailer', `${key}: ${value}`]);
}
