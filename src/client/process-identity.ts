import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentProcess } from '../core/index.ts';

/** A process, told apart from a later one that was given its number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the words of the system; equal texts mean the same process. */
  readonly start: string;
  /** Where the number means something: in another container it is another process, or none. */
  readonly namespace: string;
}

let own: ProcessIdentity | null = null;

/** The process that runs. */
export function thisProcess(): ProcessIdentity {
  own ??= identityOf(process.pid);
  return own;
}

/** A process that this one can see. One that has ended already is never found running. */
export function identityOf(pid: number): ProcessIdentity {
  return { pid, start: startOf(pid) ?? 'ended', namespace: ownNamespace() };
}

/** Whether a process still runs. One of another container cannot be seen, and counts as running. */
export function isRunning(process: ProcessIdentity): boolean {
  return !canBeSeen(process) || startOf(process.pid) === process.start;
}

/** Whether it can be told if a process runs: not of one of another container. */
export function canBeSeen({ namespace }: ProcessIdentity): boolean {
  return namespace === ownNamespace();
}

/** Where a look starts a program, it is not taken as often. */
const lookEveryMs = process.platform === 'linux' ? 10 : 200;

/** Waits until a process that can be seen has ended, for so long at most; says whether it has. */
export async function untilExited(process: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const untilMs = performance.now() + timeoutMs;
  while (isRunning(process)) {
    if (performance.now() >= untilMs) return false;
    await sleep(lookEveryMs);
  }
  return true;
}

/** Null when there is no such process, or only what is left of one that has ended. */
function startOf(pid: number): string | null {
  return process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
}

/** Processor time of a process and of those of its children that have ended; null where the system does not tell. */
export function processorTicksOf(pid: number): number | null {
  const ticks = statOf(pid)?.slice(11, 15).map(Number);
  return ticks === undefined ? null : ticks.reduce((sum, some) => sum + some, 0);
}

/** The fields of `/proc/PID/stat` from the third on, which is the state; null when there is no such process. */
function statOf(pid: number): readonly string[] | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  return stat === null ? null : stat.replace(/^.*\) /s, '').split(' ');
}

/** The boot, and the clock ticks since then. */
function startOnLinux(pid: number): string | null {
  const fields = statOf(pid);
  const [state, start] = [fields?.[0], fields?.[19]];
  if (state === undefined || start === undefined || state === 'Z' || state === 'X') return null;
  return `${bootId()} ${start}`;
}

function startByPs(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

const ownNamespace = (): string => linkOrNone('/proc/self/ns/pid');

/** The process that runs, as an agent's session is bound to it; null where an end could not be seen for certain. */
export function boundProcess(lingersMs = 0): AgentProcess | null {
  if (process.platform !== 'linux') return null;
  const { pid, start } = thisProcess();
  return { pid, start, namespace: ownNamespaces(), ...(lingersMs === 0 ? {} : { lingersMs }) };
}

/**
 * Whether a process has ended for certain: of this boot, of these namespaces, and either gone, or there in name only, or
 * another one by that number. Where anything of that cannot be told, it has not.
 */
export function hasEnded({ pid, start, namespace }: AgentProcess): boolean {
  if (process.platform !== 'linux' || namespace !== ownNamespaces()) return false;
  const boot = bootId();
  if (boot === '' || !start.startsWith(`${boot} `)) return false;
  const stat = statOf(pid);
  if (stat === null) return isNobody(pid);
  const [state] = stat;
  return state === 'Z' || state === 'X' || `${boot} ${stat[19]}` !== start;
}

/** A process that is hidden from us is there all the same. */
function isNobody(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as { readonly code?: unknown }).code === 'ESRCH';
  }
}

/** Of numbers and of start times: a container may have clocks of its own. */
function ownNamespaces(): string {
  return `${ownNamespace()} ${linkOrNone('/proc/self/ns/time')}`;
}

const bootId = (): string => readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? '';

function linkOrNone(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** A process that has started this one, directly or not. */
export interface AncestorProcess {
  readonly process: AgentProcess;
  /** What the system calls it, such as `bash`. */
  readonly name: string;
}

/** A process deep in a tree of shells has no more. */
const ancestorsMax = 32;

/** The processes around this one, the nearest first; none where they cannot be seen. */
export function ancestorsOf(pid = process.pid): readonly AncestorProcess[] {
  if (process.platform !== 'linux') return [];
  const found: AncestorProcess[] = [];
  let next = parentOf(pid);
  while (next > 1 && found.length < ancestorsMax) {
    const start = startOf(next);
    const name = readOrNull(`/proc/${next}/comm`)?.trim();
    if (start === null || name === undefined) break;
    found.push({ process: { pid: next, start, namespace: ownNamespaces() }, name });
    next = parentOf(next);
  }
  return found;
}

const parentOf = (pid: number): number => Number(statOf(pid)?.[1] ?? 0);
