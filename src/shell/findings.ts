import { findingsMax } from './bounds.ts';
import { escaped, textField, type Field } from './fields.ts';
import { folderAt, joined, namedPath, withoutMarks } from './places.ts';
import type { Extent, GitOperation, ShellRead, ShellReading, ShellWrite, Unjudged, Why } from './reading.ts';

export interface WriteOptions {
  readonly how?: Extent;
  /** See {@link ShellWrite.inside}. */
  readonly inside?: string | null;
  /** See {@link ShellWrite.replaces}. */
  readonly replaces?: boolean;
}

/** What has been found so far; the same thing is named once. */
export class Findings {
  readonly #writes = new Map<string, ShellWrite>();
  readonly #reads = new Map<string, ShellRead>();
  readonly #git: GitOperation[] = [];
  /** By where they are, where they lead. */
  readonly #links = new Map<string, string>();
  readonly #unjudged = new Map<string, Unjudged>();

  write(command: string, folder: string | null, field: Field, options: WriteOptions = {}): void {
    const { how = 'file', inside = null, replaces = false } = options;
    if (field.kind === 'unknown') return this.unjudge(command, field.why);
    if (isDevice(field.text) || field.text === '') return;
    const found = placeOf(field, folder);
    if (found === null) return this.unjudge(command, folder === null ? 'folder' : 'variable');
    this.#add(this.#writes, { ...found, how, inside, replaces, command });
    for (const path of this.#leadsTo(found, replaces))
      this.#add(this.#writes, { ...found, folder: '.', path, how, inside, replaces, command });
  }

  /** A symbolic link that a command of the line makes: what is written by its name from then on is what it leads to. */
  link(folder: string | null, link: Field, target: Field): void {
    if (link.kind === 'unknown' || target.kind === 'unknown' || this.#links.size >= findingsMax) return;
    const [name, own] = [folderAt(link.text, folder), folderAt('..', folderAt(link.text, folder))];
    const to = folderAt(target.text, own);
    if (name === null || to === null) return;
    const [end = to] = this.#leadsTo({ folder: '.', path: to }, false);
    this.#links.set(name, end);
  }

  /** What links of the line make of a path. */
  #leadsTo({ folder, path }: Pick<ShellWrite, 'folder' | 'path'>, replaces: boolean): readonly string[] {
    const named = joined(folder, path);
    return [...this.#links].flatMap(([link, to]) => {
      if (named === link) return replaces ? [] : [to];
      return named.startsWith(`${link}/`) ? [joined(to, named.slice(link.length + 1))] : [];
    });
  }

  read(command: string, folder: string | null, field: Field): void {
    if (field.kind === 'unknown' || field.text === '-' || isDevice(field.text)) return;
    const found = placeOf(field, folder);
    if (found !== null) this.#add(this.#reads, { ...found, command });
  }

  git(operation: GitOperation): void {
    if (this.#git.length < findingsMax) this.#git.push(operation);
  }

  unjudge(command: string, why: Why): void {
    this.#add(this.#unjudged, { why, command: withoutMarks(command) });
  }

  #add<Item>(to: Map<string, Item>, item: Item): void {
    const key = JSON.stringify(item);
    if (to.size < findingsMax) to.set(key, item);
    else this.#unjudged.set('size', { why: 'size', command: '' });
  }

  reading(): ShellReading {
    return {
      writes: [...this.#writes.values()],
      reads: [...this.#reads.values()],
      git: this.#git,
      unjudged: [...this.#unjudged.values()],
    };
  }
}

/** Of no file: a terminal, nothing, a descriptor. */
const isDevice = (path: string): boolean => /^\/(dev|proc)\//.test(path);

function placeOf(
  field: Field & { kind: 'text' },
  folder: string | null,
): Pick<ShellWrite, 'folder' | 'path' | 'pattern'> | null {
  if (field.pattern === null) {
    const named = namedPath(field.text, folder);
    return named === null ? null : { ...named, pattern: null };
  }
  const { certain, live } = partsOf(field.pattern);
  const named = namedPath(certain, folder);
  return named === null || live.includes('\0') ? null : { ...named, pattern: live };
}

/** The longest folder in front of a pattern that has no live character, and what is left of it. */
function partsOf(pattern: string): { readonly certain: string; readonly live: string } {
  const parts = pattern.split('/');
  const first = parts.findIndex((part) => /(^|[^\\])(\\\\)*[*?[({]/.test(part));
  const at = first === -1 ? parts.length - 1 : first;
  const certain = parts.slice(0, at).join('/').replaceAll(/\\(.)/g, '$1');
  return { certain: certain === '' ? (at === 0 ? '.' : '/') : certain, live: parts.slice(at).join('/') };
}

/** `name` in a folder that a word names. */
export function fieldWithin(folder: Field, name: Field): Field {
  if (folder.kind === 'unknown') return folder;
  if (name.kind === 'unknown') return name;
  const between = folder.text.endsWith('/') || folder.text === '' ? '' : '/';
  const text = folder.text + between + name.text;
  if (folder.pattern === null && name.pattern === null) return textField(text);
  const [first, last] = [folder, name].map(({ text, pattern }) => pattern ?? escaped(text));
  return { kind: 'text', text, pattern: `${first}${between}${last}` };
}

/** The last name of a path; null: it has none, as `.` and `..`. */
export function lastName(field: Field): Field | null {
  if (field.kind === 'unknown') return field;
  const name = nameIn(field.text);
  if (field.pattern === null) return name === null ? null : textField(name);
  const last = nameIn(field.pattern);
  return last === null || name === null ? null : { kind: 'text', text: name, pattern: last };
}

function nameIn(path: string): string | null {
  const name = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return ['', '.', '..'].includes(name) || name.includes('\0') ? null : name;
}
