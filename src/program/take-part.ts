import { hostname } from 'node:os';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  boundProcess,
  connect,
  newRequestId,
  newSecret,
  packageVersion,
  sessionKeeping,
} from '../client/index.ts';
import { type Repository, changedSince, findRepository, workingFiles } from '../repository/git/index.ts';
import { parseAgentId, type AgentId, type AgentMetadata, type AgentProcess } from '../core/index.ts';
import { Participant, type ChangedSince, type Occupant } from '../participant/index.ts';
import { CoordinatorError, invalidInput, type Coordinator } from '../protocol/index.ts';
import { systemTime } from '../time/index.ts';
import { Agent } from './agent.ts';
import { refusedBy } from './lock.ts';
import { RefusedError } from './refused-error.ts';
import { treeOf } from './tree.ts';

export interface TakePartOptions {
  /** The name to act under. One process at a time has it. */
  readonly agent: string;
  /** A folder in the repository; the current one unless given. */
  readonly repository?: string;
  /** What it is about, for whoever looks at the status. */
  readonly task?: string;
  /**
   * Whether to go on with the locks of an earlier process of the name that has ended without leaving: they are `agent.left`.
   * Else they are given back.
   */
  readonly resume?: boolean;
}

/**
 * Joins the coordination of a repository, starting its coordinator if there is none. From then on the session, and what is
 * acquired, are renewed by themselves, over lost connections and a coordinator that is started anew. Throws a
 * `RefusedError`, such as `AGENT_KEPT`, and a `CoordinatorError` when the coordinator cannot be reached.
 */
export async function takePart(options: TakePartOptions): Promise<Agent> {
  const agent = nameOf(options.agent);
  const repository = await locate(options.repository);
  const version = packageVersion();
  const startOwner = { file: process.execPath, args: ownerArguments(repository) };
  const coordinator = await connect({ commonDir: repository.commonDir, version, startOwner });
  try {
    return await join(coordinator, repository, agent, options);
  } catch (error) {
    await coordinator.close();
    throw error;
  }
}

async function join(
  coordinator: Coordinator,
  repository: Repository,
  agent: AgentId,
  { task, resume = false }: TakePartOptions,
): Promise<Agent> {
  const { commonDir, worktree } = repository;
  const ports = {
    coordinator,
    sessions: sessionKeeping(commonDir, systemTime, coordinator),
    files: workingFiles(repository),
    changedSince: (paths: readonly string[], sinceMs: number) => changedIn(worktree, paths, sinceMs),
    time: systemTime,
    newRequestId,
    newSecret,
    ...boundTo(boundProcess()),
  };
  const metadata = metadataOf(worktree, task);
  const from = `process ${process.pid} (${programName()})`;
  const took = await Participant.takePart(ports, { agent, metadata, from, keepsLeft: resume });
  if (took.kind === 'occupied') throw occupiedElsewhere(agent, took.by);
  if (took.kind === 'refused') throw refusedBy(took.rejection);
  return new Agent(took.participant, coordinator, treeOf(repository));
}

/** Null: without a working tree nobody can tell. */
const changedIn = async (
  root: string | null,
  paths: readonly string[],
  sinceMs: number,
): ReturnType<ChangedSince> =>
  root === null ? null : changedSince({ root, paths, sinceMs, monotonicMs: () => performance.now() });

const boundTo = (process: AgentProcess | null): { readonly process?: AgentProcess } =>
  process === null ? {} : { process };

function nameOf(text: string): AgentId {
  const parsed = parseAgentId(text);
  if (parsed.ok) return parsed.value;
  throw invalidInput('agent', parsed.problem);
}

async function locate(folder: string | undefined): Promise<Repository> {
  const cwd = resolve(folder ?? '.');
  try {
    return await findRepository({ cwd, env: process.env, isChosen: folder !== undefined });
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: string };
    if (typeof code !== 'string' || message === undefined) throw error;
    const isNone = code === 'NOT_A_REPOSITORY';
    throw new CoordinatorError(isNone ? code : 'REPOSITORY_UNREADABLE', message, { cause: error });
  }
}

/** The program of this very package. */
function ownerArguments({ worktree, gitDir, commonDir }: Repository): string[] {
  const program = fileURLToPath(new URL('../cli/main.js', import.meta.url));
  return [program, '-C', worktree ?? commonDir, '--git-dir', gitDir, 'daemon', 'run'];
}

function metadataOf(worktree: string | null, task: string | undefined): AgentMetadata {
  return {
    program: programName(),
    host: hostname(),
    pid: process.pid,
    ...(worktree === null ? {} : { worktree }),
    ...(task === undefined ? {} : { task }),
  };
}

/** The name of the script alone: paths may be long, arguments may hold secrets. */
function programName(): string {
  return basename(process.argv[1] ?? process.execPath).slice(0, programLengthMax);
}

/** In characters: enough to recognise a program. */
const programLengthMax = 60;

function occupiedElsewhere(agent: AgentId, { pid, sinceMs }: Occupant): RefusedError {
  const since = new Date(sinceMs).toISOString();
  return new RefusedError(
    'AGENT_KEPT',
    `${agent} lives in process ${pid} (since ${since}), and acts there only: end that one, or take part under another name`,
    { agent, pid, sinceMs },
  );
}
