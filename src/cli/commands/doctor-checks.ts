import type { HealthAnswer, ScopeProblem } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { shellCommand } from '../format/text.ts';
import { duration } from '../format/time.ts';
import type { Session } from '../world.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'error';
  readonly subject: string;
  readonly message: string;
  /** What to do about it; null when it is well. */
  readonly remedy: string | null;
}

type Check = (call: Call) => Promise<readonly Finding[]>;

/** In the order in which one relies on the other. */
export const checks: readonly (readonly [subject: string, check: Check])[] = [
  ['node', checkNode],
  ['git', checkGit],
  ['repository', checkRepository],
  ['state folder', checkStateFolder],
  ['configuration', checkConfiguration],
  ['scopes', checkScopes],
  ['log', checkLog],
  ['sessions', checkSessions],
];

const well = (subject: string, message: string): Finding => ({ level: 'ok', subject, message, remedy: null });
const warning = (subject: string, message: string, remedy: string): Finding => ({
  level: 'warning',
  subject,
  message,
  remedy,
});
const failure = (subject: string, message: string, remedy: string): Finding => ({
  level: 'error',
  subject,
  message,
  remedy,
});

async function checkNode(call: Call): Promise<readonly Finding[]> {
  return [well('node', `${process.version}, rhema ${call.context.version()}`)];
}

async function checkGit(call: Call): Promise<readonly Finding[]> {
  const version = await call.world.inspection.gitVersion();
  if (version === null) return [failure('git', 'git was not found', 'install it, or put it on the PATH')];
  if (version === '2.51.0')
    return [
      warning(
        'git',
        'version 2.51.0 may corrupt the index when several processes use it',
        'install 2.51.1 or later',
      ),
    ];
  return [well('git', `version ${version}`)];
}

async function checkRepository(call: Call): Promise<readonly Finding[]> {
  const { worktree, commonDir } = await call.repository();
  return [
    well('repository', worktree === null ? `${commonDir} (bare)` : `${worktree}, shared folder ${commonDir}`),
  ];
}

async function checkStateFolder(call: Call): Promise<readonly Finding[]> {
  const state = await call.world.inspection.stateFiles(await call.repository());
  const { directory, directoryMode } = state;
  const findings: Finding[] = [];
  if (!state.writable)
    findings.push(
      failure(
        'state folder',
        `${directory} cannot be written`,
        `give yourself the right: chmod u+rwx ${directory}`,
      ),
    );
  if (directoryMode !== null && (directoryMode & 0o077) !== 0)
    findings.push(
      warning(
        'state folder',
        `others may enter ${directory} (mode ${directoryMode.toString(8)})`,
        shellCommand('chmod', '700', directory),
      ),
    );
  if (!state.socket.ok) findings.push(warning('socket', state.socket.problem, 'until then use --direct'));
  return findings.length > 0 ? findings : [well('state folder', directory)];
}

async function checkConfiguration(call: Call): Promise<readonly Finding[]> {
  const { enabled, problems } = await call.world.inspection.configuration(await call.repository());
  const findings = problems.map((problem) => findingOf('configuration', problem));
  if (!enabled)
    findings.push(
      warning(
        'configuration',
        'coordination is disabled',
        'set agent_coordination.enabled to true in the root scope',
      ),
    );
  return findings.length > 0 ? findings : [well('configuration', 'sound')];
}

async function checkScopes(call: Call): Promise<readonly Finding[]> {
  const { definitions, problems } = await call.world.inspection.scan(await call.repository());
  const findings = problems
    .filter(({ code }) => !code.startsWith('CONFIG_'))
    .map((problem) => findingOf('scopes', problem));
  return findings.length > 0 ? findings : [well('scopes', `${definitions.length} defined`)];
}

function findingOf(
  subject: string,
  problem: Pick<ScopeProblem, 'severity' | 'file' | 'line' | 'message'>,
): Finding {
  const place = [problem.file, problem.line].filter((part) => part !== null).join(':');
  const message = place === '' ? problem.message : `${place}: ${problem.message}`;
  const remedy = 'correct the file, then: rhema safety validate';
  return { level: problem.severity, subject, message, remedy };
}

/** Asks the owner that runs; where none does, opens the log here, which checks it. A log is never made for the asking. */
async function checkLog(call: Call): Promise<readonly Finding[]> {
  const repository = await call.repository();
  const running = await call.world.owner.health(repository);
  if (running !== null) return [ownerFinding(call, running), ...healthFindings(call, running)];
  const { databaseExists } = await call.world.inspection.stateFiles(repository);
  if (!databaseExists) return [well('log', 'not begun; the first command makes it')];
  const coordinator = await call.world.connect(repository, { direct: true });
  try {
    return [
      well('process', 'none runs'),
      ...healthFindings(call, await coordinator.query({ kind: 'health' })),
    ];
  } finally {
    await coordinator.close();
  }
}

function ownerFinding(call: Call, { pid, version }: HealthAnswer): Finding {
  const mine = call.context.version();
  if (version === mine) return well('process', `${pid} runs`);
  return warning(
    'process',
    `${pid} runs version ${version}, this is ${mine}`,
    'rhema daemon stop; the next command starts this version',
  );
}

function healthFindings(call: Call, health: HealthAnswer): readonly Finding[] {
  const { ok, revision, storePath, storeEngine, storeDurable } = health;
  const findings: Finding[] = [];
  if (!ok) findings.push(failure('log', 'the coordinator has stopped writing', 'see rhema daemon logs'));
  if (!storeDurable) findings.push(warning('log', 'nothing is kept on disk', 'this is for trials only'));
  if (isUnsoundSqlite(storeEngine))
    findings.push(
      warning(
        'log',
        `${storeEngine} may corrupt a log that several processes write (before SQLite 3.51.3)`,
        'install @photostructure/sqlite, or a newer Node',
      ),
    );
  const ageMs = call.nowMs - health.startedAtMs;
  if (ageMs < -clockToleranceMs)
    findings.push(
      warning('clock', `the log is ${duration(-ageMs)} ahead of this clock`, 'set the clock of this host'),
    );
  return findings.length > 0
    ? findings
    : [well('log', `revision ${revision}, ${storeEngine}, ${storePath ?? 'in memory'}`)];
}

/** Clocks of one host that differ by more were set meanwhile. */
const clockToleranceMs = 5_000;

/** https://www.sqlite.org/wal.html#walresetbug, fixed in 3.51.3. */
function isUnsoundSqlite(engine: string): boolean {
  const found = /(\d+)\.(\d+)\.(\d+)\s*$/.exec(engine.replace(/\)$/, ''));
  if (found === null || !/sqlite/i.test(engine)) return false;
  const [major, minor, patch] = [Number(found[1]), Number(found[2]), Number(found[3])];
  return major * 1_000_000 + minor * 1_000 + patch < 3_051_003;
}

async function checkSessions(call: Call): Promise<readonly Finding[]> {
  const repository = await call.repository();
  const sessions = await call.world.sessions.list(repository);
  const { databaseExists } = await call.world.inspection.stateFiles(repository);
  if (sessions.length === 0 || !databaseExists) return [well('sessions', `${sessions.length} kept`)];
  const { agents } = await (await call.coordinator()).query({ kind: 'status', at: null });
  const isLive = (session: Session): boolean =>
    agents.some(
      (view) => view.agent === session.agent && view.epoch === session.epoch && view.presence === 'present',
    );
  const stale = sessions.filter((session) => !isLive(session));
  if (stale.length === 0) return [well('sessions', `${sessions.length} kept, all live`)];
  return stale.map(({ agent }) =>
    warning(
      'sessions',
      `${agent} was lost or has left; its session is of no use`,
      `${shellCommand('rhema', 'agent', 'leave', agent)} removes it`,
    ),
  );
}
