/** Context files as they were recorded, beside what lies on disk. */
import { examineContext, kindOf } from '../context/index.ts';
import type { ContextRecord, ScopePath } from '../core/index.ts';
import { ofFile, type Finding } from './finding.ts';

/** What lies at the place of a file. `digest`: SHA-256 in hex. */
type FileLook =
  | { readonly kind: 'read'; readonly digest: string; readonly isBroken: boolean }
  | { readonly kind: 'gone' | 'unread' };

export interface RecordedFile {
  /** Repository-relative. */
  readonly path: ScopePath;
  readonly scope: ScopePath;
  readonly record: ContextRecord;
}

interface ScopeWithContexts {
  readonly path: ScopePath;
  readonly contexts: Readonly<Record<string, ContextRecord>>;
}

/** Every file of which a digest is known. */
export function recordedFiles(scopes: readonly ScopeWithContexts[]): RecordedFile[] {
  return scopes.flatMap(({ path: scope, contexts }) =>
    Object.entries(contexts).map(([file, record]) => {
      const path = (scope === '.' ? file : `${scope}/${file}`) as ScopePath;
      return { path, scope, record };
    }),
  );
}

/** How a file is that is not what was recorded. `broken`: nobody can read it. */
type Standing = 'recorded' | 'changed' | 'broken' | 'gone' | 'unread';

function standingOf({ record }: RecordedFile, look: FileLook): Standing {
  if (look.kind !== 'read') return look.kind;
  if (look.digest === record.digest) return 'recorded';
  return look.isBroken ? 'broken' : 'changed';
}

/** Emptied, no YAML any more, or with the marks of an unresolved merge in it. */
export function isBroken(path: string, bytes: Uint8Array): boolean {
  if (isBlank(bytes)) return true;
  if (!/\.ya?ml$/.test(path)) return false;
  const kind = kindOf(path) ?? 'knowledge';
  return examineContext(path, kind, bytes).yaml === null;
}

export const isContextFile = (path: string): boolean => kindOf(path) !== null;

/** Which rules a context file breaks by itself: those that only follow from what is around it are no errors. */
export function rulesBrokenBy(path: string, bytes: Uint8Array): readonly string[] {
  const kind = kindOf(path);
  if (kind === null) return [];
  const { problems } = examineContext(path, kind, bytes);
  return problems.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
}

const isBlank = (bytes: Uint8Array): boolean =>
  bytes.every((byte) => byte === 0x20 || byte === 0 || (byte >= 0x09 && byte <= 0x0d));

/** What a file breaks that is not what was recorded; null: nothing. */
export function recordedFinding(file: RecordedFile, look: FileLook): Finding | null {
  const { path, record } = file;
  const recorded = `recorded by ${record.agent} at revision ${record.revision}`;
  switch (standingOf(file, look)) {
    case 'recorded':
      return null;
    case 'changed':
      return ofFile(
        'CONTEXT_FILE_CHANGED',
        path,
        `is not what was ${recorded}: somebody changed it without a lock`,
      );
    case 'broken':
      return ofFile(
        'CONTEXT_FILE_BROKEN',
        path,
        `was ${recorded}, and is empty now, or nothing that can be read`,
      );
    case 'gone':
      return ofFile('CONTEXT_FILE_GONE', path, `was ${recorded}, and is not there`);
    case 'unread':
      return ofFile('CONTEXT_FILE_BROKEN', path, `was ${recorded}, and cannot be read`);
  }
}
