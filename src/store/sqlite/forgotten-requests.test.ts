import { expect, test } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { sampleEntries, sampleEntry, sampleSnapshot } from '../samples.ts';
import { openSqliteStore } from './open.ts';
import { logForEachTest, rawSql } from './testing.ts';

const log = logForEachTest();

async function fill(last: number): Promise<void> {
  const store = await openSqliteStore(log.path);
  await store.append(asRevision(0), sampleEntries(1, last));
  await store.saveSnapshot(sampleSnapshot(last));
  await store.close();
}

const idOf = (revision: number) => sampleEntry(revision).requestId!;

test('a log from before request ids outlived their entries goes on, and keeps them from then on', async () => {
  await fill(9);
  await rawSql(log.path, 'DROP TABLE forgotten; PRAGMA user_version = 3');
  const store = await openSqliteStore(log.path);
  await store.compact(asRevision(6));
  await store.append(asRevision(9), sampleEntries(10, 12));
  const asked = [idOf(5), idOf(6), idOf(12)];
  expect([...(await store.forgottenRequests(asked))]).toEqual([idOf(5)]);
  await store.close();
});

test('an entry whose content is damaged is dropped with the others, and its id kept where it can be read', async () => {
  await fill(99);
  await rawSql(
    log.path,
    "UPDATE entry SET checksum = 0 WHERE revision = 2; UPDATE entry SET body = '{' WHERE revision = 3",
  );
  const store = await openSqliteStore(log.path);
  await store.compact(asRevision(6));
  const asked = [idOf(1), idOf(2), idOf(3), idOf(4)];
  expect([...(await store.forgottenRequests(asked))]).toEqual([idOf(1), idOf(2), idOf(4)]);
  await store.close();
});

test('dropping a long part of the log lets other work have its turn, and keeps every id', async () => {
  await fill(1_300);
  const store = await openSqliteStore(log.path);
  let turns = 0;
  const other = setInterval(() => (turns += 1), 0);
  await store.compact(asRevision(1_301));
  clearInterval(other);
  expect(turns).toBeGreaterThan(0);
  const asked = sampleEntries(1, 1_300).map(({ requestId }) => requestId!);
  expect((await store.forgottenRequests(asked)).size).toBe(1_300);
  await store.close();
});

test('a long log that begins anew keeps every id of what it puts aside', async () => {
  await fill(1_300);
  const store = await openSqliteStore(log.path);
  expect(await store.beginAfter(asRevision(1_300), sampleSnapshot(5_000))).toBe(true);
  const asked = sampleEntries(1, 1_300).map(({ requestId }) => requestId!);
  expect((await store.forgottenRequests(asked)).size).toBe(1_300);
  await store.close();
});
