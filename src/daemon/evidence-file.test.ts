import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { asTimeMs, type Entry } from '../core/index.ts';
import { evidenceFiles, evidenceIn } from './evidence-file.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'rhema-evidence-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const keep = (atMs: number, directory = folder): string | null =>
  evidenceFiles(directory, { rhema: '1.2.3' })({
    atMs: asTimeMs(atMs),
    violations: [{ invariant: 'LockConsistency', subject: 'a', evidence: 'two holders' }],
    entry: { kind: 'AgentJoin' } as Entry,
    state: null,
    tail: [],
  });

it('evidence is one file with the versions, for its user only, and its path is told', () => {
  const path = keep(9) ?? '';
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
    versions: { rhema: '1.2.3' },
    violations: [{ invariant: 'LockConsistency' }],
    entry: { kind: 'AgentJoin' },
  });
  expect(statSync(path).mode & 0o077).toBe(0);
  expect(evidenceIn(folder)).toEqual([path]);
});

it('the oldest give way', () => {
  for (const atMs of [9, 10, 11, 12, 13, 14, 100]) keep(atMs);
  expect(evidenceIn(folder).map((path) => /\d+\.json$/.exec(path)?.[0])).toEqual([
    '11.json',
    '12.json',
    '13.json',
    '14.json',
    '100.json',
  ]);
});

it('a folder that cannot be written keeps nobody from going on', () => {
  expect(keep(1, join(folder, 'gone', 'further'))).toBeNull();
  expect(evidenceIn(join(folder, 'gone'))).toEqual([]);
});
