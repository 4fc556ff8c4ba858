import picomatch from 'picomatch';
import type { ShellWrite } from './reading.ts';

/** Whether something below `path` is meant, by its path from there. Of a folder: whether anything in it may be. */
export type Matcher = (below: string, isFolder: boolean) => boolean;

/** By the pattern of a write; without one everything below is meant, or nothing. */
export function matcherOf({ pattern, how }: Pick<ShellWrite, 'pattern' | 'how'>): Matcher {
  if (pattern === null) return () => how === 'tree';
  // What goes through folders by itself does not leave out hidden names, as a shell does.
  const matches = picomatch(pattern, { dot: pattern.includes('**') });
  const isDeep = how === 'tree' || pattern.includes('/');
  return (below, isFolder) => {
    if (isFolder && isDeep) return true;
    const parts = below.split('/');
    return how === 'file' ? matches(below) : parts.some((_, at) => matches(parts.slice(0, at + 1).join('/')));
  };
}
