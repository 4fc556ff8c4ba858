import { StoreError } from '../errors.ts';

/** The part of the `node:sqlite` API that we use. */
export interface SqliteDatabase {
  readonly isTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

export interface SqliteStatement {
  run(...values: readonly SqliteValue[]): unknown;
  get(...values: readonly SqliteValue[]): unknown;
  all(...values: readonly SqliteValue[]): unknown[];
}

export type SqliteValue = string | number | null;

export interface SqliteDriver {
  /** For people: `node:sqlite`, or the package that stands in for it. */
  readonly name: string;
  /** Opens or creates a database file. */
  open(path: string): SqliteDatabase;
}

interface SqliteModule {
  readonly DatabaseSync: new (path: string) => SqliteDatabase;
}

/**
 * SQLite up to 3.51.2 can corrupt a WAL database when one connection checkpoints while another writes
 * (https://www.sqlite.org/wal.html#walresetbug). Several processes may open our log, so a runtime that brings an
 * older SQLite is used only when nothing better is installed.
 */
const soundSqliteVersion = [3, 51, 3];

/** Finds a SQLite. Throws {@link StoreError} `NO_DRIVER` with the remedy when there is none. */
export async function loadDriver(): Promise<SqliteDriver> {
  const builtin = loadBuiltin();
  if (builtin !== null && isSound(process.versions['sqlite'])) return builtin;
  const installed = await loadPackage();
  const driver = installed.driver ?? builtin;
  if (driver !== null) return driver;
  throw new StoreError(
    'NO_DRIVER',
    `No SQLite was found: Node ${process.versions.node} has none built in, and the package @photostructure/sqlite cannot be loaded. Use Node 22.13 or later, or install @photostructure/sqlite@1.`,
    { cause: installed.failure },
  );
}

function loadBuiltin(): SqliteDriver | null {
  const module = withoutSqliteWarning(() => process.getBuiltinModule('node:sqlite' as never)) as
    SqliteModule | undefined;
  return module === undefined ? null : driverOf('node:sqlite', module);
}

async function loadPackage(): Promise<{ driver: SqliteDriver | null; failure: unknown }> {
  try {
    const module = await import('@photostructure/sqlite');
    return { driver: driverOf('@photostructure/sqlite', module), failure: null };
  } catch (failure) {
    return { driver: null, failure };
  }
}

function driverOf(name: string, { DatabaseSync }: SqliteModule): SqliteDriver {
  return { name, open: (path) => new DatabaseSync(path) };
}

/** Node 22 warns on loading that SQLite is experimental, which users can do nothing about. Other warnings pass. */
function withoutSqliteWarning<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: []) => {
    if (!String(warning).startsWith('SQLite is an experimental feature'))
      emitWarning.call(process, warning, ...rest);
  }) as typeof process.emitWarning;
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function isSound(version: string | undefined): boolean {
  const parts = (version ?? '0').split('.').map(Number);
  for (const [index, wanted] of soundSqliteVersion.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
