import type { ScopePath } from '../../core/index.ts';
import type { LinkKind } from '../graph/links.ts';
import { tableIn, textIn, type Table } from './manifests.ts';
import type { PackageNames } from './names.ts';
import type { Packages } from './package-entries.ts';
import { folderOf, joinPath, top } from '../paths.ts';
import type { ScopeFolders } from './scope-folders.ts';
import { mayBeVersion } from './version-ranges.ts';

interface KnownPackages {
  readonly byName: PackageNames;
  readonly folders: ScopeFolders;
  readonly manifests: ReadonlyMap<ScopePath, Table>;
}

/** An entry of `dependencies`, or of one of the tables beside it. */
export interface DeclaredDependency {
  readonly name: string;
  readonly specifier: unknown;
  readonly kind: LinkKind;
}

const sections: readonly (readonly [key: string, kind: LinkKind])[] = [
  ['dependencies', 'required'],
  ['optionalDependencies', 'optional'],
  ['peerDependencies', 'peer'],
  ['devDependencies', 'development'],
];

export function dependenciesIn(manifest: Table): DeclaredDependency[] {
  return sections.flatMap(([section, kind]) =>
    Object.entries(tableIn(manifest, section)).map(([name, specifier]) => ({ name, specifier, kind })),
  );
}

/** Which package of this repository is meant by a name, if any. */
export class PackageMeanings implements Packages {
  readonly byName: PackageNames;
  readonly manifests: ReadonlyMap<ScopePath, Table>;
  readonly #folders: ScopeFolders;

  constructor({ byName, folders, manifests }: KnownPackages) {
    this.byName = byName;
    this.manifests = manifests;
    this.#folders = folders;
  }

  /**
   * The scope that an entry of `dependencies` means; null when it comes from elsewhere. A path wins over the name; an alias
   * (`npm:other@1`, `workspace:other@*`) is what it stands for. Ranges, tags and catalogs have neither a slash nor a scheme: with one, it
   * is another repository or an archive, whatever is called alike here. So it is with a range that the version here is not in: that comes
   * from the registry.
   */
  ofEntry(folder: ScopePath, name: string, specifier: unknown): ScopePath | null {
    const text = typeof specifier === 'string' ? specifier.trim() : '';
    const path = pathIn(text);
    if (path !== null) return this.#folders.known(joinPath(folder, path));
    const [alias, range] = aliasIn(text) ?? [name, text.replace(/^(?:npm|workspace):/, '')];
    const isHere = alias !== name || /^(?:npm|workspace|catalog):|^[^:/]*$/.test(text);
    const target = isHere ? (this.byName.get(alias) ?? null) : null;
    // A package manager that is told `workspace:` takes what is here, or nothing.
    return target === null || text.startsWith('workspace:') || this.#isVersion(target, range) ? target : null;
  }

  /** What code in a folder means by a name: what the nearest manifest says that names it, as Node looks for it. */
  ofName(folder: ScopePath, name: string): ScopePath | null {
    const here = this.byName.get(name) ?? null;
    for (let home = folder; here !== null; home = folderOf(home)) {
      const entries = dependenciesIn(this.manifests.get(home) ?? {}).filter((one) => one.name === name);
      const meant = entries.map(({ specifier }) => this.ofEntry(home, name, specifier));
      if (meant.length > 0) return meant.find((one) => one !== null) ?? null;
      if (home === top) break;
    }
    return here;
  }

  #isVersion(target: ScopePath, range: string): boolean {
    return mayBeVersion(textIn(this.manifests.get(target) ?? {}, 'version'), range);
  }
}

/** `workspace:` is followed by a range, unless it looks like a path. */
function pathIn(text: string): string | null {
  return /^(?:(?:file|link|portal):|(?:workspace:)?(?=\.{1,2}(?:\/|$)))(.+)$/.exec(text)?.[1] ?? null;
}

/** Behind `npm:` a range may stand alone, and so may a name. */
function aliasIn(text: string): readonly [name: string, range: string] | null {
  const [, npm, npmRange, workspace] =
    /^(?:npm:(@?[A-Za-z][^@]*)(?:@(.*))?$|workspace:(@?[^@]+)@)/.exec(text) ?? [];
  const name = npm ?? workspace;
  return name === undefined ? null : [name, npmRange ?? ''];
}
