import { isMap, isScalar, type YAMLMap } from 'yaml';
import { quote } from '../../core/index.ts';
import type { ScopeProblem } from '../../protocol/index.ts';
import { emptyFileText } from '../empty-file.ts';
import { parseYaml, type YamlFile } from '../yaml/parse-yaml.ts';
import { errorAt, warningAt, wholeFile } from './problems.ts';
import { readDependencies, readParent, type DependencyReference } from './read-dependencies.ts';
import { readSyncCommand, type SyncCommand } from './read-sync.ts';

/** Characters of a scope's name or type. */
export const scopeNameLengthMax = 256;
/** The type of a scope that does not say it. */
export const typeUnspecified = 'unspecified';

/** What a definition file says, before its dependencies are looked up. */
export interface ScopeFile {
  readonly name: string;
  readonly type: string;
  readonly dependencies: readonly DependencyReference[];
  /** Left out: it names none. Nothing depends on it; see {@link readDependencies}. */
  readonly parent?: DependencyReference;
  /** Left out: nothing is run when it is synced. */
  readonly sync?: SyncCommand;
}

export interface ScopeReading {
  /** Null when the file cannot be used; then there is at least one error. */
  readonly scope: ScopeFile | null;
  readonly problems: readonly ScopeProblem[];
  /** The parsed file, for the configuration block; null when it is not YAML, or says nothing that could be asked for one. */
  readonly yaml: YamlFile | null;
}

export interface ReadingOptions {
  /** Repository-relative, for messages. */
  readonly file: string;
  /** Name for a scope that gives none. */
  readonly folderName: string;
}

/**
 * Reads a scope's definition file in any of the shapes in use: flat (`name`, `scope_type` or `type`, `dependencies` as a
 * list), nested (`rhema.scope` with `dependencies` as parent, children and peers) and `scope:` at the top. Unknown
 * keys are left alone. Never throws, whatever the bytes are.
 */
export function readScope(bytes: Uint8Array, options: ReadingOptions): ScopeReading {
  try {
    return readBytes(bytes, options);
  } catch (error) {
    // The YAML library gives up on some malformed text by throwing; to us that is a malformed file like any other.
    const reason = error instanceof Error ? error.message.slice(0, 200) : String(error);
    const problem = errorAt('YAML_SYNTAX', wholeFile(options.file), `cannot be parsed: ${reason}`);
    return { scope: null, problems: [problem], yaml: null };
  }
}

/** How far a file called `scope.yaml`, a name that others use too, looks like a scope of ours. */
export type Likeness = 'scope' | 'intended' | 'foreign';

/** `scope`: it has a name, or the nested shape. `intended`: it has neither, but a key that only our scopes have. */
export function likenessOf({ yaml }: ScopeReading): Likeness {
  const root = yaml?.document.contents;
  if (yaml === null || !isMap(root)) return 'foreign';
  if (isScalar(valueOf(yaml, root, 'name')) || findNested(yaml, root) !== null) return 'scope';
  return ownKeys.some((key) => root.has(key)) ? 'intended' : 'foreign';
}

const ownKeys = ['scope_type', 'protocol_info', 'agent_coordination', 'rhema'] as const;

function readBytes(bytes: Uint8Array, options: ReadingOptions): ScopeReading {
  const parsed = parseYaml(options.file, bytes);
  if (!parsed.ok) return { scope: null, problems: parsed.problems, yaml: null };
  const { yaml } = parsed;
  const root = yaml.document.contents;
  if (saysNothing(root)) return refused(errorAt('EMPTY_FILE', wholeFile(yaml.path), emptyFileText));
  if (!isMap(root))
    return refused(
      errorAt('NOT_A_MAP', yaml.positionOf(root), `must hold keys and values, such as 'name: ...'`),
    );
  return readMap(yaml, root, options);
}

/** An editor that writes a file empties it first: nobody has taken back what stood there. */
function saysNothing(root: unknown): boolean {
  return isAbsent(root) || (isMap(root) && root.items.length === 0);
}

function refused(problem: ScopeProblem): ScopeReading {
  return { scope: null, problems: [problem], yaml: null };
}

function readMap(yaml: YamlFile, root: YAMLMap, { folderName }: ReadingOptions): ScopeReading {
  const body = findNested(yaml, root) ?? root;
  const problems: ScopeProblem[] = [];
  if (isAbsent(valueOf(yaml, body, 'name'))) {
    const message = `has no name: the folder's, ${quote(folderName)}, is used; write 'name: ...'`;
    problems.push(warningAt('NAME_MISSING', wholeFile(yaml.path), message));
  }
  return { ...readScopeMap(yaml, body, { folderName, problems }), yaml };
}

/** What is said of one scope: in a file of its own, or where scopes are listed. Without a name it has the folder's. */
export function readScopeMap(
  yaml: YamlFile,
  body: YAMLMap,
  { folderName, problems = [] }: { readonly folderName: string; readonly problems?: ScopeProblem[] },
): Pick<ScopeReading, 'scope' | 'problems'> {
  const name = readName(yaml, body, folderName, problems);
  const type = readType(yaml, body, problems);
  const dependencies = readDependencies(yaml, valueOf(yaml, body, 'dependencies'), problems);
  const parent = readParent(yaml, body);
  const sync = readSyncCommand(yaml, body, problems);
  const usable = name !== null && !problems.some(({ severity }) => severity === 'error');
  const scope = {
    name: name ?? folderName,
    type,
    dependencies,
    ...(parent === null ? {} : { parent }),
    ...(sync === null ? {} : { sync }),
  };
  return { scope: usable ? scope : null, problems };
}

/** A name at the top makes a file flat, whatever else is below. */
function findNested(yaml: YamlFile, root: YAMLMap): YAMLMap | null {
  if (root.has('name')) return null;
  const rhema = valueOf(yaml, root, 'rhema');
  const nested = isMap(rhema) ? valueOf(yaml, rhema, 'scope') : valueOf(yaml, root, 'scope');
  return isMap(nested) ? nested : null;
}

function valueOf(yaml: YamlFile, map: YAMLMap, key: string): unknown {
  return yaml.resolve(map.get(key, true));
}

function readName(
  yaml: YamlFile,
  body: YAMLMap,
  folderName: string,
  problems: ScopeProblem[],
): string | null {
  const node = valueOf(yaml, body, 'name');
  if (isAbsent(node)) return folderName;
  const position = yaml.positionOf(node);
  if (!isScalar(node) || typeof node.value !== 'string') {
    problems.push(errorAt('WRONG_TYPE', position, `name must be text: put it in quotes`));
    return null;
  }
  const name = node.value.normalize('NFC').trim();
  const trouble = labelTrouble(name);
  if (trouble === null) return name;
  problems.push(errorAt('INVALID_NAME', position, `name ${quote(node.value)} ${trouble}`));
  return null;
}

/** The type is a label for people: a bad one is worth a word, not a refusal. */
function readType(yaml: YamlFile, body: YAMLMap, problems: ScopeProblem[]): string {
  const given = valueOf(yaml, body, 'scope_type');
  const node = isAbsent(given) ? valueOf(yaml, body, 'type') : given;
  if (isAbsent(node)) return typeUnspecified;
  const type = isScalar(node) && typeof node.value === 'string' ? node.value.trim() : null;
  if (type !== null && labelTrouble(type) === null) return type;
  const message = `its type must be a short text such as service, library or component: ${typeUnspecified} is used`;
  problems.push(warningAt('WRONG_TYPE', yaml.positionOf(node), message));
  return typeUnspecified;
}

function isAbsent(node: unknown): boolean {
  return node === undefined || node === null || (isScalar(node) && node.value === null);
}

function labelTrouble(text: string): string | null {
  if (text === '') return 'is blank: give it letters';
  if (text.length > scopeNameLengthMax) return `is too long: at most ${scopeNameLengthMax} characters`;
  // Line and paragraph separators and the marks that reverse the direction of text would forge what people see.
  return /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u.test(text)
    ? 'contains a control character: remove it'
    : null;
}
