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
import { whileTelling } from '../process/live-line.ts';
import { contextFilesOf, mustHaveFiles, type ContextFiles } from './context-files.ts';
import { filesIn, kindIn, pathOf } from './context-named.ts';
import { numberOption } from './number-option.ts';

export interface SearchInput {
  readonly words: readonly string[];
  /** A file, folder or scope for which it is asked; else the working folder. */
  readonly for?: string;
  readonly kind?: readonly string[];
  readonly limit: string;
}

/** Entries of all context files that have the words, the best and the nearest first; no coordinator is asked. */
export async function searchContexts(call: Call, input: SearchInput): Promise<Outcome> {
  const limit = numberOption('--limit', input.limit, 1, 1_000);
  const kinds = await kindsOf(input.kind ?? contextKinds);
  const about = input.for === undefined ? null : await pathOf(call, input.for);
  const repository = await call.repository();
  mustHaveFiles(repository);
  const { definitions } = await whileTelling(call, 'reading the scope files', () =>
    call.world.inspection.scan(repository),
  );
  const files = await contextFilesOf(call, definitions);
  const start = files.scopeAround(about ?? (await pathOf(call, '.')));
  const near = start === null ? new Map<ScopePath, number>() : nearnessFrom(start, definitions);
  const all = knownIn(files, kinds);
  const wish = { words: input.words.join(' '), distanceTo: (scope: ScopePath) => near.get(scope) ?? null };
  const found = searchEntries(all, { ...wish, about, limit });
  const data = { words: wish.words, for: about, scope: start, searched: all.length, found };
  return done(null, data, (style) => foundText(style, found, { all: all.length, about, start }));
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
  readonly all: number;
  readonly about: ScopePath | null;
  readonly start: ScopePath | null;
}

function foundText(style: Style, found: readonly FoundEntry[], { all, about, start }: Searched): string {
  if (found.length > 0) return found.map((entry) => entryText(style, entry)).join('\n');
  if (all === 0) return 'nothing is known yet: there are no entries in any context file';
  return about === null && start === null
    ? `none of ${all} entries has that`
    : `none of ${all} entries has that, or is near ${named(about ?? start ?? '')}`;
}

function entryText(style: Style, { kind, id, title, excerpt, file, line: at }: FoundEntry): string {
  const place = at === null ? safe(file) : `${safe(file)}:${at}`;
  const head = `${style.paint('bold', safe(title === '' ? (id ?? '-') : title))}  ${line`${kind} ${id ?? '-'}`}`;
  return [head, `  ${place}`, ...(excerpt === '' ? [] : [`  ${safe(excerpt)}`])].join('\n');
}
