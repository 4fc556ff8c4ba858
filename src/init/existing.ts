import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScanResult } from '../context/index.ts';
import type { ScopePath } from '../core/index.ts';
import { dependencyEntries, dependencyText, withoutDependency } from './dependency-entry.ts';
import { isTable, textIn, textsIn, type Table } from './manifests.ts';
import { joinPath, top } from './paths.ts';
import { readUntouched, type ScopeDependency, type ScopeText } from './scope-text.ts';
import { YamlText } from './yaml-splice.ts';

/** What stands under `generated`: what init and refresh wrote, and may change. */
export interface GeneratedPart {
  readonly dependencies: readonly ScopePath[];
  readonly leftOut: readonly ScopePath[];
  /** Of the top's file only: no scope lies deeper. */
  readonly depth: number | null | 'invalid';
}

/** A scope's file as it is on disk. */
export interface ExistingScope {
  readonly path: ScopePath;
  /** Repository-relative. */
  readonly file: string;
  readonly text: string;
  /** `untouched`: written by us and not changed since. `edited`: ours, and changed by a person. `hand`: not ours. */
  readonly origin: 'untouched' | 'edited' | 'hand';
  /** Null for a file that is not ours. */
  readonly generated: GeneratedPart | null;
  /** As its list has them; those that are no paths of folders are left out. */
  readonly dependencies: readonly ScopeDependency[];
  /** Generated dependencies whose entries a person has added to or written otherwise: never taken out. */
  readonly claimed: readonly ScopePath[];
}

/** Reads the files that a scan found. A file that is gone meanwhile, or is no text, counts as written by hand. */
export function readExisting(
  root: string,
  { files, definitions, problems }: Pick<ScanResult, 'files' | 'definitions' | 'problems'>,
): Map<ScopePath, ExistingScope> {
  const unresolved = new Set(
    problems.filter(({ code }) => code === 'UNKNOWN_DEPENDENCY').map(({ file }) => file),
  );
  const resolved = new Map(definitions.map(({ path, dependencies }) => [path, dependencies]));
  const existing = new Map<ScopePath, ExistingScope>();
  for (const [path, file] of files)
    existing.set(
      path,
      readOne({
        path,
        file,
        text: textOf(join(root, file)),
        resolved: resolved.get(path) ?? [],
        isUnresolved: unresolved.has(file),
      }),
    );
  return existing;
}

interface Given {
  readonly path: ScopePath;
  readonly file: string;
  readonly text: string;
  /** What its entries mean, however they are written. */
  readonly resolved: readonly ScopePath[];
  /** Some entry means no scope that there is: it may mean one that is about to be made. */
  readonly isUnresolved: boolean;
}

function textOf(file: string): string {
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(readFileSync(file));
  } catch {
    return '';
  }
}

function readOne(given: Given): ExistingScope {
  const { path, file, text, resolved } = given;
  const byHand = {
    path,
    file,
    text,
    origin: 'hand',
    generated: null,
    dependencies: [],
    claimed: [],
  } as const;
  const isMarked = /\bgenerated\b/.test(text);
  // The top's file has more to it than any other: the configuration.
  const untouched = isMarked && path !== top ? readUntouched(path, text) : null;
  if (untouched !== null) return asUntouched(byHand, untouched);
  const yaml = isMarked || given.isUnresolved ? parse(text) : null;
  if (yaml === null) return byHand;
  const dependencies = dependenciesOf(path, yaml, resolved);
  const part = yaml.valueAt('generated');
  if (!isTable(part)) return { ...byHand, dependencies };
  const generated = partOf(path, part);
  const present = generated.dependencies.filter((one) => dependencies.some(({ to }) => to === one));
  const claimed = present.filter((to) => withoutDependency(yaml, path, to) === null);
  return { ...byHand, origin: 'edited', generated, dependencies, claimed };
}

function asUntouched(scope: ExistingScope, { dependencies, leftOut }: ScopeText): ExistingScope {
  const generated = { dependencies: dependencies.map(({ to }) => to), leftOut, depth: null };
  return { ...scope, origin: 'untouched', generated, dependencies };
}

/** Null when it is no valid YAML. */
function parse(text: string): YamlText | null {
  try {
    const yaml = new YamlText(text);
    return yaml.broken || !isTable(yaml.value) ? null : yaml;
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
  };
}

function depthOf(value: unknown): GeneratedPart['depth'] {
  if (value === undefined || value === null) return null;
  return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : 'invalid';
}

function pathsIn(path: ScopePath, table: Table, key: string): ScopePath[] {
  return textsIn(table, key).flatMap((text) => joinPath(path, text) ?? []);
}

/** Also those that are not written as paths from the scope's folder, but mean a scope all the same. */
function dependenciesOf(path: ScopePath, yaml: YamlText, resolved: readonly ScopePath[]): ScopeDependency[] {
  const written = dependencyEntries(yaml).flatMap((item) => {
    const to = joinPath(path, dependencyText(item) ?? '');
    const type = isTable(item) ? (textIn(item, 'dependency_type') ?? 'required') : 'required';
    return to === null ? [] : [{ to, type }];
  });
  const others = resolved.filter((one) => !written.some(({ to }) => to === one));
  return [...written, ...others.map((to) => ({ to, type: 'required' }))];
}
