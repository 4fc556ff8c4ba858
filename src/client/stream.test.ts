import { expect, it } from 'vitest';
import type { Entry } from '../core/index.ts';
import { EntryStream } from './stream.ts';

const entry = (revision: number): Entry => ({ revision }) as Entry;

it('hands entries over in order, those that came before and those that come', async () => {
  const stream = new EntryStream(() => {});
  stream.push(entry(1));
  stream.push(entry(2));
  expect(await stream.next()).toEqual(entry(1));
  expect(await stream.next()).toEqual(entry(2));
  const next = stream.next();
  stream.push(entry(3));
  expect(await next).toEqual(entry(3));
});

it('ends, or fails, after what it had', async () => {
  const ended = new EntryStream(() => {});
  ended.push(entry(1));
  ended.end();
  ended.push(entry(2));
  expect([await ended.next(), await ended.next()]).toEqual([entry(1), null]);
  const failed = new EntryStream(() => {});
  const next = failed.next();
  failed.fail(new Error('lost'));
  await expect(next).rejects.toThrow('lost');
});

it('cuts itself off when its reader is far behind, and keeps what it has', async () => {
  let stops = 0;
  const stream = new EntryStream(() => (stops += 1));
  for (let revision = 1; revision <= 20_000; revision += 1) stream.push(entry(revision));
  expect(stops).toBe(1);
  let count = 0;
  for (let next = await stream.next(); next !== null; next = await stream.next()) {
    count += 1;
    expect(next.revision).toBe(count);
  }
  expect(count).toBe(10_000);
});
