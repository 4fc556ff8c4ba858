import { compareVersions } from '../../client/index.ts';
import type { LogContent, Room, WitnessLook } from '../../daemon/index.ts';
import type { HealthAnswer } from '../../protocol/index.ts';
import { shellCommand } from '../format/text.ts';
import type { Deserted, FileSystem } from '../world/surroundings.ts';
import type { AgentSession } from '../../participant/index.ts';
import type { StateFiles } from '../world/world.ts';
import { checkSocket, isForeign } from './socket-check.ts';
import type { CoordinationFacts, Facts, RepositoryCheck, RepositoryFacts } from './facts.ts';
import type { Machines } from './machines.ts';
import { findingsFrom, ok, problem, readRemedy, warning } from './finding.ts';
import type { Finding } from './finding.ts';
import { count, duration } from '../../wording/index.ts';

/** Of what the log stands on, and of the log itself. */
export const storageChecks: readonly RepositoryCheck[] = [
  checkStateFolder,
  checkEvidence,
  checkRoom,
  checkFileSystem,
  checkSocket,
  checkOwner,
  checkSqlite,
  checkLog,
  checkWitness,
  checkClock,
  checkMachines,
  checkSessions,
];

function checkStateFolder({ state, repository }: RepositoryFacts): readonly Finding[] {
  return findingsFrom('state folder', state, readRemedy, (files) => [
    files.writable ? stateFolderFinding(files) : unwritableFolder(files, repository.commonDir),
    ...files.misplaced.map(misplacedFinding),
  ]);
}

/** What it names, and what to do, are the words of whoever would fail. */
function misplacedFinding(told: string): Finding {
  const at = Math.max(told.lastIndexOf(': '), told.lastIndexOf('; '));
  return problem('state folder', told.slice(0, at), told.slice(at + 2));
}

/** The machine has broken a rule of its own: a bug, which stays one after the process was started anew. */
function checkEvidence({ state }: RepositoryFacts): readonly Finding[] {
  if (!state.known) return [];
  const newest = state.value.evidence.at(-1);
  if (newest === undefined) return [];
  return [
    problem(
      'invariants',
      `a rule of the machine itself was found broken, and nothing was written from then on: ${newest} has the evidence`,
      `report it as a bug of rhema with this file, then: ${shellCommand('rm', ...state.value.evidence)}`,
    ),
  ];
}

function stateFolderFinding({ directory, directoryMode }: StateFiles): Finding {
  if (directoryMode === null || (directoryMode & 0o077) === 0) return ok('state folder', directory);
  return warning(
    'state folder',
    `others may enter ${directory} (mode ${directoryMode.toString(8)})`,
    shellCommand('chmod', '700', directory),
  );
}

/** Before the first command it is the folder above that has to be written. */
function unwritableFolder({ directory, directoryMode }: StateFiles, commonDir: string): Finding {
  const [folder, message] =
    directoryMode === null
      ? [commonDir, `${directory} cannot be made: ${commonDir} cannot be written`]
      : [directory, `${directory} cannot be written`];
  const chmod = shellCommand('chmod', 'u+rwx', folder);
  return problem(
    'state folder',
    message,
    `${chmod}; where it is not yours, or its disk is read-only, work in a clone of your own`,
  );
}

const mebibyte = 1_024 * 1_024;
/** What the log, its write-ahead file and the coordinator's own lines may well need before anybody looks again. */
const roomAdvisedBytes = 16 * mebibyte;
const filesAdvised = 50;

function checkRoom({ room }: RepositoryFacts): readonly Finding[] {
  return findingsFrom('disk', room, readRemedy, (found) =>
    found.trouble === null ? [roomFinding(found)] : troubleFindings(found, found.trouble),
  );
}

function troubleFindings({ folder, freeFiles }: Room, trouble: string): readonly Finding[] {
  switch (trouble) {
    case 'ENOSPC':
    case 'EDQUOT':
      return [
        problem(
          'disk',
          `there is no room${freeFiles === 0 ? ' for another file' : ''} in ${folder}: nothing can be written`,
          'make room on that disk (df, and df -i for the number of files)',
        ),
      ];
    case 'EROFS':
      return [problem('disk', `${folder} is on a read-only file system`, 'mount it for writing')];
    case 'EMFILE':
    case 'ENFILE':
      return [problem('disk', `no more files may be open (${trouble})`, 'raise that limit: ulimit -n')];
    // Told by the check of the folder itself.
    case 'EACCES':
    case 'EPERM':
    case 'ENOTDIR':
      return [];
    default:
      return [problem('disk', `no file can be written in ${folder} (${trouble})`, 'look after that disk')];
  }
}

function roomFinding({ freeBytes, freeFiles }: Room): Finding {
  const free = `${Math.floor(freeBytes / mebibyte)} MiB free`;
  const remedy = 'make room on that disk before agents go on (df, df -i)';
  if (freeFiles !== null && freeFiles < filesAdvised)
    return warning('disk', `nearly full: room for ${count(freeFiles, 'more file')}`, remedy);
  if (freeBytes < roomAdvisedBytes) return warning('disk', `nearly full: ${free}`, remedy);
  return ok('disk', free);
}

/** Several hosts may write these at once, and their locks or shared memory do not reach from one host to the next. */
const networkTypes =
  /^(nfs4?|cifs|smb[23]?|smbfs|ncpfs|afs|ceph|glusterfs|lustre|gpfs|beegfs|orangefs|pvfs2|ocfs2|gfs2?|9p|fuse\.(sshfs|s3fs|s3ql|rclone|gcsfuse|goofys|mount-s3|blobfuse2?|glusterfs|ceph|cephfs|davfs2?|juicefs|seaweedfs|moosefs|mfs|nfs|smbnetfs|curlftpfs|gvfsd-fuse|kio-fuse))$/;
/** A folder of the host machine, seen from a virtual one. */
const sharedTypes =
  /^(virtiofs|vboxsf|prl_fs|drvfs|vmhgfs|fakeowner|fuse\.(vmhgfs-fuse|grpcfuse|osxfs|fakeowner|prl_fsd))$/;

function checkFileSystem({ surroundings }: RepositoryFacts): readonly Finding[] {
  return findingsFrom('file system', surroundings, readRemedy, ({ fileSystem }) =>
    fileSystem === null
      ? [ok('file system', 'of a kind that this system does not tell; it must be a local one')]
      : [fileSystemFinding(fileSystem)],
  );
}

function fileSystemFinding({ type, mountPoint }: FileSystem): Finding {
  const named = `${type}, mounted at ${mountPoint}`;
  const remedy = 'clone the repository to a local disk';
  if (networkTypes.test(type))
    return problem('file system', `${named}, is a network file system: the log may be damaged there`, remedy);
  if (sharedTypes.test(type))
    return warning(
      'file system',
      `${named}, is shared with another machine: only one of the two may use the log`,
      remedy,
    );
  if (type === 'tmpfs' || type === 'ramfs')
    return warning('file system', `${named}, is lost when the machine stops`, remedy);
  return ok('file system', named);
}

function checkOwner({ owner, surroundings }: RepositoryFacts, { version }: Facts): readonly Finding[] {
  const isInTheWay = surroundings.known && isForeign(surroundings.value.atSocket);
  const remedy = isInTheWay
    ? 'see socket, above'
    : 'rhema daemon logs tells more; as a last resort kill that process, nothing in the log is lost';
  return findingsFrom('process', owner, remedy, (health) => {
    if (health === null) return [ok('process', 'none runs; the next command starts one')];
    return [ownerFinding(health, version)];
  });
}

function ownerFinding(health: HealthAnswer, version: string): Finding {
  if (!health.ok)
    return problem(
      'process',
      `${health.pid} has stopped writing`,
      'rhema daemon logs says why; then: rhema daemon stop',
    );
  if (health.version === version) return ok('process', `${health.pid} runs`);
  const message = `${health.pid} runs version ${health.version}, this is ${version}`;
  if (compareVersions(health.version, version) > 0)
    return warning('process', message, 'update this rhema: npm install rhema');
  return warning('process', message, 'rhema daemon restart: what is held stays held');
}

/** https://www.sqlite.org/wal.html#walresetbug */
const sqliteSound = '3.51.3';

function checkSqlite({ log }: RepositoryFacts): readonly Finding[] {
  // That the log cannot be opened is told by its own check.
  if (!log.known) return [];
  const { engine } = log.value;
  const version = /(\d+\.\d+\.\d+)\)?$/.exec(engine)?.[1];
  if (version === undefined || compareVersions(version, sqliteSound) >= 0) return [ok('sqlite', engine)];
  return [
    warning(
      'sqlite',
      `${engine} may damage a log that several processes write (before SQLite ${sqliteSound})`,
      'install @photostructure/sqlite, or a newer Node',
    ),
  ];
}

const logRemedy =
  'stop all agents, then: rhema daemon stop; move coordination.db and coordination.db-wal away together (or put a backup of both there), and start again';

function checkLog({ log, state, witness }: RepositoryFacts, { nowMs }: Facts): readonly Finding[] {
  const remedy =
    state.known && !state.value.writable
      ? 'see the state folder, above'
      : 'the message says what to do; the scopes themselves are in your files';
  return findingsFrom('log', log, remedy, (audit) => {
    if (audit.content === null) return [missingLog(witness)];
    const { former } = audit.content;
    return [...contentFindings(audit.content, nowMs), ...former.map(formerFinding)];
  });
}

/** Of one that was there, how far it came is kept beside it. */
function missingLog(witness: RepositoryFacts['witness']): Finding {
  if (!witness.known || witness.value.found !== 'sound')
    return ok('log', 'not begun; the first command makes it');
  return warning(
    'log',
    `there was one, as ${witness.value.path} says, and it is gone: the next command begins another, in which nothing of before is held`,
    'bring it back while no coordinator runs (rhema daemon stop); where it is lost, there is nothing to do but to join again',
  );
}

function formerFinding(path: string): Finding {
  return warning(
    'log',
    `another one was here before (a backup was put back, or the log was lost); it is kept in ${path}`,
    `${shellCommand('rhema', 'verify-log', path)} reads it; remove it when nobody needs it any more`,
  );
}

/** No longer than the status tells it does somebody have to know. */
const newsForMs = 24 * 60 * 60_000;

function anewFinding({ message, atMs }: NonNullable<LogContent['begunAnew']>, nowMs: number): Finding {
  if (nowMs - atMs > newsForMs) return ok('log', message);
  return warning('log', message, 'there is nothing to do but to join again; rhema log shows where it begins');
}

/** Damage comes in rows; the first few say where it is. */
const logProblemsMax = 5;

function contentFindings(content: LogContent, nowMs: number): readonly Finding[] {
  const { first, last, problems, begunAnew } = content;
  const sound = ok('log', `revisions ${first} to ${last}, every entry read, the file is sound`);
  // One that was put aside is told of by itself.
  const isTold = begunAnew === null || begunAnew.former !== null;
  if (problems.length === 0) return isTold ? [sound] : [sound, anewFinding(begunAnew, nowMs)];
  const shown = problems.slice(0, logProblemsMax).map((text) => problem('log', text, logRemedy));
  const left = problems.length - shown.length;
  return left === 0 ? shown : [...shown, problem('log', `and ${left} more`, logRemedy)];
}

function checkWitness({ witness, log }: RepositoryFacts): readonly Finding[] {
  const remedy = 'see that you may read and write that file; until then no coordinator starts here';
  const hasLog = log.known && log.value.content !== null && log.value.content.problems.length === 0;
  return findingsFrom('witness', witness, remedy, (look) => [witnessFinding(look, hasLog)]);
}

function witnessFinding({ path, found }: WitnessLook, hasLog: boolean): Finding {
  if (found === 'sound') return ok('witness', `${path} keeps how far the log came`);
  if (found === 'missing') return ok('witness', `${path} is not there; the next command makes it`);
  return warning(
    'witness',
    `${path} is damaged: how far the log came is not known without the log; a new one begins at the number of milliseconds since 1970, and so do its tokens`,
    hasLog
      ? 'the next command that changes something writes it anew from this log; until then put no backup of the log in its place'
      : 'let a new log begin, and put no backup of it there: that could give numbers twice; those of a new one are only long',
  );
}

/** Clocks of one host that differ by more were set meanwhile. */
const clockToleranceMs = 5_000;

function checkClock(
  { surroundings, log, coordination }: RepositoryFacts,
  { nowMs }: Facts,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (surroundings.known && !surroundings.value.bootIsKnown)
    findings.push(
      warning(
        'clock',
        'this system does not tell its boot: leases begin anew whenever another process takes over',
        'let /proc/sys/kernel/random/boot_id be readable',
      ),
    );
  const lastAtMs = log.known ? (log.value.content?.lastAtMs ?? null) : null;
  if (lastAtMs !== null && lastAtMs - nowMs > clockToleranceMs)
    findings.push(
      warning(
        'clock',
        `the log is ${duration(lastAtMs - nowMs)} ahead of this clock; leases are not affected, times shown are`,
        'set the clock of this host',
      ),
    );
  const jumps = coordination.known ? (coordination.value?.clockJumps ?? 0) : 0;
  if (jumps > 0) findings.push(jumpFinding(jumps));
  if (findings.length > 0) return findings;
  return [ok('clock', lastAtMs === null ? 'of this boot' : 'of this boot, in step with the log')];
}

function jumpFinding(jumps: number): Finding {
  return warning(
    'clock',
    `it ran ahead ${count(jumps, 'time')} in the last day (sleep, or it was set): each time every lease began anew`,
    'keep the machine awake and its clock synchronised while agents work',
  );
}

function checkMachines({ coordination }: RepositoryFacts, { nowMs }: Facts): readonly Finding[] {
  if (!coordination.known || coordination.value === null) return [];
  const { machines } = coordination.value;
  return [machines === null ? ok('machines', 'one uses this log') : machinesFinding(machines, nowMs)];
}

function machinesFinding({ hosts, byTurns, atMs }: Machines, nowMs: number): Finding {
  const since = duration(Math.max(0, nowMs - atMs));
  if (byTurns)
    return warning(
      'machines',
      `${machineNames(hosts)} use this log by turns, last changed ${since} ago: each change starts every lease anew, so what a dead agent holds stays held; at the same time they must not use it at all`,
      'let one machine, or the containers of one, work in a repository; on every other, work in a clone',
    );
  return warning(
    'machines',
    `the log went over from one machine to another ${since} ago, while both ran (${machineNames(hosts)}): every lease began anew`,
    'nothing is to be done where the repository was moved; where both use it, work in a clone on one of them',
  );
}

/** Several clocks of one name: its boots, or containers with a time of their own. */
function machineNames(hosts: readonly string[]): string {
  return hosts.length === 1 ? `several clocks of ${hosts[0]}` : hosts.join(', ');
}

function checkSessions({ sessions, coordination, surroundings }: RepositoryFacts): readonly Finding[] {
  const remedy = 'do that; to join under its name again replaces a damaged one, or says how to go on';
  const deserted = surroundings.known ? surroundings.value.deserted : [];
  return findingsFrom('sessions', sessions, remedy, (kept) =>
    findingsFrom('sessions', coordination, 'see the findings above', (facts) =>
      facts === null ? [ok('sessions', `${kept.length} kept`)] : sessionFindings(kept, facts, deserted),
    ),
  );
}

function sessionFindings(
  kept: readonly AgentSession[],
  { status }: CoordinationFacts,
  deserted: readonly Deserted[],
): readonly Finding[] {
  const isLive = (session: AgentSession): boolean =>
    status.agents.some(
      ({ agent, epoch, presence }) =>
        agent === session.agent && epoch === session.epoch && presence === 'present',
    );
  const stale = kept.filter((session) => !isLive(session)).map(({ agent }) => agent);
  const left = kept.filter(isLive).flatMap(({ agent }) => deserted.find((one) => one.agent === agent) ?? []);
  const findings = [...staleSessions(stale), ...left.map(desertedSession)];
  return findings.length > 0 ? findings : [ok('sessions', `${kept.length} kept, all live`)];
}

/** One for all: programs that are killed leave many, of which nobody has to be looked at by itself. */
function staleSessions(agents: readonly AgentSession['agent'][]): readonly Finding[] {
  const [first, ...others] = agents;
  if (first === undefined) return [];
  const more = agents.length - namesShownMax;
  const names = agents.slice(0, namesShownMax);
  const shown = names.join(', ') + (more > 0 ? ` and ${more} more` : '');
  const remedy = shellCommand('rhema', 'agent', 'leave', first);
  return [
    others.length === 0
      ? warning('sessions', `${first} was lost or has left; its session is of no use`, `${remedy} removes it`)
      : warning(
          'sessions',
          `${shown} were lost or have left; their sessions are of no use`,
          `${remedy} removes the first, and so each`,
        ),
  ];
}

const namesShownMax = 20;

function desertedSession({ agent, pid }: Deserted): Finding {
  return warning(
    'sessions',
    `nobody renews ${agent}: its rhema mcp (process ${pid}) has ended; what it holds comes free by itself`,
    `start its client again, or: ${shellCommand('rhema', 'agent', 'leave', agent)}`,
  );
}
