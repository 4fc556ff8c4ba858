import { readFileSync } from 'node:fs';
import { mcpDefaults } from './mcp-defaults.ts';

/**
 * `rhema mcp` in its plainest words, without the code of all other commands: a client waits for its first answer.
 * Ends with the process; returns when the words are others, which the tree of commands then understands, or refuses.
 */
export async function quickMcp(args: readonly string[]): Promise<void> {
  const place = placeIn(args);
  if (place === null) return;
  const { serveMcp } = await import('./serve-mcp.ts');
  await serveMcp({
    stdin: process.stdin,
    stdout: process.stdout,
    version: packageVersion(),
    options: { waitMs: mcpDefaults.waitMs, collectMs: mcpDefaults.collectMs },
    ports: async () => (await import('./mcp-ports.ts')).portsFor(place.chosen),
  });
}

/** The folder that `mcp --repo DIR` and `-C DIR mcp` choose; `mcp` alone chooses none. */
interface Place {
  readonly chosen: string | null;
}

/** Null for all other words. */
function placeIn(args: readonly string[]): Place | null {
  const [first, second, third, ...more] = args;
  if (first === 'mcp' && second === undefined) return { chosen: null };
  if (more.length > 0 || second === undefined || third === undefined) return null;
  if (first === 'mcp' && second === '--repo') return plain(third);
  return first === '-C' && third === 'mcp' ? plain(second) : null;
}

const plain = (word: string): Place | null => (word.startsWith('-') ? null : { chosen: word });

function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
