import { nearest } from './nearest.ts';
import { configBlock, options, type ConfigKey } from './options.ts';

/**
 * The key that a wrong one most likely meant: the right word in the wrong section, a misspelt key, or a misspelt word in
 * the wrong section. Null when nothing is close. The block's name may be left out.
 */
export function nearestOption(key: string): ConfigKey | null {
  const keys = options.map((option) => option.key);
  const word = lastWord(key);
  return (
    keys.find((candidate) => lastWord(candidate) === word) ??
    matching(keys, withoutBlock(key), withoutBlock) ??
    matching(keys, word, lastWord)
  );
}

function matching(keys: readonly ConfigKey[], text: string, part: (key: string) => string): ConfigKey | null {
  const found = nearest(text, keys.map(part));
  return keys.find((key) => part(key) === found) ?? null;
}

function lastWord(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}

function withoutBlock(key: string): string {
  return key.startsWith(`${configBlock}.`) ? key.slice(configBlock.length + 1) : key;
}
