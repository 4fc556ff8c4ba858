import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type YAMLMap } from 'yaml';
import { quote } from '../core/index.ts';
import { formatDuration } from './duration.ts';
import { homeOf, homeOfStray } from './homes.ts';
import { nearestOption } from './nearest-option.ts';
import {
  configBlock,
  defaultConfig,
  options,
  withoutBlock,
  type Config,
  type ConfigValue,
} from './options.ts';
import type { ConfigOrigin, ConfigProblem, ConfigProblemCode, LoadedConfig } from './loaded.ts';
import { readListOption } from './lists.ts';
import { formatValue, parseOptionText, parseOptionValue, type ValueResult } from './values.ts';

/** Where the configuration is read from, in the order of rising precedence. */
export interface ConfigSources {
  /** The root scope's file; null when there is none. */
  readonly file: ConfigFile | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ConfigFile {
  /** Repository-relative, for messages. */
  readonly path: string;
  readonly document: Document;
  readonly lineCounter: LineCounter;
}

/**
 * Defaults ({@link defaultConfig}, or {@link withoutBlock} where nobody has said anything of coordination), overridden by the `agent_coordination` block of the root scope's file (at the top, or under `rhema:`),
 * overridden by the environment variables that the table names. Never throws: a bad value is reported and its default
 * used (in place of a bad variable what the file says), so the result is always complete and within bounds.
 */
export function loadConfig({ file, env }: ConfigSources): LoadedConfig {
  const loading = new Loading();
  if (file !== null) readFile(loading, file);
  readEnvironment(loading, env);
  dropInconsistent(loading);
  return loading.result();
}

const warned: ReadonlySet<ConfigProblemCode> = new Set(['CONFIG_VARIABLE_IGNORED', 'CONFIG_MISPLACED_KEY']);

/** What has been read so far. */
class Loading {
  readonly #values = new Map<string, ConfigValue>();
  readonly #origins = new Map<string, ConfigOrigin>();
  readonly #problems: ConfigProblem[] = [];
  #defaults: Config = withoutBlock;

  /** There is a block, so what it does not name is as the proposal has it. */
  beginBlock(): void {
    this.#defaults = defaultConfig;
  }

  take(field: string, result: ValueResult, origin: ConfigOrigin): void {
    if (!result.ok) return this.report(result.code, result.problem, origin);
    this.#values.set(field, result.value);
    this.#origins.set(field, origin);
  }

  report(code: ConfigProblemCode, message: string, origin: ConfigOrigin): void {
    const position = origin.kind === 'file' ? origin : { file: null, line: null, column: null };
    const { file, line, column } = position;
    const severity = warned.has(code) ? 'warning' : 'error';
    this.#problems.push({ code, severity, file, line, column, message });
  }

  forget(field: string): void {
    this.#values.delete(field);
    this.#origins.delete(field);
  }

  originOf(field: string): ConfigOrigin {
    return this.#origins.get(field) ?? { kind: 'default' };
  }

  config(): Config {
    return { ...this.#defaults, ...Object.fromEntries(this.#values) };
  }

  result(): LoadedConfig {
    const origins = Object.fromEntries(options.map(({ field }) => [field, this.originOf(field)]));
    return {
      config: this.config(),
      origins: origins as LoadedConfig['origins'],
      problems: this.#problems,
    };
  }
}

function readFile(loading: Loading, file: ConfigFile): void {
  const root = file.document.contents;
  if (!isMap(root)) return;
  const nested = entryOf(root, 'rhema')?.value;
  const block = entryOf(root, configBlock) ?? (isMap(nested) ? entryOf(nested, configBlock) : null);
  warnOfMisplaced(loading, file, root);
  if (block === null) return;
  loading.beginBlock();
  readMap(loading, file, configBlock, block);
}

/** Such a key says nothing, which whoever wrote it there does not know. */
function warnOfMisplaced(loading: Loading, file: ConfigFile, root: YAMLMap): void {
  const nested = entryOf(root, 'rhema')?.value;
  for (const { key } of [...root.items, ...(isMap(nested) ? nested.items : [])]) {
    const name = isScalar(key) ? String(key.value) : '';
    const home = homeOfStray(name);
    if (home === null) continue;
    const message = `${name} stands where nothing reads it: move it under ${home}`;
    loading.report('CONFIG_MISPLACED_KEY', message, positionOf(file, key, null));
  }
}

interface Entry {
  readonly key: unknown;
  readonly value: unknown;
}

function entryOf(map: YAMLMap, name: string): Entry | null {
  return map.items.find(({ key }) => isScalar(key) && key.value === name) ?? null;
}

/** Sections nest as the dots in the options' keys do. */
function readMap(loading: Loading, file: ConfigFile, path: string, { key, value }: Entry): void {
  const node = isAlias(value) ? value.resolve(file.document) : value;
  if (node === null || (isScalar(node) && node.value === null)) return;
  if (!isMap(node))
    return loading.report(
      'CONFIG_NOT_A_MAP',
      `${path} must hold keys and values, such as ${firstKeyUnder(path)}`,
      positionOf(file, value, key),
    );
  for (const entry of node.items) readEntry(loading, file, path, entry);
}

function firstKeyUnder(path: string): string {
  const first = options.find((option) => option.key.startsWith(`${path}.`));
  return first === undefined
    ? path
    : `'${first.key.slice(path.length + 1)}: ${formatValue(first, first.default)}'`;
}

function readEntry(loading: Loading, file: ConfigFile, path: string, entry: Entry): void {
  const name = isScalar(entry.key) ? String(entry.key.value) : '?';
  const key = `${path}.${name}`;
  const option = options.find((candidate) => candidate.key === key);
  if (option?.type === 'patterns' || option?.type === 'scopes') {
    const list = readListOption(file.document, option, entry.value);
    for (const { code, problem, node } of list.problems)
      loading.report(code, problem, positionOf(file, node, entry.key));
    const origin = positionOf(file, entry.value, entry.key);
    if (list.problems.length === 0) loading.take(option.field, { ok: true, value: list.value }, origin);
  } else if (option !== undefined) {
    const raw = option.type === 'resources' ? wholeValue(file, entry.value) : plainValue(file, entry.value);
    loading.take(option.field, parseOptionValue(option, raw), positionOf(file, entry.value, entry.key));
  } else if (options.some((candidate) => candidate.key.startsWith(`${key}.`))) {
    readMap(loading, file, key, entry);
  } else {
    loading.report('CONFIG_UNKNOWN_KEY', unknownKey(path, name), positionOf(file, entry.key, null));
  }
}

function unknownKey(path: string, name: string): string {
  const home = homeOf(name);
  if (home !== null) return `${name} does not belong in ${path}: move it under ${home}`;
  const meant = nearestOption(`${path}.${name}`);
  const advice =
    meant === null ? `'rhema config explain' lists the keys` : `did you mean ${meant}? Rename or remove it`;
  return `unknown key ${quote(name)} in ${path}: ${advice}`;
}

function plainValue(file: ConfigFile, value: unknown): unknown {
  const node = isAlias(value) ? value.resolve(file.document) : value;
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return [];
  return node === null || node === undefined ? null : {};
}

/** With all that is below it. What aliases unfold to has been bounded when the file was read. */
function wholeValue(file: ConfigFile, value: unknown): unknown {
  const node = isAlias(value) ? value.resolve(file.document) : value;
  return isMap(node) ? (node.toJS(file.document) as unknown) : plainValue(file, value);
}

function positionOf(file: ConfigFile, node: unknown, fallback: unknown): ConfigOrigin {
  const offset = startOf(node) ?? startOf(fallback) ?? 0;
  const { line, col } = file.lineCounter.linePos(offset);
  return { kind: 'file', file: file.path, line, column: col };
}

function startOf(node: unknown): number | null {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? (node.range?.[0] ?? null) : null;
}

function readEnvironment(loading: Loading, env: ConfigSources['env']): void {
  for (const option of options) {
    if (option.environment === null) continue;
    const text = env[option.environment];
    if (text === undefined || text === '') continue;
    const result = parseOptionText(option, text);
    const origin: ConfigOrigin = { kind: 'environment', variable: option.environment };
    if (result.ok) loading.take(option.field, result, origin);
    else loading.report('CONFIG_VARIABLE_IGNORED', ignored(option.environment, result.problem), origin);
  }
}

const ignored = (variable: string, problem: string): string => `${variable} is ignored: ${problem}`;

/** Values that are each allowed but not together: both fall back to their defaults, which fit. */
function dropInconsistent(loading: Loading): void {
  const { lockTtlMs, lockTtlMaxMs } = loading.config();
  if (lockTtlMs <= lockTtlMaxMs) return;
  const origin = loading.originOf('lockTtlMs');
  loading.report(
    'CONFIG_INCONSISTENT',
    `${configBlock}.lock_timeout (${formatDuration(lockTtlMs)}) is above ${configBlock}.lock_timeout_max (${formatDuration(lockTtlMaxMs)}): lower the former or raise the latter`,
    origin.kind === 'default' ? loading.originOf('lockTtlMaxMs') : origin,
  );
  loading.forget('lockTtlMs');
  loading.forget('lockTtlMaxMs');
}
