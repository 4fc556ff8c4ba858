/** From a file for each scope to one for all, and back, without losing what a person wrote. */
import { scalar } from '../../config/index.ts';
import { isMap, parseDocument } from 'yaml';
import { named, type ScopePath } from '../../core/index.ts';
import { isTable } from '../detectors/manifests.ts';
import { failure, warning, type Notice } from '../notices.ts';
import { baseName, folderOf, seenFrom, top } from '../paths.ts';
import type { Layout } from '../layout.ts';
import { readUntouchedEntry, renderEntry } from './entry-text.ts';
import type { ExistingScope } from './existing.ts';
import { ListText } from './list-text.ts';
import { readUntouched, renderScope } from './scope-text.ts';
import { YamlText } from '../../repository/yaml/index.ts';

/** A scope that is described in another place from now on. */
export interface Move {
  readonly from: ExistingScope;
  /** The same scope in its new place; its text is what shall stand there. */
  readonly to: ExistingScope;
}

export interface Conversion {
  readonly moves: readonly Move[];
  /** An error for each that cannot be carried over whole; a warning for what stays where it is. */
  readonly notices: readonly Notice[];
}

export interface ConversionInput {
  readonly existing: ReadonlyMap<ScopePath, ExistingScope>;
  readonly layout: Layout;
  /** Whether a file of its own would be read there. */
  readonly isRead: (path: ScopePath) => boolean;
  readonly isThere: (path: ScopePath) => boolean;
  /** How a folder is spelled on disk. */
  readonly folderOnDisk: (path: ScopePath) => string;
}

/** What has to be moved so that all scopes stand in the layout; nothing is said of the top's file, which stays. */
export function convert(input: ConversionInput): Conversion {
  const { existing, layout } = input;
  const others = [...existing.values()].filter(({ path }) => path !== top);
  const list = new ListText(existing.get(top)?.text ?? '');
  const results = others.flatMap((scope): (Move | Notice)[] => {
    if (layout === 'one')
      return scope.home === 'file' ? [toEntry(scope, existing.get(top)?.file ?? 'rhema.yaml')] : [];
    if (scope.home === 'split')
      return [refused(scope, 'split', 'is a scope by a pattern: list its folder first')];
    return scope.home === 'entry' ? [toFile(scope, list, input)] : [];
  });
  return {
    moves: results.filter((one) => 'from' in one),
    notices: results.filter((one): one is Notice => 'code' in one),
  };
}

function toEntry(scope: ExistingScope, file: string): Move | Notice {
  const { path, text, unreadable, isCheckedOut } = scope;
  if (baseName(folderOf(scope.file)) === '.rhema') {
    const message = 'stays where it is, and says what this scope is: Rhema itself reads it there';
    return warning('KEPT_BY_HAND', { file: scope.file }, message);
  }
  if (unreadable !== null)
    return { ...failure('FILE_UNREADABLE', { file: scope.file }, unreadable.message), ...unreadable };
  if (!isCheckedOut)
    return failure(
      'NOT_CHECKED_OUT',
      { file: scope.file },
      'would be moved, but this sparse checkout leaves it out',
    );
  const known = scope.origin === 'untouched' ? readUntouched(path, text) : null;
  const trouble = known === null ? troubleAsEntry(text) : null;
  if (trouble !== null) return { ...refused(scope, trouble.key, trouble.message), line: trouble.line };
  const said = known === null ? withoutHeading(text) : renderEntry(known);
  return { from: scope, to: { ...scope, file, home: 'entry', text: said } };
}

interface Trouble {
  readonly key: string;
  readonly line: number | null;
  readonly message: string;
}

/** Why a file's text cannot stand under a key of another one. */
function troubleAsEntry(text: string): Trouble | null {
  const mark = /^(?:---|\.\.\.|%)/m.exec(text);
  if (mark !== null) {
    const line = text.slice(0, mark.index).split('\n').length;
    return { key: mark[0], line, message: 'begins or ends a document: take the line out' };
  }
  const yaml = new YamlText(text);
  if (yaml.problem !== null) return { key: '', line: null, message: `${yaml.problem}: repair it` };
  const { value } = yaml;
  if (!isTable(value)) return { key: '', line: null, message: 'must hold keys and values' };
  const nested = ['rhema', 'scope'].find((key) => value['name'] === undefined && isTable(value[key]));
  if (nested === undefined) return null;
  return {
    key: nested,
    line: yaml.lineOf([nested]),
    message: 'has name, type and dependencies below it: write them at the top',
  };
}

/** What init writes on top of each file, and what its first version wrote in two lines, says nothing of the scope. */
function withoutHeading(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replace(
      /^# (?:By `rhema init`\..*|Written by `rhema init`\..*\r?\n# keeps in step with the code;.*)\r?\n/,
      '',
    );
}

function toFile(scope: ExistingScope, list: ListText, input: ConversionInput): Move | Notice {
  const { path, text, position } = scope;
  if (!input.isRead(path))
    return refused(scope, 'exclude', 'leaves its folder out, and a file there would not be read: include it');
  if (!input.isThere(path))
    return refused(scope, named(path), 'has no folder: make it, or take the entry out');
  const whole = list.wholeAt(position);
  if (whole === null)
    return refused(scope, named(path), 'means what it does only where it stands: write its values out');
  const yaml = new YamlText(text);
  if (yaml.valueAt('split') !== undefined)
    return refused(
      scope,
      'split',
      'cannot stand in a file of its own: move it to split of the configuration',
    );
  const known = scope.origin === 'untouched' ? readUntouchedEntry(path, text, yaml.value) : null;
  const said = known === null ? withName(path, whole) : renderScope(known);
  const file = `${input.folderOnDisk(path)}/rhema.yaml`;
  const to: ExistingScope = {
    ...scope,
    file,
    home: 'file',
    position: { line: null, column: null },
    text: said,
  };
  return { from: scope, to };
}

/** An entry of which nothing is said has the name of its folder. */
function withName(path: ScopePath, text: string): string {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error' });
  return isMap(document.contents) ? text : `${text}name: ${scalar(seenFrom(folderOf(path), path))}\n`;
}

function refused(scope: ExistingScope, key: string, message: string): Notice {
  const { file, position, home, path } = scope;
  const what =
    home === 'file' ? 'cannot be carried over' : `the entry of ${named(path)} cannot be carried over`;
  const notice = failure(
    'NOT_CARRIED_OVER',
    { file },
    `${what}: ${key === '' ? 'it' : key} ${message}, and run this again`,
  );
  return { ...notice, ...position };
}
