/** One thing to do about each finding: a command that shows more, or a line of the configuration. */
import {
  asDurationMs,
  formatDuration,
  type DurationMs,
  type LockName,
  type Settings,
} from '../core/index.ts';
import { command, setting, type Reader, type Suggestion } from './finding.ts';
import type { IdleHolds } from './idle.ts';
import type { LapseTally } from './lapses.ts';

/** Most agents that `rhema fit` compares. */
const fitAgentsMax = 50;

/** Less contention for what everybody wants. */
export function suggestForTarget(name: LockName, settings: Settings, reader: Reader): Suggestion {
  if (name.resource !== undefined) {
    const capacity = settings.resources[name.resource] ?? 1;
    if (name.resource === '@git') return command('lock', 'history', name.resource);
    return setting(`resources.${name.resource.slice(1)}`, `{ capacity: ${capacity + 1} }`);
  }
  if (name.file !== undefined) return fitCommand(reader, '--free', name.file);
  return suggestForScope(name.scope, settings, reader);
}

/** Locks of files where they are not what is asked for; else smaller scopes. */
export function suggestForScope(scope: string, settings: Settings, reader: Reader): Suggestion {
  if (settings.claimLevel === 'scope') return setting('claim', 'file');
  return fitCommand(reader, '--split', scope === '.' ? '*' : `${scope}/*`);
}

export function suggestForShare(agents: number, reader: Reader): Suggestion {
  return fitCommand(reader, '--agents', String(Math.min(fitAgentsMax, Math.max(2, agents))));
}

const fitCommand = ({ hasLog }: Reader, ...words: readonly string[]): Suggestion =>
  command('fit', ...(hasLog ? ['--from-log'] : []), ...words);

/** Twice the lease that was too short, as far as leases may be long. */
export function suggestForLapse({ ttlMs, last }: LapseTally, settings: Settings): Suggestion {
  const wantedMs = 2 * (ttlMs ?? settings.lockTtlMs);
  const given = Math.min(wantedMs, settings.lockTtlMaxMs);
  if (given > settings.lockTtlMs) return setting('lock_timeout', formatDuration(asDurationMs(given)));
  return command('lock', 'history', last.target);
}

const minuteMs = 60_000;

/** Half of what was held for nothing, in whole minutes, if that is less than now. */
export function suggestForIdle({ longest }: IdleHolds, settings: Settings): Suggestion {
  const halfMs = Math.max(1, Math.floor(longest.lengthMs / 2 / minuteMs)) * minuteMs;
  if (halfMs < settings.maxContendedHoldMs)
    return setting('max_contended_hold', formatDuration(halfMs as DurationMs));
  return command('lock', 'history', longest.target);
}
