import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { mcpDefaults } from './mcp-defaults.ts';

/**
 * `rhema mcp` in its plainest words, without the code of all other commands: a client waits for its first answer.
 * Ends with the process; returns when the words are others, which the tree of commands then understands, or refuses.
 */
export async function quickMcp(args: readonly string[]): Promise<void> {
  const folder = folderIn(args);
  if (folder === null) return;
  const { serveMcp } = await import('./serve-mcp.ts');
  await serveMcp({
    stdin: process.stdin,
    stdout: process.stdout,
    version: packageVersion(),
    options: { waitMs: mcpDefaults.waitMs, collectMs: mcpDefaults.collectMs },
    ports: async () => (await import('./mcp-ports.ts')).portsFor(resolve(folder)),
  });
}

/** The folder that `mcp`, `mcp --repo DIR` and `-C DIR mcp` mean; null for all other words. */
function folderIn(args: readonly string[]): string | null {
  const [first, second, third, ...more] = args;
  if (first === 'mcp' && second === undefined) return '.';
  if (more.length > 0 || second === undefined || third === undefined) return null;
  if (first === 'mcp' && second === '--repo') return plain(third);
  return first === '-C' && third === 'mcp' ? plain(second) : null;
}

const plain = (word: string): string | null => (word.startsWith('-') ? null : word);

function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
