import { beforeEach, expect, it } from 'vitest';
import { LogObserver } from './log-observer.ts';

let said: { readonly level: string; readonly facts: object; readonly message: string }[];
let nowMs: number;
let observer: LogObserver;
beforeEach(() => {
  [said, nowMs] = [[], 0];
  const at = (level: string) => (facts: object, message: string) => void said.push({ level, facts, message });
  const log = { info: at('info'), warn: at('warn'), error: at('error') };
  observer = new LogObserver(log, () => nowMs);
});

it('trouble is an error, with its kind and cause', () => {
  observer.trouble({ kind: 'snapshotNotSaved', message: 'no room', cause: new Error('ENOSPC') });
  expect(said).toEqual([
    { level: 'error', facts: { kind: 'snapshotNotSaved', cause: 'Error: ENOSPC' }, message: 'no room' },
  ]);
});

it('a commit that takes long is a warning, one that does not is nothing', () => {
  observer.committed({ entries: 3, requests: [], tookMs: 999 });
  expect(said).toEqual([]);
  observer.committed({ entries: 3, requests: [], tookMs: 1_000 });
  expect(said).toMatchObject([{ level: 'warn', facts: { entries: 3, tookMs: 1_000 } }]);
});

it('on a disk that stays slow it is said once a minute, with how often it was', () => {
  for (const atMs of [0, 20_000, 59_999, 60_000, 70_000]) {
    nowMs = atMs;
    observer.committed({ entries: 1, requests: [], tookMs: 2_000 });
  }
  expect(said.map(({ facts }) => facts)).toMatchObject([{ slowBefore: 0 }, { slowBefore: 2 }]);
});
