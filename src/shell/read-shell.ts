import type { ShellReading } from './reading.ts';
import { Walk } from './walk.ts';

/**
 * What a command line would write, show, and do to Git, if a bash ran it; nothing is run, and no file is looked at. What is in no table
 * is not mentioned; what may write and cannot be told is in `unjudged`.
 *
 * Bounds: 256 KiB of text, 50 levels of nesting, 5,000 commands, and less than a second. Never throws.
 */
export function readShell(text: string): ShellReading {
  const walk = new Walk();
  try {
    walk.start(text);
  } catch (error) {
    // The parser's stack is its own bound: a text of nothing but `f() f() f()`.
    if (!(error instanceof RangeError)) throw error;
    walk.findings.unjudge('', 'size');
  }
  return walk.findings.reading();
}
