import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { defaultSettings, parseScopePath, type ScopePath } from '../../core/index.ts';
import type { ContextFileLook, Inspection } from '../world/world.ts';
import { noSync } from './samples.ts';

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Files by path, in a repository with these scopes. A number is that of bytes that are too many to be read. */
export function treeWith(
  scopes: readonly string[],
  files: Readonly<Record<string, string>>,
): Partial<Inspection> {
  const liesAt = (path: string) => {
    if (Object.hasOwn(files, path)) return 'file';
    const isFolder = path === '.' || Object.keys(files).some((file) => file.startsWith(`${path}/`));
    return isFolder || scopes.includes(path) ? 'folder' : 'nothing';
  };
  const pathIn = (folder: string, text: string): ScopePath | null => {
    const parsed = parseScopePath(posix.normalize(posix.join(folder, text)));
    return parsed.ok ? parsed.value : null;
  };
  return {
    scan: async () => ({
      definitions: scopes.map((path) => ({
        path: path as ScopePath,
        name: path === '.' ? 'top' : posix.basename(path),
        type: 'library',
        dependencies: [],
      })),
      settings: defaultSettings,
      sync: noSync,
      problems: [],
      unreadRoot: [],
    }),
    liesAt: async (_repository, path) => liesAt(path),
    contextFile: (_repository, path): ContextFileLook => {
      const text = files[path];
      if (text === undefined) return { kind: 'gone' };
      return { kind: 'read', path, bytes: new TextEncoder().encode(text), digest: digestOf(text) };
    },
    pathIn: (_repository, folder, text) => pathIn(folder, text),
    isThere: (_repository, folder, text) => liesAt(pathIn(folder, text) ?? '') !== 'nothing',
  };
}
