import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { sampleEntries } from '../samples.ts';
import { loadDriver } from './driver.ts';
import { openSqliteStore } from './open.ts';
import { openOnReadOnlyMedium } from './reader.ts';

describe('a log on a medium that cannot be written', () => {
  let folder: string;
  let medium: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rhema-reader-'));
    medium = join(folder, 'medium');
    mkdirSync(medium);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Copies a log to the medium, with its WAL while it is open, and without one when it was closed. */
  async function copyLog(closed: boolean): Promise<string> {
    const path = join(folder, 'log.db');
    const store = await openSqliteStore(path);
    await store.append(asRevision(0), sampleEntries(1, 5));
    if (closed) await store.close();
    for (const ending of closed ? [''] : ['', '-wal'])
      copyFileSync(`${path}${ending}`, join(medium, `log.db${ending}`));
    await store.close();
    return join(medium, 'log.db');
  }

  it.each([
    ['that was closed', true],
    ['with a WAL that was not moved into it', false],
  ])('is read whole, a log %s, and nothing is made beside it', async (_, closed) => {
    const copy = await copyLog(closed);
    const before = readdirSync(medium);
    const reader = await openOnReadOnlyMedium(await loadDriver(), copy);
    expect(reader.bounds).toEqual({ first: 1, last: 5 });
    expect(reader.entries(1, 5)).toEqual(sampleEntries(1, 5));
    expect(readdirSync(medium)).toEqual(before);
    reader.close();
    expect(readdirSync(medium)).toEqual(before);
  });
});
