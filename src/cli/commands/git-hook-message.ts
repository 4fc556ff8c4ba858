/** A commit says of which agent it is, and under which locks it was made. */
import type { AgentId, ScopePath } from '../../core/index.ts';
import { kinOf, subjectsInIndex } from '../../guard/index.ts';
import { scopesOfPaths } from '../../participant/index.ts';
import type { Coordinator, LockView, StatusAnswer } from '../../protocol/index.ts';
import type { Trailer } from '../../repository/index.ts';
import type { Call } from '../call.ts';
import { usageError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { ended, type Outcome } from '../answer/outcome.ts';
import { committer } from './committer.ts';
import { runProgram } from './run-program.ts';

/** A commit of more than so many grants is proven by these. */
const tokensMax = 20;

/** Only for an agent that takes part. `args`: the file of the message. */
export async function nameAgent(call: Call, [file]: readonly string[]): Promise<Outcome> {
  if (file === undefined) throw usageError('commit-msg is given the file of the message');
  const passes = ended(exitCodes.done);
  const status = await (await call.coordinator()).query({ kind: 'status', at: null });
  const agent = await committer(call, status);
  if (agent === null) return passes;
  const repository = await call.repository();
  const { inspection } = call.world;
  const files = await inspection.stagedFiles(repository, call.ports.env);
  await inspection.addTrailers(repository, call.cwd, file, await trailersOf(call, agent, files));
  return passes;
}

/** What a commit of some files says of its agent; nothing where no such agent takes part. */
export async function trailersOf(
  call: Call,
  agent: AgentId,
  files: readonly string[],
): Promise<readonly Trailer[]> {
  const coordinator = await call.coordinator();
  const status = await coordinator.query({ kind: 'status', at: null });
  const view = status.agents.find((one) => one.agent === agent);
  if (view === undefined) return [];
  const tokens = await tokensFor(coordinator, status, agent, files);
  // A name that was made up for one command says something only of its locks.
  if (tokens.length === 0 && view.metadata['program'] === runProgram) return [];
  return [
    { key: 'Rhema-Agent', value: agent, ifThere: 'replace' },
    ...tokens.map((token): Trailer => ({
      key: 'Rhema-Token',
      value: String(token),
      ifThere: 'addIfDifferent',
    })),
  ];
}

/** Of the locks of an agent that cover what is committed. */
async function tokensFor(
  coordinator: Pick<Coordinator, 'query'>,
  { agents, locks }: StatusAnswer,
  agent: AgentId,
  files: readonly string[],
): Promise<readonly number[]> {
  const kin = kinOf(agents, agent);
  const own = locks.filter((lock) => kin.has(lock.agent) && lock.resource === undefined);
  if (own.length === 0) return [];
  const paths = subjectsInIndex(files).flatMap((subject) =>
    'path' in subject ? [subject.path] : 'folder' in subject ? [subject.folder] : [],
  );
  const around = await scopesOfPaths(coordinator, paths);
  const covered = new Set<string>([...paths, ...around.flatMap(({ scope }) => scope ?? [])]);
  const tokens = own.filter((lock) => covered.has(targetOf(lock))).map(({ token }) => token);
  return [...new Set(tokens)].sort((one, other) => one - other).slice(0, tokensMax);
}

const targetOf = ({ file, scope }: LockView): string => file ?? (scope as ScopePath);
