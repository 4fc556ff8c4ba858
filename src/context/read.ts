import { isMap, isScalar } from 'yaml';
import { parseYaml, type YamlFile } from '../repository/yaml/index.ts';

/** A problem of a file as a whole: then nothing of it can be said, or changed. */
export interface Unreadable {
  /** From 1; null where the whole file is meant. */
  readonly line: number | null;
  readonly column: number | null;
  /** As the reader of scopes has it, such as YAML_SYNTAX. */
  readonly rule: string;
  readonly message: string;
}

/** What may be wrong with a file as a whole, in the words of the reader of scopes. */
export const readingRules = [
  'FILE_TOO_LARGE',
  'NOT_UTF8',
  'TOO_DEEP',
  'TOO_COMPLEX',
  'TOO_MANY_ALIASES',
  'MERGE_CONFLICT',
  'YAML_SYNTAX',
  'DUPLICATE_KEY',
  'SEVERAL_DOCUMENTS',
  'NOT_A_MAP',
] as const;

export type ContextReading =
  | { readonly ok: true; readonly yaml: YamlFile }
  | { readonly ok: false; readonly problems: readonly Unreadable[] };

/** Parses a context file out of bytes that nobody has vouched for; bounds are those of scope files. Never throws. */
export function readContext(path: string, bytes: Uint8Array): ContextReading {
  try {
    return parsed(path, bytes);
  } catch (error) {
    // The YAML library gives up on some malformed text by throwing.
    const reason = error instanceof Error ? error.message.slice(0, 200) : String(error);
    return refuse('YAML_SYNTAX', null, `cannot be parsed: ${reason}`);
  }
}

function parsed(path: string, bytes: Uint8Array): ContextReading {
  const read = parseYaml(path, bytes);
  if (!read.ok) {
    const problems = read.problems.map(({ code, line, column, message }) => ({
      rule: code,
      line,
      column,
      message,
    }));
    return { ok: false, problems };
  }
  const root = read.yaml.document.contents;
  const isNothing = root === null || (isScalar(root) && root.value === null);
  if (isNothing || isMap(root)) return { ok: true, yaml: read.yaml };
  return refuse('NOT_A_MAP', read.yaml.positionOf(root), `must hold keys and values at its top`);
}

function refuse(
  rule: string,
  at: Pick<Unreadable, 'line' | 'column'> | null,
  message: string,
): ContextReading {
  const { line, column } = at ?? { line: null, column: null };
  return { ok: false, problems: [{ rule, line, column, message }] };
}
