import type { ScopePath } from '../../core/index.ts';
import { warning, type Notices } from '../notices.ts';
import { folderOf } from '../paths.ts';

/** The folder of the package of a name. Null: several bear the name, so it says nothing. */
export type PackageNames = ReadonlyMap<string, ScopePath | null>;

interface NamedManifest {
  readonly name: string;
  readonly file: string;
}

/** Names that occur twice are noted, with the files. */
export function uniqueNames(manifests: readonly NamedManifest[], notices: Notices): PackageNames {
  const files = new Map<string, string[]>();
  for (const { name, file } of manifests) {
    const same = files.get(name);
    if (same === undefined) files.set(name, [file]);
    else same.push(file);
  }
  for (const [name, same] of files) if (same.length > 1) noteDuplicate(name, same, notices);
  return new Map([...files].map(([name, same]) => [name, same.length > 1 ? null : folderOf(same[0] ?? '')]));
}

function noteDuplicate(name: string, [first = '', ...others]: readonly string[], notices: Notices): void {
  const rivals = `${others.slice(0, 3).join(', ')} ${others.length === 1 ? 'does' : 'do'}`;
  const message = `bears the name ${JSON.stringify(name)}, as ${rivals}: dependencies by that name were left out, rename all but one`;
  notices.add(warning('DUPLICATE_NAME', { file: first }, message));
}
