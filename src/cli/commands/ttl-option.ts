import { formatDuration, settingBounds, type DurationMs } from '../../core/index.ts';
import { invalidInput } from '../answer/errors.ts';
import type { Call } from '../call.ts';
import { durationOption } from './acquiring.ts';
import { settingsInForce } from './settings-in-force.ts';

/** What any settings may allow; what those in force allow the rules say themselves. */
const anyTtlMaxMs = settingBounds.lockTtlMaxMs[1];

/** How long a lease is to be. Throws `INVALID_INPUT`. */
export async function ttlOption(call: Call, text: string): Promise<DurationMs> {
  const ttlMs = await durationOption('--ttl', text);
  if (ttlMs <= anyTtlMaxMs) return ttlMs;
  const settings = await settingsInForce(call);
  const longest =
    settings === null
      ? formatDuration(anyTtlMaxMs as DurationMs)
      : `${formatDuration(settings.lockTtlMaxMs)} here (lock_timeout_max)`;
  throw invalidInput(`--ttl: ${formatDuration(ttlMs)} is too much: at most ${longest}`);
}
