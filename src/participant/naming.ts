/** What somebody names who asks for locks: scopes, files of them, resources. */
import {
  withoutNone,
  type FilePath,
  type OneName,
  type Parsed,
  type ResourceName,
  type ScopePath,
  type Wish,
  parseResourceName,
} from '../core/index.ts';
import { invalidInput, type Coordinator, type ScopeView } from '../protocol/index.ts';
import { scopesOfPaths } from './scopes-of-paths.ts';
import { nameTrouble } from './unlockable.ts';

/** What lies at a path in the working tree. */
export type Lies = 'folder' | 'file' | 'nothing';

export interface NamingPorts {
  readonly coordinator: Pick<Coordinator, 'query'>;
  /** What lies at a path; a text that ends in a slash means a folder, whether it is there or not. */
  liesAt(path: ScopePath): Promise<Lies>;
  /** Of these the one that a misspelt path most likely meant; null when none is close. */
  nearestPath(path: string, candidates: readonly string[]): Promise<string | null>;
  /** All files of the working tree but those that are ignored, seen from the top; none where that cannot be told. */
  filesThere(): Promise<readonly string[]>;
}

/** A path as it was typed: what it means if it is a scope, and what if it is a file. */
export interface TypedPath {
  readonly text: string;
  /** Where it stands in what was asked; empty where that needs not be said. */
  readonly field: string;
  readonly asScope: ScopePath;
  /** The problem, where a file at such a path is none of the repository's. */
  readonly asFile: Parsed<ScopePath>;
}

/**
 * What names are given for: `claim` is for locks that are to be had, `mention` for what may be there, or have been. A name
 * that can be of no file of the repository, or is a pattern, is refused as a claim.
 */
export type Purpose = 'claim' | 'mention';

/** A name that begins with `@` is of a resource; null for any other. */
export function resourceNamed(text: string): Parsed<ResourceName> | null {
  return text.startsWith('@') && !text.includes('/') ? parseResourceName(text) : null;
}

/**
 * A path that is a scope means the whole of it; any other means the file that is there, or is to be, and so does that of a
 * file which defines a scope. A folder that is no scope, and what is most likely a misspelt scope, are taken for scopes, so
 * that the refusal leads on to one. Throws `INVALID_INPUT`, with its place, for a claim of what no lock can be had of.
 */
export async function wishNamed(
  ports: NamingPorts,
  paths: readonly TypedPath[],
  resources: readonly ResourceName[],
  purpose: Purpose,
): Promise<Wish> {
  const scopes = new Set<ScopePath>();
  const files = new Set<FilePath>();
  const around = await scopesAround(ports, paths);
  const all = new AllScopes(ports);
  for (const [index, typed] of paths.entries()) {
    const { ofScope, ofFile } = around[index] ?? nowhere;
    const file = fileOf(typed);
    if (ofScope === typed.asScope && !isDefinition(typed, ofFile)) scopes.add(typed.asScope);
    else if (ofFile === file) scopes.add(file);
    else {
      if (purpose === 'claim' && !typed.asFile.ok) throw invalidInput(typed.field, typed.asFile.problem);
      const meansFile = ofFile !== null && (await isFile(ports, typed, all));
      if (meansFile && purpose === 'claim') refuse(typed, await typedTrouble(ports, typed));
      if (meansFile) files.add(file as string as FilePath);
      else scopes.add(typed.asScope);
    }
  }
  return withoutNone({
    scopes: [...scopes].sort(),
    files: [...files].sort(),
    resources: [...new Set(resources)].sort(),
  });
}

const fileOf = ({ asScope, asFile }: TypedPath): ScopePath => (asFile.ok ? asFile.value : asScope);

/** Whoever names the file that defines a scope means that file; elsewhere such a name stands for the scope. */
function isDefinition({ text, asFile }: TypedPath, ofFile: ScopePath | null): boolean {
  return (
    asFile.ok && ofFile !== null && ofFile !== asFile.value && /(?:^|\/)(?:rhema|scope)\.yaml$/.test(text)
  );
}

function refuse({ field }: TypedPath, trouble: string | null): void {
  if (trouble !== null) throw invalidInput(field, trouble);
}

/**
 * Why no lock can be had of a file of such a name: its path leads out of the working tree; or nothing lies there, and it is
 * most likely a pattern, or the name of a file that cannot be written in UTF-8. Null where one can be had.
 */
export async function typedTrouble(
  ports: Pick<NamingPorts, 'liesAt' | 'filesThere'>,
  { asFile }: Pick<TypedPath, 'asFile'>,
): Promise<string | null> {
  if (!asFile.ok) return asFile.problem;
  if ((await ports.liesAt(asFile.value)) !== 'nothing') return null;
  return nameTrouble(() => ports.filesThere(), asFile.value);
}

/** As {@link wishNamed}, of a single name. */
export function onlyOne({ scopes: [scope], files: [file] = [], resources: [resource] = [] }: Wish): OneName {
  if (scope !== undefined) return { scope };
  if (file !== undefined) return { file };
  return resource === undefined ? {} : { resource };
}

/** The scopes that a path is in, by both its meanings. */
interface Around {
  readonly ofScope: ScopePath | null;
  readonly ofFile: ScopePath | null;
}

const nowhere: Around = { ofScope: null, ofFile: null };

async function scopesAround({ coordinator }: NamingPorts, paths: readonly TypedPath[]): Promise<Around[]> {
  const asked = paths.flatMap((typed) => [typed.asScope, fileOf(typed)]);
  const around = await scopesOfPaths(coordinator, asked);
  return paths.map((_, index) => ({
    ofScope: around[2 * index]?.scope ?? null,
    ofFile: around[2 * index + 1]?.scope ?? null,
  }));
}

async function isFile(ports: NamingPorts, typed: TypedPath, all: AllScopes): Promise<boolean> {
  const file = fileOf(typed);
  if (file === '.' || typed.text.endsWith('/')) return false;
  const lies = await ports.liesAt(file);
  if (lies !== 'nothing') return lies === 'file';
  return !(await all.hasNearly(file)) && !(await isInMisspeltFolder(ports, file, all));
}

/** In a folder that is not there either, and is spelt nearly like a scope. */
async function isInMisspeltFolder(ports: NamingPorts, file: ScopePath, all: AllScopes): Promise<boolean> {
  const end = file.lastIndexOf('/');
  if (end === -1) return false;
  const folder = file.slice(0, end) as ScopePath;
  return (await ports.liesAt(folder)) === 'nothing' && (await all.isSpeltNearly(folder));
}

/** Asked for only where something is named that is not there. */
class AllScopes {
  readonly #ports: NamingPorts;
  #scopes: Promise<readonly ScopeView[]> | null = null;

  constructor(ports: NamingPorts) {
    this.#ports = ports;
  }

  /** Whether a scope lies in such a folder, is called so, or nearly. */
  async hasNearly(path: ScopePath): Promise<boolean> {
    const scopes = await this.#all();
    if (scopes.some((scope) => scope.name === path || scope.path.startsWith(`${path}/`))) return true;
    return this.#isNear(path, [...pathsOf(scopes), ...scopes.map((scope) => scope.name)]);
  }

  /** Whether the path of a scope is spelt nearly so. */
  async isSpeltNearly(path: ScopePath): Promise<boolean> {
    const paths = pathsOf(await this.#all());
    return !paths.includes(path) && this.#isNear(path, paths);
  }

  #all(): Promise<readonly ScopeView[]> {
    return (this.#scopes ??= this.#ports.coordinator.query({ kind: 'scopes' }).then(({ scopes }) => scopes));
  }

  async #isNear(path: ScopePath, names: readonly string[]): Promise<boolean> {
    const near = await this.#ports.nearestPath(
      path,
      names.filter((name) => name !== '.'),
    );
    return near !== null && (!hasExtension(path) || hasExtension(near));
  }
}

const pathsOf = (scopes: readonly ScopeView[]): string[] => scopes.map(({ path }) => path);

const lastWord = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const hasExtension = (path: string): boolean => /[^.]\.[^.]+$/.test(lastWord(path));
