/** Files that need no lock: whoever may write at all may write them, whatever others hold. */
import type { FilePath, ScopePath } from './ids.ts';
import { fitsPath, parsePattern, type PathPattern } from './patterns.ts';
import type { Settings } from './settings.ts';

/** Settings stay what they are until `Configure`, so their patterns are read once. */
const readPatterns = new WeakMap<readonly string[], readonly PathPattern[]>();

/** Whether a file is one of those that anybody may write without a lock. */
export function isFree({ freePaths }: Pick<Settings, 'freePaths'>, file: FilePath | ScopePath): boolean {
  return patternsOf(freePaths).some((pattern) => fitsPath(pattern, file, 'file'));
}

function patternsOf(texts: readonly string[]): readonly PathPattern[] {
  const known = readPatterns.get(texts);
  if (known !== undefined) return known;
  const patterns = texts.flatMap((text) => {
    const parsed = parsePattern(text);
    return parsed.ok ? [parsed.pattern] : [];
  });
  readPatterns.set(texts, patterns);
  return patterns;
}
