import { expect, test } from 'vitest';
import { asDurationMs, asRevision, type Entry } from '../core/index.ts';
import { Machine, scopePath } from '../../test/support/machine.ts';
import { viewLock, viewScopes, viewStatus } from '../service/views.ts';
import type { Coordinator } from '../protocol/index.ts';
import { entriesFrom, holderText, scopesText, statusText } from './views.ts';

test('a lock is told to end with the session of its holder, where that ends before its lease', () => {
  const machine = new Machine({ sessionTtlMs: asDurationMs(60_000) });
  machine.define({ a: [] });
  machine.join('alice');
  machine.acquire('alice', 'a', { ttlMs: 600_000 });
  const lock = machine.state.locks.get(scopePath('a'));
  if (lock === undefined) throw new Error('a is free');
  const told = 'it ends with the session of its holder in 1 min unless renewed';
  expect(holderText(viewLock(machine.state, lock), machine.nowMs)).toContain(told);
  expect(statusText(viewStatus(machine.state, []), machine.nowMs)).toContain(told);
});

test('the log from a revision on is cut where it gets too long, and goes on there', async () => {
  const reason = 'x'.repeat(190);
  const event = { kind: 'agent.reported', agent: 'alice', report: reason };
  const all = Array.from({ length: 250 }, (_, index) => ({
    revision: asRevision(index + 1),
    atMs: 0,
    kind: 'SetAgentStatus',
    agent: 'alice',
    by: null,
    events: Array.from({ length: 8 }, () => event),
  })) as unknown as Entry[];
  const query = async ({ before, limit }: { readonly before: number; readonly limit: number }) => ({
    revision: asRevision(all.length),
    entries: all
      .filter(({ revision }) => revision < before)
      .toReversed()
      .slice(0, limit),
  });
  const seen: number[] = [];
  for (let from: number | null = 1; from !== null;) {
    const text = await entriesFrom({ query } as unknown as Coordinator, from);
    expect(text.length).toBeLessThan(46_000);
    seen.push(...[...text.matchAll(/^@(\d+) /gm)].map(([, revision]) => Number(revision)));
    const next: string | undefined = /log\?from=(\d+)$/.exec(text)?.[1];
    from = next === undefined ? null : Number(next);
  }
  expect(seen).toEqual(all.map(({ revision }) => revision));
});

test('of scopes with many dependencies as many are listed as fit', () => {
  const machine = new Machine({ maxDependencies: 100 });
  const paths = Array.from({ length: 400 }, (_, index) => `packages/a-rather-long-name/${index}`);
  const shared = paths.slice(0, 9);
  machine.define(Object.fromEntries(paths.map((path, index) => [path, index < 9 ? [] : shared])));
  const text = scopesText(viewScopes(machine.state, []));
  expect(text.length).toBeLessThan(46_000);
  expect(text).toMatch(/and \d+ more: rhema scope list$/);
});
