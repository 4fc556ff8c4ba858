import {
  examineContext,
  idsIn,
  isPlaceOf,
  placesOf,
  type ContextAround,
  type ContextKind,
  type ContextProblem,
  type ContextReport,
} from '../../context/index.ts';
import { named, scopeAround, type ScopePath } from '../../core/index.ts';
import type { Call } from '../call.ts';
import { invalidInput } from '../answer/errors.ts';
import type { ContextFileLook, Inspection, Repository } from '../world/world.ts';

/** A scope as far as context files are concerned. */
export interface NamedScope {
  readonly path: ScopePath;
  readonly name: string;
}

/** A context file of some kind and where it is, be it there or not. */
export interface ContextFile {
  /** Null: it is in no scope. */
  readonly scope: ScopePath | null;
  readonly kind: ContextKind;
  readonly path: ScopePath;
}

/** A file that was looked at, and what was found in it. */
export interface ExaminedFile extends ContextFile {
  readonly look: Exclude<ContextFileLook, { readonly kind: 'gone' }>;
  readonly report: ContextReport;
}

/** The context files of a working tree. */
export class ContextFiles {
  readonly scopes: readonly NamedScope[];
  readonly #repository: Repository;
  readonly #inspection: Inspection;
  readonly #paths: ReadonlySet<string>;
  readonly #ids = new Map<string, ReadonlySet<string> | null>();

  constructor(repository: Repository, inspection: Inspection, scopes: readonly NamedScope[]) {
    this.scopes = scopes;
    this.#repository = repository;
    this.#inspection = inspection;
    this.#paths = new Set(scopes.map(({ path }) => path));
  }

  /** The nearest scope around a file or folder. */
  scopeAround(path: ScopePath): ScopePath | null {
    return scopeAround((one) => this.#paths.has(one), path);
  }

  hasScope(path: ScopePath): boolean {
    return this.#paths.has(path);
  }

  /** Of the places where a scope's file of a kind may be, the first where something is; null: there is none. */
  find(scope: ScopePath, kind: ContextKind): ContextFile | null {
    const path = placesOf(scope, kind).find((place) => this.look(place).kind !== 'gone');
    return path === undefined ? null : { scope, kind, path };
  }

  look(path: ScopePath): ContextFileLook {
    return this.#inspection.contextFile(this.#repository, path);
  }

  /** Whether a path is where a scope's file of a kind is looked for, or what a link there leads to. */
  isRead({ scope, kind, path }: ContextFile): boolean {
    if (scope !== null && isPlaceOf(scope, kind, path)) return true;
    return this.scopes.some((one) => {
      const file = this.find(one.path, kind);
      return file !== null && realPathOf(this.look(file.path), file.path) === path;
    });
  }

  /** Null: nothing is there. */
  examine({ scope, kind, path }: ContextFile): ExaminedFile | null {
    const look = this.look(path);
    if (look.kind === 'gone') return null;
    const report =
      look.kind === 'read'
        ? examineContext(path, kind, look.bytes, this.#around(scope))
        : unreadReport(path, look);
    const problems = [...this.#passedOver({ scope, kind, path }), ...report.problems];
    return { scope, kind, path, look, report: { ...report, problems } };
  }

  /** Of several files of one kind in one scope, only the first is read. */
  #passedOver({ scope, kind, path }: ContextFile): ContextProblem[] {
    if (scope === null || !isPlaceOf(scope, kind, path)) return [];
    const real = (place: ScopePath): ScopePath => realPathOf(this.look(place), place);
    const [first, ...others] = placesOf(scope, kind).filter((place) => this.look(place).kind !== 'gone');
    if (first === undefined) return [];
    const hidden = others.filter((place) => real(place) !== real(first));
    const told = path === first ? hidden : hidden.filter((place) => place === path);
    const remedy = 'bring both together, or remove one';
    return told.map((place) =>
      wholeFile(
        path,
        'FILE_PASSED_OVER',
        'warning',
        `${named(place)} is not read, since ${named(first)} is: ${remedy}`,
      ),
    );
  }

  #around(scope: ScopePath | null): ContextAround {
    const from = scope ?? ('.' as ScopePath);
    return {
      idsOf: (kind) => (scope === null ? null : this.#idsOf(scope, kind)),
      isScope: (text) => this.#isScope(from, text),
      isThere: (path) =>
        this.#inspection.isThere(this.#repository, from, path) ||
        this.#inspection.isThere(this.#repository, '.' as ScopePath, path),
    };
  }

  #idsOf(scope: ScopePath, kind: ContextKind): ReadonlySet<string> | null {
    const key = `${kind} ${scope}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const ids = this.#readIds(scope, kind);
    this.#ids.set(key, ids);
    return ids;
  }

  #readIds(scope: ScopePath, kind: ContextKind): ReadonlySet<string> | null {
    const file = this.find(scope, kind);
    if (file === null) return new Set();
    const look = this.look(file.path);
    if (look.kind !== 'read') return null;
    const { yaml, entries } = examineContext(file.path, kind, look.bytes);
    return yaml === null ? null : idsIn(entries);
  }

  /** By path from the top or from the scope's folder, or by name, as dependencies of scopes are written. */
  #isScope(from: ScopePath, text: string): boolean {
    const path = text.replace(/\/$/, '').replace(/\/?\.rhema$/, '') || '.';
    if (this.scopes.some((scope) => scope.path === path || scope.name === text)) return true;
    const typed = this.#inspection.pathIn(this.#repository, from, path);
    return typed !== null && this.#paths.has(typed);
  }
}

/** What cannot be opened, or lies elsewhere, has one problem. */
function unreadReport(
  file: ScopePath,
  look: Extract<ContextFileLook, { readonly kind: 'unread' }>,
): ContextReport {
  const { rule, message } = look;
  const problems = [wholeFile(file, rule, 'error', message)];
  return { design: 'none', yaml: null, entries: [], problems };
}

const wholeFile = (
  file: ScopePath,
  rule: string,
  severity: ContextProblem['severity'],
  message: string,
): ContextProblem => ({ file, line: null, column: null, entry: null, rule, severity, message });

/** Where links lead from a place. */
const realPathOf = (look: ContextFileLook, path: ScopePath): ScopePath =>
  look.kind === 'read' ? look.path : path;

/** What is in a commit nobody edits. */
export function mustHaveFiles({ worktree }: Repository): void {
  if (worktree === null)
    throw invalidInput('this repository has no working tree, and so no context files: go to a clone of it');
}

export async function contextFilesOf(call: Call, scopes: readonly NamedScope[]): Promise<ContextFiles> {
  const repository = await call.repository();
  mustHaveFiles(repository);
  return new ContextFiles(repository, call.world.inspection, scopes);
}
