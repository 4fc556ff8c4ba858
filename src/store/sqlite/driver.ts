import { pathToFileURL } from 'node:url';
import { StoreError } from '../errors.ts';

/** The part of the `node:sqlite` API that we use. */
export interface SqliteDatabase {
  readonly isTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

export interface SqliteStatement {
  get(...values: readonly SqliteValue[]): unknown;
  all(...values: readonly SqliteValue[]): unknown[];
}

export type SqliteValue = string | number | null | Uint8Array;

export interface SqliteDriver {
  /** For people: `node:sqlite`, or the package that stands in for it. */
  readonly name: string;
  /** Opens or creates a database file. */
  open(path: string): SqliteDatabase;
  /** Opens a database file that is there, and never writes to it; beside it SQLite may make files of its own. */
  openReadOnly(path: string): SqliteDatabase;
  /** The same for a file that nobody can change: nothing is made beside it, and a WAL that lies there is not read. */
  openImmutable(path: string): SqliteDatabase;
}

export interface SqliteModule {
  readonly DatabaseSync: new (path: string, options?: { readonly readOnly: boolean }) => SqliteDatabase;
}

/** Where a SQLite may come from. */
export interface SqliteSources {
  /** Null when this Node has none, or only behind a flag. */
  readonly builtin: () => SqliteModule | null;
  /** Version of the built-in SQLite, like `3.51.3`. */
  readonly builtinVersion: string | undefined;
  /** Rejects when the package is not installed or has no binary for this platform. */
  readonly installed: () => Promise<SqliteModule>;
}

const systemSources: SqliteSources = {
  builtin: () => withoutSqliteWarning(() => process.getBuiltinModule('node:sqlite' as never)) ?? null,
  builtinVersion: process.versions['sqlite'],
  installed: () => import('@photostructure/sqlite'),
};

/**
 * SQLite up to 3.51.2 can corrupt a WAL database when one connection checkpoints while another writes
 * (https://www.sqlite.org/wal.html#walresetbug). Several processes may open our log, so a runtime that brings an
 * older SQLite is used only when nothing better is installed.
 */
const soundSqliteVersion = [3, 51, 3];

/** Finds a SQLite. Throws {@link StoreError} `NO_DRIVER` with the remedy when there is none. */
export async function loadDriver(sources: SqliteSources = systemSources): Promise<SqliteDriver> {
  const builtin = sources.builtin();
  if (builtin !== null && isSound(sources.builtinVersion)) return driverOf('node:sqlite', builtin);
  try {
    return driverOf('@photostructure/sqlite', await sources.installed());
  } catch (cause) {
    if (builtin !== null) return driverOf('node:sqlite', builtin);
    throw new StoreError(
      'NO_DRIVER',
      `No SQLite was found: Node ${process.versions.node} has none built in, and the package @photostructure/sqlite cannot be loaded. Use Node 22.13 or later, or install @photostructure/sqlite@1.`,
      { cause },
    );
  }
}

function driverOf(name: string, { DatabaseSync }: SqliteModule): SqliteDriver {
  return {
    name,
    open: (path) => new DatabaseSync(path),
    openReadOnly: (path) => new DatabaseSync(path, { readOnly: true }),
    openImmutable: (path) => new DatabaseSync(`${pathToFileURL(path).href}?immutable=1`, { readOnly: true }),
  };
}

/** Node 22 warns on loading that SQLite is experimental, which users can do nothing about. Other warnings pass. */
function withoutSqliteWarning<T>(load: () => T): T {
  const emitWarning = Reflect.get(process, 'emitWarning') as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]) => {
    if (!String(args[0]).startsWith('SQLite is an experimental feature')) emitWarning.apply(process, args);
  };
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function isSound(version = '0'): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, wanted] of soundSqliteVersion.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
