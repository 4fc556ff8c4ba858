import { plainLine, type Line } from './line.ts';

/** Each key, and what it does. */
export const keyHelp: readonly (readonly [string, string])[] = [
  ['Up Down, j k', 'choose a row; also PgUp, PgDn, Home, End'],
  ['Tab', 'agents, locks, the queue'],
  ['Enter', 'what it does, who has it, and what led to it; Esc goes back'],
  ['s, S', 'sort by the next column; the other way round'],
  ['/', 'only rows with some text; Esc ends that'],
  ['r', 'revoke a lock: asked first, kept in the log'],
  ['Ctrl-L', 'draw all anew'],
  ['Ctrl-Z', 'back to the shell; fg goes on'],
  ['q, Ctrl-C', 'quit'],
];

export const helpLines: readonly Line[] = keyHelp.map(([keys, what]) =>
  plainLine(`  ${keys.padEnd(14)}${what}`),
);
