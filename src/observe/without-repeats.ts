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
  const unlessRepeated =
    (level: 'warn' | 'error') =>
    (facts: object, message: string): void => {
      const nowMs = monotonicMs();
      const line = JSON.stringify([level, message, facts]);
      const said = known.get(line);
      if (said !== undefined && nowMs - said.atMs < saidEveryMs) return void (said.repeats += 1);
      log[level](
        said === undefined || said.repeats === 0 ? facts : { ...facts, repeats: said.repeats },
        message,
      );
      known.delete(line);
      known.set(line, { atMs: nowMs, repeats: 0 });
      const [oldest] = known.keys();
      if (known.size > linesMax && oldest !== undefined) known.delete(oldest);
    };
  return {
    info: (facts, message) => log.info(facts, message),
    warn: unlessRepeated('warn'),
    error: unlessRepeated('error'),
  };
}
