import { damageRemedy, StoreError } from '../errors.ts';
import type { SqliteDatabase, SqliteStatement, SqliteValue } from './driver.ts';
import { isBusy, isDiskFull } from './failures.ts';

/** How a write transaction ended, when its commit did not say that nothing was written. */
export type Committed<T> =
  | { readonly kind: 'committed'; readonly value: T }
  | { readonly kind: 'unknown'; readonly cause: unknown };

/** One connection: prepared statements kept by their text, and transactions that always end. */
export class Connection {
  readonly #database: SqliteDatabase;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** For statements that give no row. How many rows they changed is asked by nobody, and a driver's `run` would build an answer. */
  run(sql: string, ...values: readonly SqliteValue[]): void {
    this.#statement(sql).get(...values);
  }

  /** The one row that the statement gives in every sound log. */
  row<Row>(sql: string, ...values: readonly SqliteValue[]): Row {
    const row = this.#statement(sql).get(...values) as Row | undefined;
    if (row !== undefined) return row;
    throw new StoreError('CORRUPT_STORE', `The log is damaged: no answer to "${sql}": ${damageRemedy}.`);
  }

  rows<Row>(sql: string, ...values: readonly SqliteValue[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  /** For statements that run once, and for scripts. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** For reads that must agree with each other, and for a write on trial: nothing of it stays. */
  withoutCommit<T>(body: () => T): T {
    this.run('BEGIN');
    try {
      return body();
    } finally {
      this.rollBack();
    }
  }

  /**
   * Runs `body` as the only writer and commits. Whatever fails before the commit is rolled back and thrown.
   *
   * A failed commit is thrown, too, when SQLite guarantees that nothing of it can be seen later: it was busy, or the
   * disk was full, so that the last frame, the one that makes the transaction valid, was not written whole. After
   * any other failure, above all of the sync, all frames may be in the WAL file. This connection has forgotten them,
   * but if every process died now, the next one would find a complete transaction and replay it: the outcome is
   * unknown until another commit has overwritten those frames.
   */
  writing<T>(body: () => T): Committed<T> {
    this.run('BEGIN IMMEDIATE');
    let value: T;
    try {
      value = body();
    } catch (error) {
      this.rollBack();
      throw error;
    }
    try {
      this.run('COMMIT');
    } catch (cause) {
      this.rollBack();
      if (isBusy(cause) || isDiskFull(cause)) throw cause;
      return { kind: 'unknown', cause };
    }
    return { kind: 'committed', value };
  }

  /**
   * Moves the WAL into the database, as far as others allow. SQLite does so by itself when the last connection closes,
   * but `@photostructure/sqlite` closes for good only when the garbage collector has found the last statement.
   */
  checkpoint(): void {
    try {
      this.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Nothing is lost: the WAL stays, and whoever opens the log next goes on with it.
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  /** SQLite has rolled back by itself after some failures. */
  rollBack(): void {
    if (this.#database.isTransaction) this.run('ROLLBACK');
  }

  #statement(sql: string): SqliteStatement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const prepared = this.#database.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }
}
