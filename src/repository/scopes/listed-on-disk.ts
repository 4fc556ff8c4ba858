import { join } from 'node:path';
import type { ScopePath } from '../../core/index.ts';
import { readRegularFileAsync } from '../git/regular-file.ts';
import { scopeFileBytesMax } from '../limits.ts';
import { definitionFiles } from './candidates.ts';
import { readListedScopes } from './listed-scopes.ts';
import { parseYaml } from '../yaml/parse-yaml.ts';

/** The folders that the root scope's file of a working tree lists; none where it cannot be read. */
export async function listedOnDisk(worktree: string): Promise<ReadonlySet<ScopePath>> {
  for (const file of definitionFiles) {
    const read = await readRegularFileAsync(join(worktree, file), { bytesMax: scopeFileBytesMax });
    if (!read.ok) continue;
    const parsed = parseYaml(file, read.bytes);
    return new Set(parsed.ok ? readListedScopes(parsed.yaml).entries.map(({ path }) => path) : []);
  }
  return new Set();
}
