import type { ScopePath } from '../../core/index.ts';
import type { ContextKind } from '../../context/index.ts';
import type { Contexts, EntryOutcome, EntryWish } from '../../mcp/index.ts';
import { invalidInput } from '../../protocol/index.ts';
import type { Call } from '../call.ts';
import { createStyle } from '../format/style.ts';
import type { Repository } from '../world/world.ts';

/** Entries that a resource tells of: few enough for a model to read. */
const knownMax = 10;

/** Context files, for the tools of `rhema mcp`. Each part is loaded when it is used. */
export function mcpContexts(call: Call, repository: Repository): Contexts {
  return {
    files: () => {
      if (repository.worktree === null) throw invalidInput('path', noWorktree);
      return call.world.workingFiles(repository);
    },
    overForeign: async () => {
      const { resolutionOf } = await import('../commands/context-write.ts');
      return (await resolutionOf(call)) !== 'manual';
    },
    mustHaveEntries: async (file) => {
      const kind = await kindWithEntries(file);
      if (repository.worktree === null) throw invalidInput('path', noWorktree);
      const { placeTrouble } = await import('../commands/context-target.ts');
      const trouble = await placeTrouble(call, file, kind);
      if (trouble !== null) throw invalidInput('path', trouble);
    },
    change: (file, text, wish) => entryOutcome(file, text, wish, call.nowMs),
    known: async (path, words) => {
      const { foundText, known } = await import('../commands/context-search.ts');
      const { contextKinds } = await import('../../context/index.ts');
      const here = path ?? ('.' as ScopePath);
      const wish = { words, kinds: contextKinds, about: path, here, limit: knownMax };
      const { found, searched, scope } = await known(call, wish);
      return foundText(createStyle({ color: false, columns: null }), found, {
        all: searched,
        about: path,
        start: scope,
        hasWords: words.trim() !== '',
      });
    },
  };
}

const noWorktree =
  'this repository is bare, so there is no context file: start rhema mcp in a working tree of it';

export async function kindWithEntries(path: ScopePath): Promise<ContextKind> {
  const { contextKinds, kindOf } = await import('../../context/index.ts');
  const kind = kindOf(path);
  if (kind !== null) return kind;
  const names = contextKinds.map((one) => `${one}.yaml`).join(', ');
  throw invalidInput('path', `it has no entries: those are in ${names}; write it yourself, and record it`);
}

/** What a file says once one entry of it is changed. */
export async function entryOutcome(
  path: ScopePath,
  text: string | null,
  wish: EntryWish,
  nowMs: number,
): Promise<EntryOutcome> {
  const { newProblems, putEntry, removeEntry } = await import('../../context/index.ts');
  const kind = await kindWithEntries(path);
  const file = { path, kind, text };
  const { id, changed: change } =
    'remove' in wish
      ? { id: wish.remove, changed: removeEntry(file, wish.remove) }
      : putEntry(file, wish.entry, nowMs);
  if (change.kind === 'unchanged') return { kind: 'unchanged', id };
  if (change.kind === 'refused') return change;
  const problems = newProblems(file, change.text);
  const messages = (severity: 'error' | 'warning'): readonly string[] =>
    problems.filter((problem) => problem.severity === severity).map(({ message }) => message);
  const errors = messages('error');
  if (errors.length > 0)
    return { kind: 'refused', code: 'CONTEXT_INVALID', message: `Nothing was written: ${errors.join('; ')}` };
  return { kind: 'changed', id, text: change.text, warnings: messages('warning') };
}
