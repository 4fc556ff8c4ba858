import { beforeEach, expect, it } from 'vitest';
import type { Entry, State } from '../core/index.ts';
import { LogObserver } from './log-observer.ts';

let said: { readonly event: string; readonly facts: object }[];
let nowMs: number;
let observer: LogObserver;
beforeEach(() => {
  [said, nowMs] = [[], 0];
  observer = new LogObserver({ note: (event, facts) => void said.push({ event, facts }) }, () => nowMs);
});

it('trouble is an event of its own, with its cause', () => {
  observer.trouble({ kind: 'snapshotNotSaved', message: 'no room', cause: new Error('ENOSPC') });
  expect(said).toEqual([
    { event: 'snapshot.notSaved', facts: { problem: 'no room', cause: 'Error: ENOSPC' } },
  ]);
});

it('a fault of the program is told with where it came about', () => {
  const cause = new TypeError('no such lock');
  observer.trouble({ kind: 'bug', message: 'not written', cause });
  expect(said).toEqual([{ event: 'writer.bug', facts: { problem: 'not written', cause: cause.stack } }]);
  expect(cause.stack).toMatch(/^TypeError: no such lock\n +at .*log-observer\.test\.ts/);
});

it('a commit that takes long is a warning, one that does not is nothing', () => {
  observer.committed({ entries: 3, requests: [], tookMs: 999 });
  expect(said).toEqual([]);
  observer.committed({ entries: 3, requests: [], tookMs: 1_000 });
  expect(said).toMatchObject([{ event: 'commit.slow', facts: { entries: 3, tookMs: 1_000 } }]);
});

it('on a disk that stays slow it is said once a minute, with how often it was', () => {
  for (const atMs of [0, 20_000, 59_999, 60_000, 70_000]) {
    nowMs = atMs;
    observer.committed({ entries: 1, requests: [], tookMs: 2_000 });
  }
  expect(said.map(({ facts }) => facts)).toMatchObject([{ slowBefore: 0 }, { slowBefore: 2 }]);
});

it('the revision is that of the last entry it was told of', () => {
  expect(observer.revision).toBeNull();
  observer.began({ revision: 7 } as State);
  expect(observer.revision).toBe(7);
  observer.entered([{ revision: 8 }, { revision: 9 }] as unknown as Entry[]);
  observer.entered([]);
  expect(observer.revision).toBe(9);
});
