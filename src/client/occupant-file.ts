/**
 * Which live process acts for which agent: the occupant of its name. A session's secret is in a file that all processes of
 * a user can read, so two of them could act under one name without knowing it. An occupant's note tells the second one, and
 * a dead occupant is succeeded.
 *
 * Notes on a name are numbered files, each written once: whoever wants to succeed note n links a file to the name of
 * n + 1, which only one can. This is a courtesy among the processes of one user, not a lock: the coordinator refuses
 * whoever speaks for an incarnation that is over.
 *
 * A note says in which folder it was made: in a copy of the repository it says nothing. A process of another container
 * cannot be seen, but the pipe beside its note can, which it holds open as long as it lives. Where there is none, the note
 * counts as a living one's; whoever knows from the coordinator that its agent is gone says so by `isOccupying`.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AgentId } from '../core/index.ts';
import {
  createFile,
  holdPipe,
  identityOfFolder,
  isOwnFolder,
  isPipeHeld,
  readOwnText,
  removeFile,
} from '../files/index.ts';
import { ensurePrivateDirectory, withAccess, type StatePaths } from './paths.ts';
import { canBeSeen, isRunning, thisProcess, type ProcessIdentity } from './process-identity.ts';
import { sessionFileName } from './session-file.ts';

/** A process that acts for an agent, and for which its name is therefore taken. */
export interface Occupant {
  readonly process: ProcessIdentity;
  /** It cannot be seen whether its process runs; it counts as running. */
  readonly isUnseen?: true;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

/**
 * The occupant of a name when it is another live process; null when it is this one from now on. Throws `PERMISSION` or
 * `STORE_FAILURE` when notes cannot be kept.
 */
export function occupyName(
  paths: StatePaths,
  agent: AgentId,
  nowMs: number,
  isOccupying: (occupant: Occupant) => boolean = () => true,
): Occupant | null {
  ensurePrivateDirectory(paths.directory);
  ensurePrivateDirectory(occupantsFolder(paths));
  for (;;) {
    const notes = notesOn(paths, agent);
    const last = notes.at(-1);
    const note = last === undefined ? null : readNote(last.path);
    if (note !== null && isOurs(note)) return null;
    const occupant = note === null ? null : living(paths, note);
    if (occupant !== null && isOccupying(occupant)) return occupant;
    if (!writeNext(paths, agent, (last?.number ?? 0) + 1, nowMs)) continue;
    for (const { path } of notes) remove(path);
    if (note?.pipe !== undefined && occupant === null) remove(join(occupantsFolder(paths), note.pipe));
    return null;
  }
}

/** Makes this process the occupant of a name that the coordinator has given it: a note of anybody else is out of date. */
export function takeName(paths: StatePaths, agent: AgentId, nowMs: number): void {
  occupyName(paths, agent, nowMs, () => false);
}

/** The live process that occupies a name, if it is another one. */
export function livingOccupant(paths: StatePaths, agent: AgentId): Occupant | null {
  const note = lastNote(paths, agent);
  return note !== null && !isOurs(note) ? living(paths, note) : null;
}

/** Lets go of a name, if this process occupies it. */
export function releaseName(paths: StatePaths, agent: AgentId): void {
  for (const { path } of notesOn(paths, agent)) {
    const note = readNote(path);
    if (note !== null && isOurs(note)) remove(path);
  }
}

/** The process that has occupied a name and has ended without letting go of it; null when there is none. */
export function deadOccupant(paths: StatePaths, agent: AgentId): Occupant | null {
  const note = lastNote(paths, agent);
  return note === null || living(paths, note) !== null ? null : occupantOf(note);
}

function lastNote(paths: StatePaths, agent: AgentId): OccupantNote | null {
  const last = notesOn(paths, agent).at(-1);
  return last === undefined ? null : readNote(last.path);
}

/** Null when its process has ended. */
function living(paths: StatePaths, note: OccupantNote): Occupant | null {
  const occupant = occupantOf(note);
  if (canBeSeen(note.process)) return isRunning(note.process) ? occupant : null;
  const held = note.pipe === undefined ? null : isPipeHeld(join(occupantsFolder(paths), note.pipe));
  if (held === null) return { ...occupant, isUnseen: true };
  return held ? occupant : null;
}

function occupantOf({ process, sinceMs }: OccupantNote): Occupant {
  return { process, sinceMs };
}

interface NumberedNote {
  readonly number: number;
  readonly path: string;
}

/** Its name on disk is the one of earlier versions. */
const occupantsFolder = (paths: StatePaths): string => join(paths.directory, 'keepers');

/** The notes on a name, the latest last. */
function notesOn(paths: StatePaths, agent: AgentId): NumberedNote[] {
  const folder = occupantsFolder(paths);
  const prefix = `${sessionFileName(agent)}#`;
  return namesIn(paths)
    .filter((name) => name.startsWith(prefix))
    .map((name) => ({ number: Number(name.slice(prefix.length)), path: join(folder, name) }))
    .filter(({ number }) => Number.isSafeInteger(number))
    .sort((a, b) => a.number - b.number);
}

/** False when another process was faster. */
function writeNext(paths: StatePaths, agent: AgentId, number: number, nowMs: number): boolean {
  const folder = occupantsFolder(paths);
  const note: OccupantNote = {
    process: thisProcess(),
    sinceMs: nowMs,
    folder: identityOfFolder(folder),
    ...ownPipe(folder),
  };
  const path = join(folder, `${sessionFileName(agent)}#${number}`);
  return withAccess(path, () => createFile(path, JSON.stringify(note)));
}

function remove(path: string): void {
  withAccess(path, () => removeFile(path));
}

/** An occupant as its file has it. */
interface OccupantNote extends Occupant {
  /** Those of earlier versions do not say. */
  readonly folder?: string;
  /** Name of the pipe beside it that its process holds. */
  readonly pipe?: string;
}

const pipeName = /^\.[0-9a-f]{12}\.pipe$/;

/** Names by folder; null: it can have none. */
const pipes = new Map<string, string | null>();

/** The pipe of this process, which has one in each folder where it occupies names; only Linux has containers that need it. */
function ownPipe(folder: string): { readonly pipe?: string } {
  if (pipes.size === 0) process.once('exit', removePipes);
  const pipe = pipes.get(folder) ?? (pipes.has(folder) ? null : newPipe(folder));
  pipes.set(folder, pipe);
  return pipe === null ? {} : { pipe };
}

function newPipe(folder: string): string | null {
  const pipe = `.${randomBytes(6).toString('hex')}.pipe`;
  return process.platform === 'linux' && holdPipe(join(folder, pipe)) ? pipe : null;
}

function removePipes(): void {
  for (const [folder, pipe] of pipes) if (pipe !== null) removeFile(join(folder, pipe));
}

/** Null when the note is gone, is no note, or was copied here. */
function readNote(path: string): OccupantNote | null {
  const text = withAccess(path, () => readOwnText(path));
  try {
    if (text === null) return null;
    const note = JSON.parse(text) as OccupantNote;
    const isFromHere = note.folder === undefined || note.folder === identityOfFolder(dirname(path));
    // A note that somebody has written names no other file.
    const isWellMade = note.pipe === undefined || pipeName.test(note.pipe);
    return isFromHere && isWellMade ? note : null;
  } catch {
    return null;
  }
}

function isOurs({ process: { pid, start } }: OccupantNote): boolean {
  const own = thisProcess();
  return own.pid === pid && own.start === start;
}

function namesIn(paths: StatePaths): string[] {
  const folder = occupantsFolder(paths);
  return withAccess(folder, () =>
    isOwnFolder(paths.directory) && isOwnFolder(folder) ? readdirSync(folder) : [],
  );
}
