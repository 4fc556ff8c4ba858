import type { ScopeProblem } from '../../protocol/index.ts';

/**
 * What can be wrong with scope files. An error means that the scan is not sound; a warning is worth a look. Codes of
 * the configuration block are in `src/config`, those of the graph as a whole in the core's rejections.
 */
export const scopeProblemCodes = [
  'UNREADABLE_FILE',
  'SYMLINK_OUTSIDE',
  'FILE_TOO_LARGE',
  'NOT_UTF8',
  'TOO_DEEP',
  'TOO_COMPLEX',
  'TOO_MANY_ALIASES',
  'MERGE_CONFLICT',
  'YAML_SYNTAX',
  'DUPLICATE_KEY',
  'SEVERAL_DOCUMENTS',
  'EMPTY_FILE',
  'NOT_A_MAP',
  'WRONG_TYPE',
  'INVALID_NAME',
  'NAME_MISSING',
  'INVALID_PATH',
  'INVALID_PATTERN',
  'FOLDER_MISSING',
  'SHADOWED_FILE',
  'SHADOWED_ENTRY',
  'MISPLACED_FILE',
  'MISPLACED_CONFIG',
  'INVALID_DEPENDENCY',
  'UNKNOWN_DEPENDENCY',
  'BROKEN_DEPENDENCY',
  'AMBIGUOUS_DEPENDENCY',
  'OUTSIDE_REPOSITORY',
  'EXTERNAL_DEPENDENCY',
  'UNKNOWN_PARENT',
  'DUPLICATE_SCOPE',
  'SCOPES_READ_ALIKE',
  'TOO_MANY_SCOPES',
  'TOO_MANY_PROBLEMS',
  'LAST_GOOD_KEPT',
  'NO_SCOPES',
] as const;
export type ScopeProblemCode = (typeof scopeProblemCodes)[number];

/** A place in a scope file. */
export interface Position {
  /** Repository-relative. */
  readonly file: string;
  /** From 1; null when the whole file is meant. */
  readonly line: number | null;
  readonly column: number | null;
}

export function errorAt(code: ScopeProblemCode, position: Position | null, message: string): ScopeProblem {
  return { code, severity: 'error', ...(position ?? nowhere), message };
}

export function warningAt(code: ScopeProblemCode, position: Position | null, message: string): ScopeProblem {
  return { code, severity: 'warning', ...(position ?? nowhere), message };
}

export function wholeFile(file: string): Position {
  return { file, line: null, column: null };
}

const nowhere = { file: null, line: null, column: null };
