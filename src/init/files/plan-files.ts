import { scalar } from '../../config/index.ts';
import { isDeepStrictEqual } from 'node:util';
import type { ScopePath } from '../../core/index.ts';
import { configBlock } from '../../config/index.ts';
import { isTooLong } from '../../repository/index.ts';
import { blockLines, hasBlock, withBlock, type Proposal } from './block.ts';
import { readUntouchedEntry, renderEntry } from './entry-text.ts';
import type { Move } from './convert.ts';
import { ListText } from './list-text.ts';
import { nameOf, type Unit } from '../detectors/unit.ts';
import { editScope } from './edit.ts';
import type { ExistingScope } from './existing.ts';
import type { FileChange } from './file-change.ts';
import { blockKeys, limitsByHand, nothingRaised, withLimits, type RaisedLimits } from '../graph/limits.ts';
import { endsKey } from '../graph/links.ts';
import { failure, warning, type Notice } from '../notices.ts';
import { byText, folderOf, top } from '../paths.ts';
import type { Graph } from '../graph/plan-graph.ts';
import {
  dependencyType,
  readUntouched,
  renderScope,
  type ScopeDependency,
  type ScopeText,
} from './scope-text.ts';
import { mayBeScope, type Situation } from '../situation.ts';
import {
  formProblem,
  formRefusal,
  lineIn,
  notCheckedOutMessage,
  said,
  tooLongMessage,
} from './refusal-words.ts';
import { followingText, withMark } from './top-file.ts';
import { YamlText } from '../../repository/yaml/index.ts';

export interface PlannedFiles {
  /** The top's file first: once it is there, running init again completes what was cut short. Removals last. */
  readonly changes: readonly FileChange[];
  readonly notices: readonly Notice[];
  /** The list of scopes would be longer than the coordinator reads. */
  readonly isTooLong: boolean;
}

/** What the top's file has to it. */
export interface TopInput {
  readonly raised: RaisedLimits;
  /** For a block that is made anew. */
  readonly proposal: Proposal;
}

export interface FilesInput extends TopInput {
  readonly units: readonly Unit[];
  readonly graph: Graph;
  readonly depth: number | null;
  /** Scopes that stay though the code has no such part. */
  readonly standing: ReadonlySet<ScopePath>;
}

/** The files as they have to become, so that they say what the graph does. */
export function planFiles(situation: Situation, input: FilesInput): PlannedFiles {
  const planner = new FilePlanner(situation, input);
  const texts = scopeTexts(input, situation);
  for (const text of texts.values()) planner.planScope(text, input);
  for (const scope of situation.existing.values())
    if (!texts.has(scope.path)) planner.planGone(scope, input.standing, texts);
  return planner.result();
}

/** Only the top's file: the other scopes are a person's. */
export function planTopOnly(situation: Situation, input: TopInput): PlannedFiles {
  const planner = new FilePlanner(situation, input);
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
        name: (path === top && !isNamed(names) ? topName : null) ?? nameOf({ names, path }),
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

class FilePlanner {
  readonly #situation: Situation;
  readonly #top: TopInput;
  readonly #changes: FileChange[] = [];
  /** What the top's file shall say of the scopes that it lists; null: nothing any more. */
  readonly #entries = new Map<ScopePath, string | null>();
  readonly #notices: Notice[] = [];
  readonly #unsplicable = new Set<string>();
  /** By path, with the text that each has come to; null: it is gone. */
  readonly #moves: Map<ScopePath, { readonly move: Move; readonly text: string | null }>;
  #isTooLong = false;

  constructor(situation: Situation, top: TopInput) {
    this.#situation = situation;
    this.#top = top;
    this.#moves = new Map(situation.moves.map((move) => [move.to.path, { move, text: move.to.text }]));
  }

  result(): PlannedFiles {
    for (const { move, text } of this.#moves.values()) this.#planMove(move, text);
    this.#planList();
    // A file of its own counts before an entry: it must be there before that goes.
    const topRank = this.#situation.moves.some(({ to }) => to.home === 'file') ? 2 : 0;
    const rank = ({ file, after }: FileChange): number =>
      after === null ? 3 : isTopFile(file) ? topRank : 1;
    const changes = [...this.#changes, ...this.#situation.left].sort(
      (a, b) => rank(a) - rank(b) || byText(a.file, b.file),
    );
    return { changes, notices: this.#notices, isTooLong: this.#isTooLong };
  }

  /** Out of the one place, into the other. */
  #planMove({ from, to }: Move, text: string | null): void {
    this.#remove(from);
    if (to.home === 'file' && text !== null) this.#changes.push({ file: to.file, before: null, after: text });
    else if (text !== null) this.#entries.set(to.path, text);
  }

  /** All entries come into the top's file at once, beside what else changes there. */
  #planList(): void {
    if (this.#entries.size === 0) return;
    const existing = this.#situation.existing.get(top);
    const file = existing?.file ?? definitionFile(top);
    const index = this.#changes.findIndex((change) => change.file === file);
    const planned = this.#changes[index];
    const text = planned?.after ?? existing?.text ?? '';
    const after = new ListText(text).with(this.#entries, new Set(this.#moves.keys()));
    this.#isTooLong = after !== null && isTooLong(after);
    if (after === null) return void this.#notices.push(formRefusal(file, text, listKeys(text)));
    if (this.#isTooLong) return void this.#notices.push(failure('TOO_LONG', { file }, tooLongMessage));
    if (planned !== undefined) this.#changes[index] = { ...planned, after };
    else if (existing !== undefined) this.#change(existing, after);
  }

  planScope(scope: ScopeText, input: FilesInput): void {
    const existing = this.#situation.existing.get(scope.path);
    if (existing === undefined) this.#planNew(scope, input.depth);
    else if (existing.unreadable !== null) this.#noteUnreadable(existing, existing.unreadable);
    else if (existing.origin === 'untouched')
      this.#change(existing, inLineEndsOf(existing.text, rendered(existing, scope)));
    else this.#planEdit(existing, scope, input);
  }

  /** The code has no such part any more. */
  planGone(
    scope: ExistingScope,
    standing: FilesInput['standing'],
    texts: ReadonlyMap<ScopePath, unknown>,
  ): void {
    const { path, origin } = scope;
    if (origin === 'hand') return;
    const isScope = (to: ScopePath): boolean => texts.has(to) || standing.has(to);
    if (!this.#situation.survey.complete)
      return this.#planLeftover(scope, (to) => isScope(to) || mayBeScope(this.#situation, to));
    const moved = this.#moves.get(path);
    if (!standing.has(path) && moved !== undefined)
      return void this.#moves.set(path, { ...moved, text: null });
    if (!standing.has(path)) return this.#remove(scope);
    const why = origin === 'edited' ? 'was edited by hand' : 'something written by hand depends on it';
    this.#keep(scope, `describes a part that the code no longer has, but ${why}: remove it yourself`);
    this.#planLeftover(scope, isScope);
  }

  /** Of a scope that stays though the code was not found, what we wrote must not lead nowhere. */
  #planLeftover(scope: ExistingScope, isScope: (path: ScopePath) => boolean): void {
    const { path, text, generated, handEdited, dependencies } = scope;
    const untouched = scope.origin === 'untouched' ? asWritten(scope) : null;
    if (untouched !== null)
      return this.#change(scope, inLineEndsOf(text, rendered(scope, living(untouched, isScope))));
    const isDead = (to: ScopePath): boolean => !isScope(to) && !handEdited.includes(to);
    const listed = generated?.dependencies ?? [];
    const remove = listed.filter((to) => isDead(to) && dependencies.some((one) => one.to === to));
    const leftOut = generated?.leftOut ?? [];
    const edited = editScope(text, {
      path,
      fromTop: scope.home === 'entry',
      add: [],
      remove,
      listed: listed.filter((to) => !remove.includes(to)),
      leftOut,
    });
    if (edited.ok) this.#change(scope, edited.text);
    else this.#noteUnsplicable(scope, edited.keys);
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
    return stage === null ? [] : ['', ...blockLines(this.#top.raised, this.#top.proposal)];
  }

  #planNew(scope: ScopeText, depth: number | null): void {
    if (this.#situation.layout === 'one' && scope.path !== top)
      return void this.#entries.set(scope.path, renderEntry(scope));
    const file = definitionFile(this.#situation.folderOnDisk(scope.path));
    if (this.#situation.ignored.has(scope.path)) return this.#noteIgnored(file);
    const { raised } = this.#top;
    const marks = { block: this.#block, depth, raised, rules: this.#situation.rules };
    const after = renderScope(scope, scope.path === top ? marks : null);
    this.#changes.push({ file, before: null, after });
  }

  #noteIgnored(file: string): void {
    const message =
      'would be written, but Git ignores it, so nobody else would see it: take the rule out of .gitignore';
    this.#notices.push(failure('IGNORED_BY_GIT', { file }, message));
  }

  #planEdit(existing: ExistingScope, scope: ScopeText, input: FilesInput): void {
    const isTop = existing.path === top;
    const prepared = isTop ? this.#withBlock(existing, existing.text) : existing.text;
    const marks = { depth: input.depth, raised: input.raised, rules: this.#situation.rules };
    const marked = isTop ? withMark(prepared, existing, scope, marks) : prepared;
    if (marked === null) this.#noteUnsplicable(existing, ['generated']);
    const edited = marked === null ? null : this.#edited(existing, marked, scope, input.graph);
    this.#change(existing, edited ?? prepared);
  }

  #edited(existing: ExistingScope, text: string, scope: ScopeText, { found }: Graph): string | null {
    const { path, dependencies, leftOut } = scope;
    const { home, generated, handEdited } = existing;
    const wanted = new Set(dependencies.map(({ to }) => to));
    const there = new Set(existing.dependencies.map(({ to }) => to));
    const listed = generated?.dependencies ?? [];
    const isFound = (to: ScopePath): boolean => found.has(endsKey({ from: path, to }));
    for (const to of handEdited.filter((one) => !isFound(one)))
      this.#keep(
        existing,
        `still names ${to}, which the code no longer needs: the entry was edited by hand, remove it yourself`,
        ['dependencies'],
      );
    const retyped = dependencies.filter((one) => isOutdated(existing, one));
    const gone = listed.filter((to) => there.has(to) && !wanted.has(to) && !handEdited.includes(to));
    const edited = editScope(text, {
      path,
      fromTop: home === 'entry',
      add: [...dependencies.filter(({ to }) => !there.has(to)), ...retyped],
      remove: [...gone, ...retyped.map(({ to }) => to)],
      listed: [...wanted, ...listed.filter((to) => !wanted.has(to) && isFound(to) && !leftOut.includes(to))],
      leftOut,
    });
    const followed = edited.ok && existing.isAsWritten ? followingText(edited.text, scope) : null;
    if (edited.ok && (followed !== null || !existing.isAsWritten)) return followed ?? edited.text;
    this.#noteUnsplicable(existing, edited.ok ? ['name'] : edited.keys);
    return null;
  }

  #withBlock(existing: ExistingScope, text: string): string {
    const { stage } = this.#situation;
    if (hasBlock(text)) return this.#withLimits(existing, text);
    // A refresh adds no block but for the bounds that must stand in it.
    const { raised, proposal } = this.#top;
    if (stage === null && isDeepStrictEqual(raised, nothingRaised)) return text;
    const after = withBlock(text, raised, proposal);
    if (after === null) this.#noteUnsplicable(existing, []);
    return after ?? text;
  }

  #withLimits(existing: ExistingScope, text: string): string {
    const byHand = limitsByHand(text, this.#top.raised);
    const whose = existing.generated === null ? 'and nothing tells that init wrote it' : 'which is yours';
    const yaml = new YamlText(text);
    for (const key of byHand) {
      const message = `has ${key} already, ${whose}, but the graph needs more: raise it there, or merge scopes with rhema init --depth`;
      const line = yaml.lineOf([...(blockKeys(yaml) ?? []), key]);
      this.#notices.push({ ...failure('LIMIT_BY_HAND', { file: existing.file }, message), line });
    }
    const after = byHand.length > 0 ? text : withLimits(text, this.#top.raised);
    if (after === null) this.#noteUnsplicable(existing, ['agent_coordination']);
    return after ?? text;
  }

  #change({ path, file, home, text, isCheckedOut }: ExistingScope, after: string): void {
    const moved = this.#moves.get(path);
    if (moved !== undefined) return void this.#moves.set(path, { ...moved, text: after });
    if (after === text) return;
    if (!isCheckedOut) this.#notices.push(failure('NOT_CHECKED_OUT', { file }, notCheckedOutMessage));
    else if (home === 'entry') this.#entries.set(path, after);
    else this.#changes.push({ file, before: text, after });
  }

  #remove({ path, file, home, text }: ExistingScope): void {
    if (home === 'entry') this.#entries.set(path, null);
    else this.#changes.push({ file, before: text, after: null });
  }

  /** `keys`: what of it stays as it is. */
  #keep(scope: ExistingScope, message: string, keys: readonly string[] = []): void {
    const notice = warning('KEPT_BY_HAND', { file: scope.file }, said(scope, message));
    const place = keys.length === 0 ? scope.position : { line: lineIn(scope, keys), column: null };
    this.#notices.push({ ...notice, ...place });
  }

  /** In the scan's own words, which are then not told again. */
  #noteUnreadable(
    { file }: ExistingScope,
    { message, line, column }: NonNullable<ExistingScope['unreadable']>,
  ): void {
    this.#notices.push({ ...failure('FILE_UNREADABLE', { file }, message), line, column });
  }

  /** Once for each scope, however many things would be added to it. `keys`: where they have no certain place. */
  #noteUnsplicable(scope: ExistingScope, keys: readonly string[]): void {
    if (this.#unsplicable.has(scope.path)) return;
    this.#unsplicable.add(scope.path);
    const notice = failure('KEPT_BY_HAND', { file: scope.file }, said(scope, formProblem(scope.text, keys)));
    this.#notices.push({ ...notice, line: lineIn(scope, keys) });
  }
}

function rendered({ home }: ExistingScope, scope: ScopeText): string {
  return home === 'entry' ? renderEntry(scope) : renderScope(scope);
}

/** What we wrote, of what nobody has changed since. */
function asWritten({ path, home, text }: ExistingScope): ScopeText | null {
  return home === 'entry'
    ? readUntouchedEntry(path, text, new YamlText(text).value)
    : readUntouched(path, text);
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

/** Of the list of scopes, also where there is none yet. */
function listKeys(text: string): string[] {
  return [...(blockKeys(new YamlText(text)) ?? [configBlock]), 'scopes'];
}

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
