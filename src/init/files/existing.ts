import { join } from 'node:path';
import { readRegularFile, type Place, type ScanResult } from '../../repository/index.ts';
import type { ScopePath } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { dependencyEntries, dependencyText, withoutDependency } from './dependency-entry.ts';
import { readUntouchedEntry } from './entry-text.ts';
import type { FileChange } from './file-change.ts';
import { ListText, type KeyPosition } from './list-text.ts';
import { firstRules } from '../rules.ts';
import { isTable, textIn, textsIn, type Table } from '../detectors/manifests.ts';
import { byText, pathMeant, top } from '../paths.ts';
import { digestOf, readUntouched, type ScopeDependency, type ScopeText } from './scope-text.ts';
import { YamlText } from '../../repository/yaml/index.ts';

/** What stands under `generated`: what init and refresh wrote, and may change. */
export interface GeneratedPart {
  readonly dependencies: readonly ScopePath[];
  readonly leftOut: readonly ScopePath[];
  /** Of the top's file only: no scope lies deeper. */
  readonly depth: number | null | 'invalid';
  /** Of the top's file only: the rules by which the scopes were derived; see `rules.ts`. */
  readonly rules: number;
}

/** What is said of a scope, as it is on disk. */
export interface ExistingScope {
  readonly path: ScopePath;
  /** Repository-relative: its own, or the root scope's, which lists it. */
  readonly file: string;
  /** `split`: nothing is said of it, a pattern makes it a scope. */
  readonly home: 'file' | 'entry' | 'split';
  /** Where its entry stands; of a file of its own neither is known. */
  readonly position: KeyPosition;
  /** Of its file, or what stands in its entry. Empty where it cannot be read. */
  readonly text: string;
  /** Why it cannot be read; null: it can. */
  readonly unreadable: Pick<ScopeProblem, 'message' | 'line' | 'column'> | null;
  /** False: a sparse checkout leaves the file out, so what it says is from Git's index. */
  readonly isCheckedOut: boolean;
  /** `untouched`: written by us and not changed since. `edited`: ours, and changed by a person. `hand`: not ours. */
  readonly origin: 'untouched' | 'edited' | 'hand';
  /** Of the top's file, which has more to it: what we wrote of its name, type and dependencies is all as it was. */
  readonly isAsWritten: boolean;
  /** Null for a file that is not ours. */
  readonly generated: GeneratedPart | null;
  /** As its list has them; those that are no paths of folders are left out. */
  readonly dependencies: readonly ScopeDependency[];
  /** Generated dependencies whose entries a person has edited: added to, or written otherwise. They are never taken out. */
  readonly handEdited: readonly ScopePath[];
}

/**
 * Reads the files that a scan found. One that cannot be read, is gone meanwhile, or would cost its reader too much counts as
 * written by hand.
 */
export function readExisting(
  root: string,
  {
    places,
    definitions,
    problems,
    notCheckedOut,
  }: Pick<ScanResult, 'places' | 'definitions' | 'problems' | 'notCheckedOut'>,
): Map<ScopePath, ExistingScope> {
  const unresolved = new Set(
    problems.filter(({ code }) => unresolvedCodes.has(code)).map(({ file }) => file),
  );
  const refused = new Map(
    problems.filter(({ code }) => unreadCodes.has(code)).map((problem) => [problem.file, problem]),
  );
  const resolved = new Map(definitions.map(({ path, dependencies }) => [path, dependencies]));
  const existing = new Map<ScopePath, ExistingScope>();
  const contents = new Contents(root, refused, notCheckedOut);
  for (const [path, place] of places) {
    const { file } = place;
    const given = {
      path,
      file,
      isCheckedOut: !notCheckedOut.has(file),
      resolved: resolved.get(path) ?? [],
      isUnresolved: unresolved.has(file),
    };
    existing.set(
      path,
      place.position === null ? readFile(given, contents.of(file)) : readListed(given, place, contents),
    );
  }
  return existing;
}

/** The removal of files that we wrote for scopes in folders that are excluded by now, and that nobody has changed. */
export function excludedFiles(root: string, { excluded, notCheckedOut }: ScanResult): FileChange[] {
  return [...excluded].flatMap(([path, file]) => {
    const { text } = contentOf(null, () => bytesOf(root, file, notCheckedOut));
    const isOurs = !notCheckedOut.has(file) && readUntouched(path, text) !== null;
    return isOurs ? [{ file, before: text, after: null }] : [];
  });
}

/** The files that have been read, each once. */
class Contents {
  readonly #root: string;
  readonly #refused: ReadonlyMap<string | null, ScopeProblem>;
  readonly #notCheckedOut: ScanResult['notCheckedOut'];
  readonly #lists = new Map<string, ListText>();

  constructor(
    root: string,
    refused: ReadonlyMap<string | null, ScopeProblem>,
    notCheckedOut: ScanResult['notCheckedOut'],
  ) {
    this.#root = root;
    this.#refused = refused;
    this.#notCheckedOut = notCheckedOut;
  }

  of(file: string): Content {
    return contentOf(this.#refused.get(file) ?? null, () => bytesOf(this.#root, file, this.#notCheckedOut));
  }

  listOf(file: string): ListText {
    const list = this.#lists.get(file) ?? new ListText(this.of(file).text);
    this.#lists.set(file, list);
    return list;
  }
}

/** Of dependencies that mean no scope which is there. */
const unresolvedCodes: ReadonlySet<string> = new Set(['UNKNOWN_DEPENDENCY', 'BROKEN_DEPENDENCY']);

/** What the scan did not hand to a parser, for its own sake: it must not be handed to ours. */
const unreadCodes: ReadonlySet<string> = new Set([
  'UNREADABLE_FILE',
  'FILE_TOO_LARGE',
  'NOT_UTF8',
  'MERGE_CONFLICT',
  'TOO_COMPLEX',
  'TOO_DEEP',
]);

type Content = Pick<ExistingScope, 'text' | 'unreadable'>;

interface Given {
  readonly path: ScopePath;
  readonly file: string;
  readonly isCheckedOut: boolean;
  /** What its entries mean, however they are written. */
  readonly resolved: readonly ScopePath[];
  /** Some entry means no scope that there is: it may mean one that is about to be made. */
  readonly isUnresolved: boolean;
}

type Bytes =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly problem: string };

/** A scope's file may be a link to another file of the repository: the scan has looked where it leads. */
function bytesOf(root: string, file: string, notCheckedOut: ScanResult['notCheckedOut']): Bytes {
  const kept = notCheckedOut.get(file);
  if (kept?.ok === true) return kept;
  if (kept !== undefined) return { ok: false, problem: kept.problem?.message ?? 'it is gone' };
  return readRegularFile(join(root, file), { followLink: true });
}

function contentOf(refusal: ScopeProblem | null, readBytes: () => Bytes): Content {
  if (refusal !== null) return { text: '', unreadable: refusal };
  const read = readBytes();
  if (!read.ok) return unreadable(`cannot be read: ${read.problem}`);
  try {
    const text = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(read.bytes);
    return { text, unreadable: null };
  } catch {
    return unreadable('is not UTF-8 text: save it as UTF-8');
  }
}

function unreadable(message: string): Content {
  return { text: '', unreadable: { message, line: null, column: null } };
}

function readFile(given: Given, content: Content): ExistingScope {
  const { path } = given;
  const byHand = writtenByHand(given, content);
  const isMarked = /\bgenerated\b/.test(content.text);
  // The top's file has more to it than any other: the configuration.
  const untouched = isMarked && path !== top ? readUntouched(path, content.text) : null;
  if (untouched !== null) return asUntouched(byHand, untouched);
  return isMarked || given.isUnresolved ? readEdited(byHand, given) : byHand;
}

/** What the root scope's file says of it. An entry that does not stand for itself is never changed. */
function readListed(given: Given, { kind, position }: Place, contents: Contents): ExistingScope {
  const where = { line: position?.line ?? null, column: position?.column ?? null };
  const entry = kind === 'split' ? null : contents.listOf(given.file).at(where);
  const home = kind === 'split' ? 'split' : 'entry';
  const content = { text: entry?.isWhole === true ? entry.text : '', unreadable: null };
  const byHand: ExistingScope = { ...writtenByHand(given, content), home, position: where };
  if (entry?.isWhole !== true) return byHand;
  const untouched = entry.isBare ? readUntouchedEntry(given.path, entry.text, entry.value) : null;
  if (untouched !== null) return asUntouched(byHand, untouched);
  const isMarked = isTable(entry.value) && entry.value['generated'] !== undefined;
  return isMarked || given.isUnresolved ? readEdited(byHand, given) : byHand;
}

function writtenByHand({ path, file, isCheckedOut }: Given, content: Content): ExistingScope {
  return {
    path,
    file,
    home: 'file',
    position: { line: null, column: null },
    ...content,
    isCheckedOut,
    origin: 'hand',
    isAsWritten: false,
    generated: null,
    dependencies: [],
    handEdited: [],
  };
}

/** What a person has written, or changed. */
function readEdited(byHand: ExistingScope, { path, resolved }: Given): ExistingScope {
  const yaml = parse(byHand.text);
  if (yaml === null) return byHand;
  const dependencies = dependenciesOf(path, yaml, resolved);
  const part = yaml.valueAt('generated');
  if (!isTable(part)) return { ...byHand, dependencies };
  const generated = partOf(path, part);
  const present = generated.dependencies.filter((one) => dependencies.some(({ to }) => to === one));
  const handEdited = present.filter((to) => withoutDependency(yaml, path, to) === null);
  const isAsWritten = path === top && isDigestRight(byHand, yaml, dependencies);
  return { ...byHand, origin: 'edited', isAsWritten, generated, dependencies, handEdited };
}

/** The digest stands in the text as it was written: to YAML it may be a number. */
function isDigestRight(
  { path, text }: Pick<ExistingScope, 'path' | 'text'>,
  yaml: YamlText,
  dependencies: readonly ScopeDependency[],
): boolean {
  // The last one: those before it are of scopes that the file lists.
  const digest = [...text.matchAll(/^ *digest: ([0-9a-f]{12})\s*$/gm)].at(-1)?.[1];
  const from = yaml.valueAt('generated', 'from');
  const source = typeof from === 'string' ? pathMeant(path, from) : null;
  const [name, type] = [yaml.valueAt('name'), yaml.valueAt('scope_type')];
  if (source === null || typeof name !== 'string' || typeof type !== 'string') return false;
  const sorted = dependencies.toSorted((a, b) => byText(a.to, b.to));
  return digestOf({ path, name, type, source, dependencies: sorted }) === digest;
}

function asUntouched(scope: ExistingScope, { dependencies, leftOut }: ScopeText): ExistingScope {
  const generated = {
    dependencies: dependencies.map(({ to }) => to),
    leftOut,
    depth: null,
    rules: firstRules,
  };
  return { ...scope, origin: 'untouched', generated, dependencies };
}

/** Null when it is no valid YAML. */
function parse(text: string): YamlText | null {
  try {
    const yaml = new YamlText(text);
    return yaml.problem !== null || !isTable(yaml.value) ? null : yaml;
  } catch {
    return null;
  }
}

function partOf(path: ScopePath, part: Table): GeneratedPart {
  const { depth } = part;
  return {
    dependencies: pathsIn(path, part, 'dependencies'),
    leftOut: pathsIn(path, part, 'left_out'),
    depth: depthOf(depth),
    rules: Number.isSafeInteger(part['rules']) ? Number(part['rules']) : firstRules,
  };
}

function depthOf(value: unknown): GeneratedPart['depth'] {
  if (value === undefined || value === null) return null;
  return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : 'invalid';
}

function pathsIn(path: ScopePath, table: Table, key: string): ScopePath[] {
  return textsIn(table, key).flatMap((text) => pathMeant(path, text) ?? []);
}

/** Also those that are not written as paths from the scope's folder, but mean a scope all the same. */
export function dependenciesOf(
  path: ScopePath,
  yaml: YamlText,
  resolved: readonly ScopePath[],
): ScopeDependency[] {
  const written = dependencyEntries(yaml.value).flatMap((item) => {
    const to = pathMeant(path, dependencyText(item) ?? '');
    const type = isTable(item) ? (textIn(item, 'dependency_type') ?? 'required') : 'required';
    return to === null ? [] : [{ to, type }];
  });
  const others = resolved.filter((one) => !written.some(({ to }) => to === one));
  return [...written, ...others.map((to) => ({ to, type: 'required' }))];
}
