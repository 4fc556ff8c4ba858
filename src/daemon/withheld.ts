/**
 * What the scope files ask for and must not have while somebody works: whoever holds or waits was promised something under
 * the settings of that moment, and a change of files must not take it back.
 */
import { options, settingsOf, type LoadedConfig } from '../config/index.ts';
import type { ScanResult } from '../repository/index.ts';
import {
  isSameSetting,
  patternsMax,
  type ResourceName,
  type ScopeDefinition,
  type Settings,
} from '../core/index.ts';
import {
  CoordinatorError,
  type Coordinator,
  type RefreshOptions,
  type Reply,
  type ScopeProblem,
  type StatusAnswer,
} from '../protocol/index.ts';

/** What is decided by, and who would be hurt by a change of it. */
export interface InForce extends Work {
  readonly definitions: readonly ScopeDefinition[];
  readonly settings: Settings;
}

export interface Work {
  /** Locks that are held. */
  readonly held: number;
  /** Tickets in the queue. */
  readonly waiting: number;
  /** Syncs that run. */
  readonly syncing: number;
}

export async function inForceOf(coordinator: Pick<Coordinator, 'query'>): Promise<InForce> {
  const status = await coordinator.query({ kind: 'status', at: null });
  const { scopes } = await coordinator.query({ kind: 'scopes' });
  return {
    definitions: scopes
      .filter(({ withdrawn }) => !withdrawn)
      .map(({ path, name, type, dependencies }) => ({ path, name, type, dependencies })),
    settings: status.settings,
    ...workIn(status),
  };
}

export function workIn({ locks, waiters, syncs }: StatusAnswer): Work {
  const syncing = syncs.filter(({ status }) => status === 'syncing').length;
  return { held: locks.length, waiting: waiters.length, syncing };
}

export function isBusy({ held, waiting, syncing }: Work): boolean {
  return held + waiting + syncing > 0;
}

export interface Granted {
  /** What may take effect now. */
  readonly settings: Settings;
  /** Fields that have to wait until nothing is held or waited for. */
  readonly withheld: readonly (keyof Settings)[];
}

/** The settings that the files ask for; as long as somebody works, without those that are tighter than what is in force. */
export function grantedSettings(inForce: InForce, { config }: LoadedConfig): Granted {
  const wanted = settingsOf(config);
  if (!isBusy(inForce)) return { settings: wanted, withheld: [] };
  const settings = loosest(inForce.settings, wanted);
  const fields = Object.keys(wanted) as (keyof Settings)[];
  return { settings, withheld: fields.filter((field) => !isSameSetting(settings, wanted, field)) };
}

/** Of each setting the value that takes nothing from anybody. */
function loosest(a: Settings, b: Settings): Settings {
  const numbers = Object.keys(a).flatMap((field) => {
    const [one, other] = [a[field as keyof Settings], b[field as keyof Settings]];
    return typeof one === 'number' && typeof other === 'number' ? [[field, Math.max(one, other)]] : [];
  });
  return {
    ...(Object.fromEntries(numbers) as unknown as Settings),
    // Of these two less is looser: a pause before a retry, and a condition of a sync.
    retryBackoffMs: a.retryBackoffMs < b.retryBackoffMs ? a.retryBackoffMs : b.retryBackoffMs,
    dependencyChecking: a.dependencyChecking && b.dependencyChecking,
    resources: allOf(a.resources, b.resources),
    freePaths: [...new Set([...b.freePaths, ...a.freePaths])].slice(0, patternsMax),
    // Nobody has been promised at which level the next file is claimed.
    claimLevel: b.claimLevel,
  };
}

/** Every resource of either, with as many slots as either gives it. */
function allOf(a: Settings['resources'], b: Settings['resources']): Settings['resources'] {
  const names = [...Object.keys(a), ...Object.keys(b)] as ResourceName[];
  return Object.fromEntries(names.map((name) => [name, Math.max(a[name] ?? 0, b[name] ?? 0)]));
}

const untilFree = 'until nothing is held, waited for or synced';

export function settingsWait(fields: readonly (keyof Settings)[]): ScopeProblem {
  const keys = options
    .filter(({ field }) => (fields as readonly string[]).includes(field))
    .map(({ key }) => key);
  const message = `${keys.join(', ')}: the tighter value takes effect later; the former one stays ${untilFree}`;
  return warning('SETTINGS_WAIT', message);
}

export function disablingWaits(work: Work): ScopeProblem {
  return warning('DISABLING_WAITS', `${switchedOff}. This takes effect later: ${stillOpen(work)}`);
}

/** Why the files cannot be looked at; what the log has stays in force. */
export function unseenFiles(error: unknown): ScopeProblem {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `the scope files cannot be looked at, so the scopes and settings of the log stay in force: ${reason}`;
  return { ...warning('FILES_UNSEEN', message), severity: 'error' };
}

/** In the words of those who look after the files. */
export function allGone({ definitions }: InForce): ScopeProblem {
  const message = `no scope file is left where there were ${definitions.length}, so the former scopes stay in force: bring the files back, or say that there are none with: rhema scope refresh --accept-none`;
  return { ...warning('GRAPH_EMPTY', message), severity: 'error' };
}

/** For whoever asks for something new. */
export function disabled(work: Work | null = null): CoordinatorError {
  const rest = work === null ? '' : `. Nothing new is given out: ${stillOpen(work)}`;
  return new CoordinatorError('DISABLED', `${switchedOff}${rest}`);
}

const switchedOff =
  'coordination is switched off here: `agent_coordination.enabled` is false in the root rhema.yaml';

function stillOpen({ held, waiting, syncing }: Work): string {
  return `what is held stays so ${untilFree} (now ${held} held, ${waiting} waited for, ${syncing} synced)`;
}

function warning(code: string, message: string): ScopeProblem {
  return { code, severity: 'warning', file: null, line: null, column: null, message };
}

/** Why a command of those who look after the files was refused. */
export function refusalProblems(reply: Reply): readonly ScopeProblem[] {
  if (reply.ok) return [];
  const { code, message } = reply.rejection;
  return [{ code, severity: 'error', file: null, line: null, column: null, message }];
}

/** Whether all that was there is not, scopes and settings: what is not believed of the ones is not of the others. */
export function isGone(scan: ScanResult, inForce: InForce, { acceptNone = false }: RefreshOptions): boolean {
  if (acceptNone || scan.definitions.length > 0 || inForce.definitions.length === 0) return false;
  return Object.values(scan.config.origins).every(({ kind }) => kind !== 'file');
}

/** What there is to do where there are no scopes is no advice where there were some. */
export function filesProblems({ problems }: ScanResult, { definitions }: InForce): readonly ScopeProblem[] {
  return definitions.length === 0 ? problems : problems.filter(({ code }) => code !== 'NO_SCOPES');
}

/** A look in vain is told in its own place; that all is switched off, at once. */
export async function unlessDisabled(look: Promise<void>): Promise<void> {
  try {
    await look;
  } catch (error) {
    if (error instanceof CoordinatorError && error.code === 'DISABLED') throw error;
  }
}
