import { destination, pino } from 'pino';

/** What the coordinator process says about its work: facts as fields, and a sentence for people. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

const standardError = 2;

/** JSON lines on standard error, with ISO times; written at once, so that the last words of a dying process are kept. */
export function openLog(): Log {
  return pino(
    {
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination({ fd: standardError, sync: true }),
  );
}
