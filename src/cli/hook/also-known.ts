/**
 * Agents that go by another name since they joined through `rhema mcp`: the shell of a client keeps the name that it was given when its
 * session began.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseAgentId, type AgentId } from '../../core/index.ts';
import { ensurePrivateDirectory, statePaths, withAccess } from '../../client/index.ts';
import { isOwnFolder, readOwnText, replaceFile } from '../../files/index.ts';
import { keyOf } from './key-of.ts';

const fileOf = (root: string, name: string): string => join(root, `name-${keyOf(name)}.txt`);
const foldersOf = (commonDir: string): readonly [string, string] => {
  const { directory } = statePaths(commonDir);
  return [directory, join(directory, 'hooks')];
};

export function keepName(commonDir: string, before: AgentId, now: AgentId): void {
  const folders = foldersOf(commonDir);
  for (const folder of folders) if (!isOwnFolder(folder)) ensurePrivateDirectory(folder);
  const path = fileOf(folders[1], before);
  withAccess(path, () => replaceFile(path, now));
}

/** The name by which an agent goes now; the same where it never had another. */
export function nameNow(commonDir: string, name: AgentId): AgentId {
  if (!existsSync(commonDir)) return name;
  const folders = foldersOf(commonDir);
  const path = fileOf(folders[1], name);
  const text = withAccess(path, () => (folders.every(isOwnFolder) ? readOwnText(path) : null));
  const parsed = text === null ? null : parseAgentId(text);
  return parsed?.ok === true ? parsed.value : name;
}
