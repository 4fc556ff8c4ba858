import { expect, test } from 'vitest';
import { asRevision, type AgentId } from '../../core/index.ts';
import { sampleEntries, sampleEntry } from '../samples.ts';
import { agentSubject } from '../subjects.ts';
import { openSqliteStore } from './open.ts';
import { logForEachTest, rawSql } from './testing.ts';

const log = logForEachTest();

const search = [[agentSubject('agent-ä' as AgentId, 'changed')]];

/** A log of 5,000 entries; all but the first 30 are of one agent. */
async function fill(): Promise<void> {
  const store = await openSqliteStore(log.path);
  const entries = sampleEntries(1, 5_000).map((entry, index) =>
    index < 30 ? { ...entry, events: [{ kind: 'agent.left', agent: 'first' as AgentId } as const] } : entry,
  );
  for (let from = 0; from < 5_000; from += 500)
    await store.append(asRevision(from), entries.slice(from, from + 500));
  await store.close();
}

test('a log from before there was an index gets one when it is first searched', async () => {
  await fill();
  await rawSql(
    log.path,
    'DROP TABLE forgotten; DROP TABLE place; DROP TABLE area; DROP TABLE request; ALTER TABLE log DROP COLUMN indexed; ALTER TABLE log DROP COLUMN identity; PRAGMA user_version = 1',
  );
  const store = await openSqliteStore(log.path);
  const [first] = (await store.search([[agentSubject('first' as AgentId, 'changed')]], asRevision(9_999), 1))
    .entries;
  expect(first?.revision).toBe(30);
  const request = sampleEntry(7).requestId!;
  expect((await store.findRequest(request))?.revision).toBe(7);
  await store.append(asRevision(5_000), sampleEntries(5_001, 5_200));
  expect((await store.search(search, asRevision(9_999), 1)).entries[0]?.revision).toBe(5_200);
  await store.close();
});

test('an entry that is damaged before it is indexed keeps no other from being written or found', async () => {
  let store = await openSqliteStore(log.path);
  await store.append(asRevision(0), sampleEntries(1, 400));
  await store.close();
  await rawSql(log.path, 'UPDATE entry SET checksum = 0 WHERE revision = 200');
  store = await openSqliteStore(log.path);
  await store.append(asRevision(400), sampleEntries(401, 600));
  const page = await store.search(search, asRevision(202), 2);
  expect(page.entries.map((entry) => entry.revision)).toEqual([201, 199]);
  await store.close();
});
