import { whyUnjudged } from '../commands/guard-command.ts';
import { count } from '../../wording/index.ts';
import { safe } from './text.ts';

/** How many shell commands passed by that could not be judged, the most frequent kind first; null: none did. */
export function unjudgedText(counts: Readonly<Record<string, number>>): string | null {
  const kinds = Object.entries(counts).sort(([, one], [, other]) => other - one);
  const all = kinds.reduce((sum, [, times]) => sum + times, 0);
  if (all === 0) return null;
  const words: Readonly<Record<string, string>> = whyUnjudged;
  const told = kinds.map(([why, times]) => `${times} ${safe(words[why] ?? why)}`);
  return `${count(all, 'shell command')} passed by, as nobody could tell what they write: ${told.join('; ')}`;
}
