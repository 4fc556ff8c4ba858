import { writeSync } from 'node:fs';
import { pino } from 'pino';
import { escapeUnclear } from '../core/index.ts';

/** What the coordinator process says about its work: facts as fields, and a sentence for people. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

const standardError = 2;

/** What cannot be written there (the disk is full, the terminal is gone) is lost: work does not end for want of a log. */
const lines = {
  write: (line: string): void => {
    try {
      writeSync(standardError, visible(line));
    } catch {
      // There is no other place to say it.
    }
  },
};

/** Names of others are in it, and a person looks at it on a terminal. */
const visible = (line: string): string => `${escapeUnclear(line.trimEnd())}\n`;

/** JSON lines on standard error, with ISO times; written at once, so that the last words of a dying process are kept. */
export function openLog(): Log {
  return pino(
    {
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    lines,
  );
}
