import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asRevision, type Entry } from '../../src/core/index.ts';
import type { LogStore } from '../../src/store/index.ts';
import { MemoryLogStore } from '../../src/store/memory/index.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { isRecordPresent, readCommits, readScopes } from './gastown.ts';
import { replay, type Figures } from './replay.ts';

if (!isRecordPresent) process.stderr.write('skipped: the replay needs ../shared/data/gastown.*, which is absent\n');

describe.skipIf(!isRecordPresent)('the record of 6,058 commits by hundreds of agents', () => {
  it('is worked off through the memory driver without a violation, a lost ticket or a lock left over', async () => {
    const scopes = readScopes();
    const commits = readCommits(scopes);
    const figures = await replay(new MemoryLogStore(), scopes, commits);
    console.log(figures);
    expectAllServed(figures);
  });

  it('is worked off in the same way through the SQLite driver, to the last entry', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rhema-replay-'));
    const scopes = readScopes();
    const commits = readCommits(scopes);
    const [memory, sqlite] = [new MemoryLogStore(), await openSqliteStore(join(folder, 'log.db'))];
    try {
      const figures = await replay(sqlite, scopes, commits);
      expectAllServed(figures);
      expect(figures).toEqual(await replay(memory, scopes, commits));
      expect(await entriesOf(sqlite)).toEqual(await entriesOf(memory));
    } finally {
      await sqlite.close();
      rmSync(folder, { recursive: true });
    }
  });
});

function expectAllServed(figures: Figures): void {
  expect(figures).toMatchObject({ violations: 0, locksLeft: 0, ticketsLeft: 0 });
}

async function entriesOf(store: LogStore): Promise<readonly Entry[]> {
  const page = await store.read(asRevision(1), 1_000_000);
  return page.kind === 'entries' ? page.entries : [];
}
