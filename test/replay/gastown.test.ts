import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { asRevision, initialState, type Entry } from '../../src/core/index.ts';
import type { LogStore } from '../../src/store/index.ts';
import { MemoryLogStore } from '../../src/store/memory/index.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { LogVerifier, type Finding } from '../../src/verify/index.ts';
import { isRecordPresent, readCommits, readScopes } from './gastown.ts';
import { replay, type Figures } from './replay.ts';
import { folderOfTest } from '../support/folder.ts';

if (!isRecordPresent)
  process.stderr.write('skipped: the replay needs ../shared/data/gastown.*, which is absent\n');

let folder: string;

beforeEach(() => {
  folder = folderOfTest('rhema-replay-');
});

/** Each command is a durable write of its own here, so the SQLite driver gets a part: the commits in the middle. */
const sqliteCommits = 1_000;

describe.skipIf(!isRecordPresent)('the record of 6,058 commits by hundreds of agents', () => {
  it('is worked off through the memory driver without a violation, a lost ticket or a lock left over', async ({
    annotate,
  }) => {
    const scopes = readScopes();
    const figures = await replay(new MemoryLogStore(), scopes, readCommits(scopes));
    await annotate(JSON.stringify(figures));
    expectAllServed(figures);
    expect(figures.waits).toBeGreaterThan(1_000);
    expect(Math.min(figures.deaths, figures.deadlocksRefused)).toBeGreaterThan(0);
  });

  it('is worked off through the SQLite driver in the same way, to the last entry', async ({ annotate }) => {
    const scopes = readScopes();
    const all = readCommits(scopes);
    const commits = all.slice((all.length - sqliteCommits) / 2).slice(0, sqliteCommits);
    const memory = new MemoryLogStore();
    const sqlite = await openSqliteStore(join(folder, 'log.db'));
    try {
      const figures = await replay(sqlite, scopes, commits);
      await annotate(JSON.stringify(figures));
      expectAllServed(figures);
      expect(figures).toEqual(await replay(memory, scopes, commits));
      const log = await entriesOf(sqlite);
      expect(log.length).toBeGreaterThan(sqliteCommits);
      expect(log).toEqual(await entriesOf(memory));
      expect(verify(log)).toBeNull();
    } finally {
      await sqlite.close();
    }
  });
});

function expectAllServed(figures: Figures): void {
  expect(figures).toMatchObject({ violations: 0, locksLeft: 0, ticketsLeft: 0 });
}

/** Every entry is a step of the machine, and every invariant holds at each fiftieth revision: the states are large. */
function verify(log: readonly Entry[]): Finding | null {
  const verifier = new LogVerifier(initialState(), { invariantsEvery: 50 });
  for (const entry of log) {
    const found = verifier.take(entry);
    if (found !== null) return found;
  }
  return null;
}

async function entriesOf(store: LogStore): Promise<readonly Entry[]> {
  const page = await store.read(asRevision(1), 1_000_000);
  return page.kind === 'entries' ? page.entries : [];
}
