import {
  contextKinds,
  nearnessFrom,
  plainOf,
  searchEntries,
  type ContextKind,
  type FoundEntry,
  type KnownEntry,
} from '../../context/index.ts';
import { named, quote, type ScopePath } from '../../core/index.ts';
import type { Call } from '../call.ts';
import { invalidInput } from '../answer/errors.ts';
import { done, type Outcome } from '../answer/outcome.ts';
import type { Style } from '../format/style.ts';
import { line, safe } from '../format/text.ts';
import { fitted } from '../format/width.ts';
import { contextFilesOf, type ContextFiles } from './context-files.ts';
import { count } from '../../wording/index.ts';
import { filesIn, kindIn, pathOf, scopesOnDisk } from './context-named.ts';
import { numberOption } from './number-option.ts';

export interface SearchInput {
  readonly words: readonly string[];
  /** A file, folder or scope for which it is asked; else the working folder. */
  readonly for?: string;
  readonly only?: readonly string[];
  readonly limit: string;
}

/** Entries of all context files that have the words, the best and the nearest first; no coordinator is asked. */
export async function searchContexts(call: Call, input: SearchInput): Promise<Outcome> {
  const limit = numberOption('--limit', input.limit, 1, 1_000);
  const kinds = await kindsOf(input.only ?? contextKinds);
  const about = input.for === undefined ? null : await pathOf(call, input.for);
  const words = input.words.join(' ');
  const here = about ?? (await pathOf(call, '.'));
  const { found, searched, scope } = await known(call, { words, kinds, about, here, limit });
  const data = { words, for: about, scope, searched, found };
  return done(null, data, (style) =>
    foundText(style, found, { all: searched, about, start: scope, hasWords: words.trim() !== '' }),
  );
}

export interface KnownWish {
  readonly words: string;
  readonly kinds: readonly ContextKind[];
  /** What it is asked about; null: nothing in particular. */
  readonly about: ScopePath | null;
  /** Near which file or folder. */
  readonly here: ScopePath;
  readonly limit: number;
}

export interface Known {
  readonly found: readonly FoundEntry[];
  /** How many entries there are. */
  readonly searched: number;
  /** Near which scope it was looked for. */
  readonly scope: ScopePath | null;
}

/** What is known here. Fails with INVALID_INPUT where there is no working tree. */
export async function known(call: Call, { words, kinds, about, here, limit }: KnownWish): Promise<Known> {
  const definitions = await scopesOnDisk(call);
  const files = await contextFilesOf(call, definitions);
  const scope = files.scopeAround(here);
  const near = scope === null ? new Map<ScopePath, number>() : nearnessFrom(scope, definitions);
  const all = knownIn(files, kinds);
  const distanceTo = (one: ScopePath): number | null => near.get(one) ?? null;
  const found = await searchEntries(all, { words, distanceTo, about, limit });
  return { found, searched: all.length, scope };
}

async function kindsOf(texts: readonly string[]): Promise<readonly ContextKind[]> {
  const { nearest } = await import('../../config/index.ts');
  return texts.map((text) => {
    const kind = kindIn(text);
    if (kind !== null) return kind;
    const near = nearest(text, contextKinds);
    const hint = near === null ? `there are ${contextKinds.join(', ')}` : `did you mean ${near}?`;
    throw invalidInput(`${quote(text)} is no kind of context files: ${hint}`);
  });
}

/** What cannot be read knows nothing; `rhema context check` tells of it. */
function knownIn(files: ContextFiles, kinds: readonly ContextKind[]): readonly KnownEntry[] {
  const scopes = files.scopes.map(({ path }) => path);
  return filesIn(files, scopes)
    .filter(({ kind }) => kinds.includes(kind))
    .flatMap((file) => {
      const report = files.examine(file)?.report;
      const yaml = report?.yaml ?? null;
      if (report === undefined || yaml === null) return [];
      const { path, kind } = file;
      return report.entries.map(({ id, node, place }) => ({
        scope: file.scope ?? ('.' as ScopePath),
        kind,
        file: path,
        line: yaml.positionOf(place).line,
        id,
        fields: plainOf(yaml, node),
      }));
    });
}

interface Searched {
  readonly hasWords: boolean;
  readonly all: number;
  readonly about: ScopePath | null;
  readonly start: ScopePath | null;
}

export function foundText(
  style: Style,
  found: readonly FoundEntry[],
  { all, about, start, hasWords }: Searched,
): string {
  if (found.length > 0) return found.map((entry) => entryText(style, entry)).join('\n');
  if (all === 0) return 'nothing is known yet: there are no entries in any context file';
  return hasWords
    ? `none of ${count(all, 'entry', 'entries')} has that`
    : `none of ${count(all, 'entry', 'entries')} is near ${named(about ?? start ?? '')}`;
}

function entryText(style: Style, { kind, id, title, excerpt, file, line: at }: FoundEntry): string {
  const place = at === null ? safe(file) : `${safe(file)}:${at}`;
  const head = `${style.paint('bold', safe(title === '' ? (id ?? '-') : title))}  ${line`${kind} ${id ?? '-'}`}`;
  return [head, `  ${place}`, ...(excerpt === '' ? [] : [`  ${safe(excerpt)}`])]
    .map((text) => fitted(style, text))
    .join('\n');
}
