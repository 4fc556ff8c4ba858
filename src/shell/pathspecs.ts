import { escaped, textField, textOf, type Field } from './fields.ts';
import { topMark } from './places.ts';

/** A path as Git is told it; null: one that is left out (`:!path`). */
export function pathspecField(field: Field): Field | null {
  const text = textOf(field);
  if (text === null) return field;
  const magic = /^:\(([a-z,]*)\)|^:([/!^]+):?/.exec(text);
  const words = magic?.[1]?.split(',') ?? [];
  const signs = magic?.[2] ?? '';
  if (words.includes('exclude') || /[!^]/.test(signs)) return null;
  const rest = text.slice(magic?.[0].length ?? 0);
  const isFromTop = words.includes('top') || signs.includes('/');
  const start = isFromTop ? `${topMark}${rest === '' ? '' : '/'}` : '';
  if (words.includes('literal') || !/[*?[]/.test(rest)) return textField(start + rest);
  return { kind: 'text', text: start + rest, pattern: start + crossing(rest) };
}

/** Git's `*` goes over slashes: `*.ts` is also below folders. */
function crossing(text: string): string {
  const parts = text.split('/');
  const first = parts.findIndex((part) => /[*?[]/.test(part));
  const folder = parts
    .slice(0, first)
    .map((part) => `${escaped(part)}/`)
    .join('');
  const rest = parts.slice(first);
  const isSimple = rest.length === 1 && /^\*[^*?[]*$/.test(rest[0] ?? '');
  return `${folder}**/${isSimple ? rest[0] : '*'}`;
}

/** Whether it means all of the folder, or of the working tree. */
export const isEverything = (field: Field): boolean => {
  const text = textOf(field);
  return text !== null && /^(\.\/?|:\/|:\(top\)|:|\*)$/.test(text);
};

/** Whether it can only be a path, never the name of a commit. */
export const isSurelyPath = (field: Field): boolean => {
  if (field.kind === 'unknown') return false;
  return field.pattern !== null || /^(\.{1,2}(\/|$)|\/|:|\0)|\/$|[*?[]/.test(field.text);
};
