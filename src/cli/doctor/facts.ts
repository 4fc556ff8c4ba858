import { scanWhole } from '../commands/scope-files.ts';
import type { Entry, ScopePath } from '../../core/index.ts';
import type { LogAudit, Room, WitnessLook } from '../../daemon/index.ts';
import type { HealthAnswer, StatusAnswer } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import type { Surroundings } from '../world/surroundings.ts';
import type { AgentSession } from '../../participant/index.ts';
import { tryHooks } from './canaries.ts';
import type { Tried } from './tried.ts';
import { stagedTexts, type StagedText } from '../world/staged-texts.ts';
import type { Configuration, Repository, Scan, StateFiles, World } from '../world/world.ts';
import { lookAtGitHooks, type GitHooksLook } from './git-hook-look.ts';
import { unjudgedCounts } from '../hook/memory.ts';
import { factOf } from './finding.ts';
import type { Fact, Finding } from './finding.ts';
import { anchorsIn, machinesIn } from './machines.ts';
import type { Machines } from './machines.ts';

/** All that the checks judge: gathered first, so that each check is a function of facts alone. */
export interface Facts {
  readonly nowMs: number;
  readonly nodeVersion: string;
  /** Of this program. */
  readonly version: string;
  /** What it says of its version; null when there is no Git. */
  readonly git: Fact<string | null>;
  /** How many files a process may have open here; null where the system does not tell. */
  readonly openFilesMax: number | null;
  readonly repository: Fact<RepositoryFacts>;
}

export interface RepositoryFacts {
  readonly repository: Repository;
  readonly state: Fact<StateFiles>;
  readonly room: Fact<Room>;
  readonly surroundings: Fact<Surroundings>;
  readonly configuration: Fact<Configuration>;
  readonly scan: Fact<Scan>;
  readonly log: Fact<LogAudit>;
  readonly witness: Fact<WitnessLook>;
  /** Null when no owner runs. */
  readonly owner: Fact<HealthAnswer | null>;
  readonly sessions: Fact<readonly AgentSession[]>;
  readonly staged: Fact<readonly StagedText[]>;
  /** Of the clients whose files have hooks of ours, or had. */
  readonly hooks: Fact<readonly Tried[]>;
  readonly gitHooks: Fact<GitHooksLook>;
  /** Shell commands that no hook could judge, by why. */
  readonly unjudged: Fact<Readonly<Record<string, number>>>;
  /** What calls others with what happens here. */
  readonly webhooks: Fact<Awaited<ReturnType<World['webhooks']['list']>>>;
  /** Null when there is nobody to ask: no log yet, a broken one, or coordination is disabled. */
  readonly coordination: Fact<CoordinationFacts | null>;
}

export interface CoordinationFacts {
  readonly status: StatusAnswer;
  /** In use although no scope file names them any more. */
  readonly withdrawn: readonly ScopePath[];
  /** Times in the last day at which the log was bound to the wall clock anew, because that had run ahead. */
  readonly clockJumps: number;
  /** Null where one machine uses the log, as far as its last week tells. */
  readonly machines: Machines | null;
}

/** Judges facts about one repository; `facts` has those that hold everywhere. */
export type RepositoryCheck = (repository: RepositoryFacts, facts: Facts) => readonly Finding[];

/** Looks at everything. Starts no owner and makes no log where there is none, but by a hook that is installed. */
export async function gatherFacts(call: Call): Promise<Facts> {
  const git = await factOf(() => call.world.inspection.gitVersion(call.ports.env));
  return {
    nowMs: call.nowMs,
    nodeVersion: process.version,
    version: call.ports.version(),
    git,
    openFilesMax: await call.world.inspection.openFilesMax(),
    repository: isSilent(git)
      ? notLookedAt
      : await factOf(async () => repositoryFacts(call, await call.repository())),
  };
}

/** Looking at the repository asks Git for its files, which would then never end. */
export const isSilent = (git: Fact<unknown>): boolean => !git.known && git.code === 'GIT_SILENT';

const notLookedAt: Fact<never> = {
  known: false,
  problem: 'not looked at, since Git does not answer',
  code: null,
};

async function repositoryFacts(call: Call, repository: Repository): Promise<RepositoryFacts> {
  const { inspection, owner, sessions } = call.world;
  const facts = {
    repository,
    state: await factOf(() => inspection.stateFiles(repository)),
    room: await factOf(() => inspection.room(repository)),
    surroundings: await factOf(() => inspection.surroundings(repository, call.ports.env)),
    configuration: await factOf(() => inspection.configuration(repository)),
    scan: await factOf(() => scanWhole(inspection, repository)),
    log: await factOf(() => inspection.auditLog(repository)),
    // Before the coordinator is asked: one that is opened for that writes it anew.
    witness: await factOf(() => inspection.witness(repository)),
    owner: await factOf(() => owner.health(repository)),
    sessions: await factOf(() => sessions.list(repository)),
    staged: await factOf(() => stagedTexts(inspection, repository)),
    gitHooks: await factOf(() => lookAtGitHooks(call, repository)),
    unjudged: await factOf(async () => unjudgedCounts(repository.commonDir)),
    webhooks: await factOf(() => call.world.webhooks.list(repository)),
  };
  const coordination = await factOf(() => coordinationFacts(call, facts));
  // The last, since a hook that is tried starts the coordinator, as each does.
  const hooks = await factOf(() => tryHooks(call, repository));
  return { ...facts, coordination, hooks };
}

type Gathered = Omit<RepositoryFacts, 'coordination' | 'hooks'>;

async function coordinationFacts(call: Call, facts: Gathered): Promise<CoordinationFacts | null> {
  if (!isAnswerable(facts)) return null;
  const coordinator = await call.world.connect(facts.repository, {
    direct: facts.owner.known && facts.owner.value === null,
  });
  try {
    // First, since it has the coordinator look at the files.
    const { scopes } = await coordinator.query({ kind: 'scopes', fresh: true });
    const status = await coordinator.query({ kind: 'status', at: null });
    const { entries } = await coordinator.query({
      kind: 'history',
      filter: { events: ['clock'] },
      limit: anchorsMax,
      before: null,
    });
    return {
      status,
      withdrawn: scopes.flatMap(({ path, withdrawn }) => (withdrawn ? [path] : [])),
      clockJumps: jumpsSince(entries, call.nowMs - dayMs),
      machines: machinesIn(anchorsIn(entries), call.nowMs),
    };
  } finally {
    await coordinator.close();
  }
}

/** The log is bound to a clock anew a few times a day; that many are not looked beyond. */
const anchorsMax = 100;
const dayMs = 24 * 60 * 60_000;

function isAnswerable({ owner, log, configuration }: Gathered): boolean {
  const enabled = configuration.known && configuration.value.enabled;
  const sound = log.known && log.value.content !== null && log.value.content.problems.length === 0;
  return owner.known && enabled && sound;
}

/** How often, since a time, the log was bound anew to the clock that it was bound to already. `entries`: newest first. */
export function jumpsSince(entries: readonly Entry[], sinceMs: number): number {
  const anchors = anchorsIn(entries);
  return anchors.filter(({ atMs, host, boot }, index) => {
    const before = anchors[index + 1];
    return atMs > sinceMs && before?.host === host && before.boot === boot;
  }).length;
}
