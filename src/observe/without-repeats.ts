import { logEvents } from './log-events.ts';
import type { Log } from './log.ts';

/** What is said again sooner is only counted. */
const saidEveryMs = 60_000;
/** Of so many lines it is known when they were said last; of more, the first ones are said as if they were new. */
const linesMax = 100;

interface Said {
  atMs: number;
  repeats: number;
}

/**
 * The same log, in which trouble that stays is said once a minute, with how often it was met since: a disk that cannot be
 * written is tried every second, for as long as it takes, and nobody empties the log meanwhile.
 */
export function withoutRepeats(log: Log, monotonicMs: () => number): Log {
  const known = new Map<string, Said>();
  return {
    note: (event, fields) => {
      const { level } = logEvents[event];
      if (level !== 'warn' && level !== 'error') return log.note(event, fields);
      const nowMs = monotonicMs();
      const line = JSON.stringify([event, fields]);
      const said = known.get(line);
      if (said !== undefined && nowMs - said.atMs < saidEveryMs) return void (said.repeats += 1);
      const { repeats } = said ?? { repeats: 0 };
      log.note(event, repeats === 0 ? fields : { ...fields, repeats });
      known.delete(line);
      known.set(line, { atMs: nowMs, repeats: 0 });
      const [oldest] = known.keys();
      if (known.size > linesMax && oldest !== undefined) known.delete(oldest);
    },
  };
}
