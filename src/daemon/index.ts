import { statePaths } from '../client/index.ts';
import type { Coordinator } from '../protocol/index.ts';
import type { LogAudit, WitnessLook } from './audit-log.ts';
import type { OpenLogFile } from './log-file-source.ts';
import type { Front, OpenFront } from './owner-life.ts';
import type { StateLook } from './remove-state.ts';
import type { Room } from './room.ts';
import type { OpenOptions } from './wire-up.ts';

export { endSoon } from './linger.ts';
export type { LogAudit, LogContent, WitnessLook } from './audit-log.ts';
export type { OpenLogFile } from './log-file-source.ts';
export type { Front, OpenFront } from './owner-life.ts';
export type { StateLook } from './remove-state.ts';
export type { ServedCoordinator } from './served.ts';
export type { Room } from './room.ts';
export type { OpenOptions } from './wire-up.ts';

/** See `owner.ts`. What an owner needs is loaded once it is one: most of those who start at the same time are not. */
export async function runOwner(options: OpenOptions): Promise<void> {
  return (await import('./owner.ts')).runOwner(options);
}

/** See `fronted.ts`. */
export async function runFronted(
  options: OpenOptions,
  front: Front,
  onReady: (front: OpenFront) => void,
  leaveOn: AbortSignal,
): Promise<void> {
  return (await import('./fronted.ts')).runFronted(options, front, onReady, leaveOn);
}

/** See `wire-up.ts`. */
export async function openDirect(options: OpenOptions): Promise<Coordinator> {
  return (await import('./wire-up.ts')).openDirect(options);
}

/** See `audit-log.ts`. */
export async function auditLog(commonDir: string): Promise<LogAudit> {
  return (await import('./audit-log.ts')).auditLog(commonDir);
}

/** See `audit-log.ts`. */
export async function witnessLook(commonDir: string): Promise<WitnessLook> {
  return (await import('./audit-log.ts')).witnessLook(commonDir);
}

/** See `log-file-source.ts`. */
export async function openLogFile(path: string): Promise<OpenLogFile> {
  return (await import('./log-file-source.ts')).openLogFile(path);
}

/** See `room.ts`. */
export async function roomFor(commonDir: string): Promise<Room> {
  return (await import('./room.ts')).roomFor(commonDir);
}

/** See `room.ts`. */
export async function openFilesMax(): Promise<number | null> {
  return (await import('./room.ts')).openFilesMax();
}

/** See `remove-state.ts`. */
export async function lookAtState(commonDir: string): Promise<StateLook> {
  return (await import('./remove-state.ts')).lookAtState(commonDir);
}

/** See `remove-state.ts`. */
export async function removeState(commonDir: string, seen: StateLook): Promise<void> {
  await (await import('./remove-state.ts')).removeState(commonDir, seen);
}

/** See `misplaced.ts`. */
export async function misplacedAt(commonDir: string): Promise<readonly string[]> {
  const { misplaced } = await import('./misplaced.ts');
  return misplaced(statePaths(commonDir)).map(({ message }) => message);
}

export { evidenceIn } from './evidence-file.ts';
