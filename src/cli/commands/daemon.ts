import type { OwnerEnd } from '../../client/index.ts';
import { CoordinatorError, type HealthAnswer } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import type { Repository } from '../world/world.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { line, safe } from '../format/text.ts';
import { relative } from '../format/time.ts';
import { fitted } from '../format/width.ts';
import { done, ended } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { numberOption } from './number-option.ts';
import { followFile, readFrom } from './tail-file.ts';
import { here } from './here.ts';

/** Whether the owner process runs, and how it is. Starts none. */
export async function daemonStatus(call: Call): Promise<Outcome> {
  const health = await call.world.owner.health(await call.clone());
  if (health === null)
    return done(null, { running: false }, () => 'no coordinator process runs; one starts when it is needed');
  const { revision, ...facts } = health;
  return done(revision, { running: true, ...facts }, (style) =>
    fitted(style, healthText(health, call.nowMs)),
  );
}

function healthText(health: HealthAnswer, nowMs: number): string {
  const { pid, version, startedAtMs, revision, firstRevision, storeEngine, storePath, socket, connections } =
    health;
  return [
    line`process ${pid}, version ${version}, started ${relative(startedAtMs, nowMs)}, ${health.busy ? 'busy' : 'idle'}`,
    line`log: revision ${revision}, kept from ${firstRevision}, ${storeEngine}, ${storePath ?? 'in memory'}`,
    line`socket: ${socket ?? 'none'}, ${connections} connected`,
    ...(health.ok ? [] : ['it is not well: see rhema daemon logs']),
  ].join('\n');
}

/** Asks the owner to finish what runs, and to leave. What is held stays held: it is in the log. */
export async function daemonStop(call: Call): Promise<Outcome> {
  const end = await call.world.owner.stop(await call.clone());
  const data = { stopped: end.kind !== 'none', forced: end.kind === 'killed' };
  return done(null, data, () => endText(end));
}

/** One that a client of another version has just started is stopped so often; it is a race, and either may win. */
const restartsMax = 5;

/** Puts an owner of this version in the place of the one that runs. What is held or waited for stays so: it is in the log. */
export async function daemonRestart(call: Call): Promise<Outcome> {
  const repository = await call.clone();
  for (let left = restartsMax - 1; ; left -= 1) {
    const end = await call.world.owner.stop(repository);
    const health = await newOwner(call, repository).catch((error: unknown) => {
      if (!isOfAnotherVersion(error)) throw error;
      if (left === 0) throw startedAgain(error);
      return null;
    });
    if (health === null) continue;
    const { pid, version, revision } = health;
    const data = { stopped: end.kind !== 'none', forced: end.kind === 'killed', pid, version };
    return done(revision, data, () =>
      [endText(end), line`process ${pid}, version ${version}, runs now`].join('\n'),
    );
  }
}

async function newOwner(call: Call, repository: Repository): Promise<HealthAnswer> {
  const coordinator = await call.world.connect(here(repository), { direct: false });
  try {
    return await coordinator.query({ kind: 'health' });
  } finally {
    await coordinator.close();
  }
}

const isOfAnotherVersion = (error: unknown): error is CoordinatorError =>
  error instanceof CoordinatorError && error.code === 'VERSION_MISMATCH';

const startedAgain = ({ code, message, details }: CoordinatorError): CoordinatorError =>
  new CoordinatorError(
    code,
    `${message}. It was stopped ${restartsMax} times: a client of that version still runs, and starts it again each time: end that, or start it anew, and restart then`,
    { details },
  );

function endText(end: OwnerEnd): string {
  if (end.kind === 'none') return 'no coordinator process ran';
  if (end.kind === 'left') return 'the coordinator process has left';
  return [
    line`the coordinator process did not leave and was killed (pid ${end.pid}); nothing that was told is lost`,
    line`why: ${end.why}`,
  ].join('\n');
}

export interface LogsInput {
  readonly lines: string;
  readonly follow?: boolean;
}

/** What the owner process has written about itself. */
export async function daemonLogs(call: Call, input: LogsInput): Promise<Outcome> {
  const wanted = numberOption('--lines', input.lines, 1, 1_000_000);
  const file = await call.world.owner.logFile(await call.clone());
  const { text, endByte } = await readFrom(file, 0);
  const lines = linesOf(text).slice(-wanted);
  if (input.follow !== true)
    return done(null, { file, lines }, () =>
      lines.length === 0 ? line`nothing was written to ${file} yet` : lines.map(safe).join('\n'),
    );
  for (const part of lines) tell(call, part);
  const tellMore = (more: string): void => {
    for (const part of linesOf(more)) tell(call, part);
  };
  return ended(await followFile(call.ports, file, endByte, tellMore));
}

const linesOf = (text: string): string[] => text.split('\n').filter((part) => part !== '');

function tell(call: Call, text: string): void {
  if (call.json) call.printJson({ ok: true, revision: null, line: text });
  else call.print(safe(text));
}

/** Is the owner process until it leaves: what the first caller who finds nobody starts in the background. */
export async function daemonRun(call: Call): Promise<Outcome> {
  await call.world.owner.run(await call.clone());
  return ended(exitCodes.done);
}
