import type { GlobalOptions } from '../call.ts';

/**
 * Where `rhema mcp` in its plainest words is to serve: then nothing of all other commands is loaded, since a client waits for
 * its first answer. Null for all other words, which the tree of commands then understands, or refuses.
 */
export function quickMcp(args: readonly string[]): GlobalOptions | null {
  const [first, second, third, ...more] = args;
  if (first === 'mcp' && second === undefined) return {};
  if (more.length > 0 || second === undefined || third === undefined) return null;
  if (first === 'mcp' && second === '--repo') return plain(third);
  return first === '-C' && third === 'mcp' ? plain(second) : null;
}

const plain = (word: string): GlobalOptions | null => (word.startsWith('-') ? null : { directory: word });
