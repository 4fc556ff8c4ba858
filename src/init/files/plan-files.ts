import { isDeepStrictEqual } from 'node:util';
import type { ScopePath } from '../../core/index.ts';
import { blockLines, hasBlock, withBlock } from './block.ts';
import type { Unit } from '../detectors/unit.ts';
import { editScope } from './edit.ts';
import type { ExistingScope } from './existing.ts';
import type { FileChange } from './file-change.ts';
import { limitsByHand, nothingRaised, withLimits, type RaisedLimits } from '../graph/limits.ts';
import { endsKey } from '../graph/links.ts';
import { failure, warning, type Notice } from '../notices.ts';
import { byText, folderOf, top } from '../paths.ts';
import type { Graph } from '../graph/plan-graph.ts';
import {
  dependencyType,
  readUntouched,
  renderScope,
  scalar,
  type ScopeDependency,
  type ScopeText,
} from './scope-text.ts';
import { mayBeScope, type Situation } from '../situation.ts';
import { followingText, withMark } from './top-file.ts';
import { YamlText } from './yaml-splice.ts';

export interface PlannedFiles {
  /** The top's file first: once it is there, running init again completes what was cut short. Removals last. */
  readonly changes: readonly FileChange[];
  readonly notices: readonly Notice[];
}

export interface FilesInput {
  readonly units: readonly Unit[];
  readonly graph: Graph;
  readonly depth: number | null;
  readonly raised: RaisedLimits;
  /** Scopes that stay though the code has no such part. */
  readonly standing: ReadonlySet<ScopePath>;
}

/** The files as they have to become, so that they say what the graph does. */
export function planFiles(situation: Situation, input: FilesInput): PlannedFiles {
  const planner = new FilePlanner(situation, input.raised);
  const texts = scopeTexts(input, situation);
  for (const text of texts.values()) planner.planScope(text, input);
  for (const scope of situation.existing.values())
    if (!texts.has(scope.path)) planner.planGone(scope, input.standing, texts);
  return planner.result();
}

/** Only the top's file: the other scopes are a person's. */
export function planTopOnly(situation: Situation, raised: RaisedLimits): PlannedFiles {
  const planner = new FilePlanner(situation, raised);
  planner.planTopOnly();
  return planner.result();
}

/** What each file shall say, of what is generated. */
function scopeTexts({ units, graph }: FilesInput, { definitions }: Situation): Map<ScopePath, ScopeText> {
  const dependencies = new Map<ScopePath, ScopeDependency[]>(units.map(({ path }) => [path, []]));
  const leftOut = new Map<ScopePath, ScopePath[]>(units.map(({ path }) => [path, []]));
  for (const link of graph.kept.filter((one) => graph.generated.has(endsKey(one))))
    dependencies.get(link.from)?.push({ to: link.to, type: dependencyType(link.kind) });
  for (const link of graph.outOfSight)
    dependencies.get(link.from)?.push({ to: link.to, type: dependencyType(link.kind) });
  for (const { link } of graph.leftOut) leftOut.get(link.from)?.push(link.to);
  const topName = definitions.find(({ path }) => path === top)?.name ?? null;
  return new Map(
    units.map(({ path, names, type, source }) => [
      path,
      {
        path,
        name: (path === top && !isNamed(names) ? topName : null) ?? nameOf(names, path),
        type,
        source,
        dependencies: (dependencies.get(path) ?? []).toSorted((a, b) => byText(a.to, b.to)),
        leftOut: leftOut.get(path) ?? [],
      },
    ]),
  );
}

/** Else only its folder names the top, which every clone may call otherwise: then it keeps the name that it has. */
function isNamed(names: readonly string[]): boolean {
  return names.length > 1;
}

/** The first name that a scope may bear. */
function nameOf(names: readonly string[], path: ScopePath): string {
  return names.find((name) => name.length <= 256 && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) ?? path;
}

class FilePlanner {
  readonly #situation: Situation;
  readonly #raised: RaisedLimits;
  readonly #changes: FileChange[] = [];
  readonly #notices: Notice[] = [];
  readonly #unsplicable = new Set<string>();

  constructor(situation: Situation, raised: RaisedLimits) {
    this.#situation = situation;
    this.#raised = raised;
  }

  result(): PlannedFiles {
    const rank = ({ file, after }: FileChange): number => (after === null ? 2 : isTopFile(file) ? 0 : 1);
    const changes = [...this.#changes, ...this.#situation.left].sort(
      (a, b) => rank(a) - rank(b) || byText(a.file, b.file),
    );
    return { changes, notices: this.#notices };
  }

  planScope(scope: ScopeText, input: FilesInput): void {
    const existing = this.#situation.existing.get(scope.path);
    if (existing === undefined) this.#planNew(scope, input.depth);
    else if (existing.unreadable !== null) this.#noteUnreadable(existing, existing.unreadable);
    else if (existing.origin === 'untouched')
      this.#change(existing, inLineEndsOf(existing.text, renderScope(scope)));
    else this.#planEdit(existing, scope, input);
  }

  /** The code has no such part any more. */
  planGone(
    scope: ExistingScope,
    standing: FilesInput['standing'],
    texts: ReadonlyMap<ScopePath, unknown>,
  ): void {
    const { path, file, text, origin } = scope;
    if (origin === 'hand') return;
    const isScope = (to: ScopePath): boolean => texts.has(to) || standing.has(to);
    if (!this.#situation.survey.complete)
      return this.#planLeftover(scope, (to) => isScope(to) || mayBeScope(this.#situation, to));
    if (!standing.has(path)) return void this.#changes.push({ file, before: text, after: null });
    const why = origin === 'edited' ? 'was edited by hand' : 'something written by hand depends on it';
    this.#keep(file, `describes a part that the code no longer has, but ${why}: remove it yourself`);
    this.#planLeftover(scope, isScope);
  }

  /** Of a scope that stays though the code was not found, what we wrote must not lead nowhere. */
  #planLeftover(scope: ExistingScope, isScope: (path: ScopePath) => boolean): void {
    const { path, text, generated, handEdited, dependencies } = scope;
    const untouched = scope.origin === 'untouched' ? readUntouched(path, text) : null;
    if (untouched !== null)
      return this.#change(scope, inLineEndsOf(text, renderScope(living(untouched, isScope))));
    const isDead = (to: ScopePath): boolean => !isScope(to) && !handEdited.includes(to);
    const listed = generated?.dependencies ?? [];
    const remove = listed.filter((to) => isDead(to) && dependencies.some((one) => one.to === to));
    const leftOut = generated?.leftOut ?? [];
    const edited = editScope(text, {
      path,
      add: [],
      remove,
      listed: listed.filter((to) => !remove.includes(to)),
      leftOut,
    });
    if (edited === null) this.#noteUnsplicable(scope);
    else this.#change(scope, edited);
  }

  planTopOnly(): void {
    const { existing, stage, topName } = this.#situation;
    const file = existing.get(top);
    if (file !== undefined) return this.#planBlock(file);
    if (stage === null) return;
    const head = [`name: ${scalar(topName)}`, 'scope_type: repository', 'version: 1.0.0'];
    this.#changes.push({ file: 'rhema.yaml', before: null, after: [...head, ...this.#block, ''].join('\n') });
  }

  #planBlock(file: ExistingScope): void {
    if (file.unreadable !== null) this.#noteUnreadable(file, file.unreadable);
    else this.#change(file, this.#withBlock(file, file.text));
  }

  get #block(): string[] {
    const { stage } = this.#situation;
    return stage === null ? [] : ['', ...blockLines(this.#raised)];
  }

  #planNew(scope: ScopeText, depth: number | null): void {
    const file = definitionFile(this.#situation.folderOnDisk(scope.path));
    if (this.#situation.ignored.has(file)) return this.#noteIgnored(file);
    const after = renderScope(
      scope,
      scope.path === top ? { block: this.#block, depth, raised: this.#raised } : null,
    );
    this.#changes.push({ file, before: null, after });
  }

  #noteIgnored(file: string): void {
    const message =
      'would be written, but Git ignores it, so nobody else would see it: take the rule out of .gitignore';
    this.#notices.push(failure('IGNORED_BY_GIT', { file }, message));
  }

  #planEdit(existing: ExistingScope, scope: ScopeText, input: FilesInput): void {
    const prepared = existing.path === top ? this.#withBlock(existing, existing.text) : existing.text;
    const isTop = existing.path === top;
    const marks = { depth: input.depth, raised: this.#raised };
    const marked = isTop ? withMark(prepared, existing, scope, marks) : prepared;
    const edited = marked === null ? null : this.#edited(existing, marked, scope, input.graph);
    if (edited === null) this.#noteUnsplicable(existing);
    this.#change(existing, edited ?? prepared);
  }

  #edited(existing: ExistingScope, text: string, scope: ScopeText, { found }: Graph): string | null {
    const { path, dependencies, leftOut } = scope;
    const { file, generated, handEdited } = existing;
    const wanted = new Set(dependencies.map(({ to }) => to));
    const there = new Set(existing.dependencies.map(({ to }) => to));
    const listed = generated?.dependencies ?? [];
    const isFound = (to: ScopePath): boolean => found.has(endsKey({ from: path, to }));
    for (const to of handEdited.filter((one) => !isFound(one)))
      this.#keep(
        file,
        `still names ${to}, which the code no longer needs: the entry was edited by hand, remove it yourself`,
      );
    const retyped = dependencies.filter((one) => isOutdated(existing, one));
    const gone = listed.filter((to) => there.has(to) && !wanted.has(to) && !handEdited.includes(to));
    const edited = editScope(text, {
      path,
      add: [...dependencies.filter(({ to }) => !there.has(to)), ...retyped],
      remove: [...gone, ...retyped.map(({ to }) => to)],
      listed: [...wanted, ...listed.filter((to) => !wanted.has(to) && isFound(to) && !leftOut.includes(to))],
      leftOut,
    });
    return edited !== null && existing.isAsWritten ? followingText(edited, scope) : edited;
  }

  #withBlock(existing: ExistingScope, text: string): string {
    const { stage } = this.#situation;
    if (hasBlock(text)) return this.#withLimits(existing, text);
    // A refresh adds no block but for the bounds that must stand in it.
    if (stage === null && isDeepStrictEqual(this.#raised, nothingRaised)) return text;
    const after = withBlock(text, this.#raised);
    if (after === null) this.#noteUnsplicable(existing);
    return after ?? text;
  }

  #withLimits(existing: ExistingScope, text: string): string {
    const byHand = limitsByHand(text, this.#raised);
    const whose = existing.generated === null ? 'and nothing tells that init wrote it' : 'which is yours';
    for (const key of byHand) {
      const message = `has ${key} already, ${whose}, but the graph needs more: raise it there, or merge scopes with rhema init --depth`;
      this.#notices.push(failure('LIMIT_BY_HAND', { file: existing.file }, message));
    }
    const after = byHand.length > 0 ? text : withLimits(text, this.#raised);
    if (after === null) this.#noteUnsplicable(existing);
    return after ?? text;
  }

  #change({ file, text, isCheckedOut }: ExistingScope, after: string): void {
    if (after === text) return;
    if (isCheckedOut) this.#changes.push({ file, before: text, after });
    else this.#notices.push(failure('NOT_CHECKED_OUT', { file }, notCheckedOutMessage));
  }

  #keep(file: string, message: string): void {
    this.#notices.push(warning('KEPT_BY_HAND', { file }, message));
  }

  /** In the scan's own words, which are then not told again. */
  #noteUnreadable(
    { file }: ExistingScope,
    { message, line, column }: NonNullable<ExistingScope['unreadable']>,
  ): void {
    this.#notices.push({ ...failure('FILE_UNREADABLE', { file }, message), line, column });
  }

  /** Once for each file, however many things would be added to it. */
  #noteUnsplicable({ file, text }: ExistingScope): void {
    if (this.#unsplicable.has(file)) return;
    this.#unsplicable.add(file);
    const { problem } = new YamlText(text);
    const message =
      problem === null
        ? 'has a form in which nothing can be added for certain: write it as plain keys and values, one a line'
        : `${problem}, so nothing can be added: repair it first`;
    this.#notices.push(failure('KEPT_BY_HAND', { file }, message));
  }
}

/** Without the dependencies that lead nowhere. */
function living(scope: ScopeText, isScope: (path: ScopePath) => boolean): ScopeText {
  return { ...scope, dependencies: scope.dependencies.filter(({ to }) => isScope(to)) };
}

/** Nobody but us gave the dependency its type, and the code gives it another now. */
function isOutdated(
  { isAsWritten, dependencies, handEdited }: ExistingScope,
  { to, type }: ScopeDependency,
): boolean {
  if (!isAsWritten || handEdited.includes(to)) return false;
  return dependencies.some((one) => one.to === to && one.type !== type);
}

const notCheckedOutMessage =
  'would be changed, but this sparse checkout leaves it out: git sparse-checkout add its folder first';

/** Where a scope's file goes that there is none of. */
export function definitionFile(folder: string): string {
  return folder === '.' ? 'rhema.yaml' : `${folder}/rhema.yaml`;
}

function isTopFile(file: string): boolean {
  return folderOf(file) === top || folderOf(file) === '.rhema';
}

function inLineEndsOf(existing: string, text: string): string {
  return existing.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text;
}
