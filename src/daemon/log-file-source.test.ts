import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Machine } from '../../test/support/machine.ts';
import { asRevision, decodeState, encodeState, initialState, type Entry } from '../core/index.ts';
import { openSqliteStore, type SqliteStore } from '../store/sqlite/index.ts';
import { LogVerifier, type LogRecord, type LogSource } from '../verify/index.ts';
import { openLogFile } from './log-file-source.ts';
import { folderOfTest } from '../../test/support/folder.ts';

/** A log of 1,201 entries that its owner has open; snapshots at 500 and 900. */
let folder: string;
let path: string;
let store: SqliteStore;
const { log, snapshots } = recorded();

function recorded(): { readonly log: readonly Entry[]; readonly snapshots: Map<number, string> } {
  const machine = new Machine();
  const kept = new Map<number, string>();
  machine.define({ a: [] });
  while (machine.log.length < 1_201) {
    machine.define(machine.log.length % 2 === 0 ? { a: [], b: ['a'] } : { a: [], c: [] });
    const { revision } = machine.state;
    if (revision === 500 || revision === 900) kept.set(revision, encodeState(machine.state));
  }
  return { log: machine.log, snapshots: kept };
}

beforeEach(async () => {
  folder = folderOfTest('rhema-log-file-');
  path = join(folder, 'log.db');
  store = await openSqliteStore(path);
  await store.append(asRevision(0), log.slice(0, 1_200));
  for (const [revision, body] of snapshots)
    await store.saveSnapshot({ revision: asRevision(revision), atMs: log[revision - 1]!.atMs, body });
});
afterEach(async () => {
  await store.close();
});

async function recordsIn(source: LogSource): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const record of source.records) records.push(record);
  return records;
}

const positionsOf = (records: readonly LogRecord[]): string[] =>
  records.map((record) =>
    record.kind === 'entry' ? `${record.entry.revision}` : `snapshot ${record.snapshot.revision}`,
  );

describe('a log file, read beside its owner', () => {
  it('has every entry in order, and each snapshot after the entry of its revision', async () => {
    const source = await openLogFile(path);
    const positions = positionsOf(await recordsIn(source));
    source.close();
    const expected = log.slice(0, 1_200).map((entry) => `${entry.revision}`);
    expected.splice(900, 0, 'snapshot 900');
    expected.splice(500, 0, 'snapshot 500');
    expect(positions).toEqual(expected);
    expect(source).toMatchObject({ base: null, bounds: { first: 1, last: 1_200 } });
  });

  it('stays as it was opened, whatever the owner appends and compacts meanwhile', async () => {
    const source = await openLogFile(path);
    await store.append(asRevision(1_200), log.slice(1_200));
    await store.compact(asRevision(901));
    const records = await recordsIn(source);
    source.close();
    expect(records.filter(({ kind }) => kind === 'entry')).toHaveLength(1_200);
    expect(await store.bounds()).toEqual({ first: 901, last: 1_201 });
  });

  it('begins with its oldest usable snapshot when it was compacted, and is sound from there', async () => {
    await store.compact(asRevision(501));
    const source = await openLogFile(path);
    expect(source.base?.revision).toBe(500);
    const verifier = new LogVerifier(source.base === null ? initialState() : decodeState(source.base.body));
    const found = (await recordsIn(source)).map((record) =>
      record.kind === 'entry' ? verifier.take(record.entry) : verifier.compareSnapshot(record.snapshot.body),
    );
    source.close();
    expect(found.filter((finding) => finding !== null)).toEqual([]);
    expect(found).toHaveLength(701);
  });

  it('fails at the revision of an entry that is damaged', async () => {
    const broken = { ...log[0], revision: asRevision(1_201), atMs: 'noon' } as unknown as Entry;
    await store.append(asRevision(1_200), [broken]);
    const source = await openLogFile(path);
    await expect(recordsIn(source)).rejects.toMatchObject({
      code: 'STORE_FAILURE',
      details: { store: 'CORRUPT_ENTRY', revision: 1_201 },
    });
    source.close();
  });

  it('is not made when it is not there', async () => {
    await expect(openLogFile(join(folder, 'none.db'))).rejects.toMatchObject({
      code: 'STORE_FAILURE',
      message: expect.stringContaining('no log file'),
    });
  });
});
