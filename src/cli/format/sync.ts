/** Syncs in words. */
import type { CommandKind, ScopePath, TimeMs } from '../../core/index.ts';
import type { SyncView } from '../../protocol/index.ts';
import { count, duration } from '../../wording/index.ts';
import type { Step, SyncOutcome, SyncProblem, Why } from '../../sync/index.ts';
import { line } from './text.ts';
import { relative } from './time.ts';
import { retryTime } from './views.ts';

export const whyTexts: Readonly<Record<Why, string>> = {
  never: 'never synced',
  changed: 'changed since',
  below: 'what it depends on is to be synced',
  failed: 'failed before',
  undone: 'said to have changed',
  running: 'being synced',
};

export const stepText = ({ scope, why }: Step): string => line`${scope} (${whyTexts[why]})`;

/** What became of a scope, as it follows its name. */
export function outcomeText(outcome: SyncOutcome, tookMs: number | null): string {
  switch (outcome.kind) {
    case 'synced':
      return tookMs === null || tookMs < 1_000 ? 'synced' : `synced in ${duration(tookMs)}`;
    case 'unchanged':
      return 'is as it was synced';
    case 'failed':
      return line`failed: ${outcome.error}`;
    case 'heldBack':
      return line`is held back: ${outcome.by.join(', ')} is not synced`;
    case 'notAllowed':
      return line`is not synced: its command was not allowed: ${outcome.command}`;
    case 'restless':
      return 'is not synced: it was changed again each time; sync it when nobody works on it';
    case 'gone':
      return 'is no scope any more';
    case 'aborted':
      return line`was aborted by ${outcome.by}`;
    case 'stopped':
      return 'was interrupted';
  }
}

export function problemLine({ file, line: row, column, severity, rule, message }: SyncProblem): string {
  const place = [file, ...(row === null ? [] : [row, ...(column === null ? [] : [column])])].join(':');
  return line`${place}: ${severity}: ${message} (${rule})`;
}

/** What undid a sync. */
export interface Undone {
  readonly scope: ScopePath;
  /** The scope that was changed: this one, or one that it depends on. */
  readonly cause: ScopePath;
  readonly by: string | null;
  readonly kind: CommandKind;
  /** The operation of Git, or what somebody has said. */
  readonly reason: string | null;
  readonly atMs: TimeMs;
}

/** What is known of a scope's sync. */
export interface Standing {
  readonly sync: SyncView;
  /** Null: it is synced as it is, or nobody can tell. */
  readonly step: Step | null;
  readonly undone: Undone | null;
  readonly isAuto: boolean;
  readonly isAllowed: boolean;
  /** Whether its command is run only when somebody asks for that. */
  readonly isLeft: boolean;
  /** What it depends on, and is not synced. */
  readonly waitsFor: readonly ScopePath[];
}

/** Why a sync is as it is. */
export function standingText({ sync, step, undone }: Standing, nowMs: number): string {
  switch (sync.status) {
    case 'syncing':
      return line`${sync.agent ?? 'somebody'} syncs it${since(sync.startedAtMs, nowMs)}`;
    case 'failed':
      return line`${sync.error ?? ''} (${count(sync.failures, 'failure')})`;
    case 'completed':
      return step === null
        ? line`as it was synced${since(sync.endedAtMs, nowMs)} by ${sync.agent ?? 'somebody'}`
        : step.why === 'below'
          ? 'what it depends on was changed since'
          : 'it was changed since';
    case 'idle':
      return undone === null ? 'its sync was undone' : undoneText(undone, nowMs);
  }
}

function undoneText({ scope, cause, kind, by, reason, atMs }: Undone, nowMs: number): string {
  if (kind === 'AbortSync')
    return line`its run was aborted by ${by ?? 'somebody'}${reason === null ? '' : `: ${reason}`}${since(atMs, nowMs)}`;
  const what = cause === scope ? 'it was changed' : line`${cause} was changed`;
  const how =
    kind === 'GitOperation'
      ? line`by Git (${reason ?? ''})`
      : kind === 'ContextModify'
        ? line`by ${by ?? 'somebody'}, who wrote a context file`
        : kind === 'DefineScopes'
          ? 'in its definition'
          : line`as ${by ?? 'somebody'} said${reason === null ? '' : `: ${reason}`}`;
  return `${what} ${how}${since(atMs, nowMs)}`;
}

const since = (atMs: number | null, nowMs: number): string =>
  atMs === null ? '' : `, ${relative(atMs, nowMs)}`;

/** What comes next, or whoever wants it synced types; nothing where there is nothing to come. */
export function nextText(standing: Standing, nowMs: number): string {
  const { sync, step, isAllowed, waitsFor } = standing;
  const isAuto = standing.isAuto && !standing.isLeft;
  if (sync.status === 'syncing' || (sync.status === 'completed' && step === null)) return '';
  if (!isAllowed) return 'rhema sync allow';
  if (sync.status === 'failed' && (!isAuto || sync.retriesLeft === 0)) return 'mend it, then rhema sync run';
  if (sync.status === 'failed') return `is tried again ${retryTime(sync, nowMs)}`;
  if (waitsFor.length > 0) return line`after ${waitsFor.slice(0, 3).join(', ')}`;
  return isAuto && sync.status === 'idle' ? 'is synced by itself' : 'rhema sync run';
}
