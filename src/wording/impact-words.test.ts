import { expect, it } from 'vitest';
import type { AgentId, ScopePath } from '../core/index.ts';
import type { ImpactedScope } from '../protocol/index.ts';
import { impactText } from './impact-words.ts';

const reached = (scope: string, via: string | null, ...holders: string[]): ImpactedScope => ({
  scope: scope as ScopePath,
  via: via as ScopePath | null,
  holders: holders as AgentId[],
  waiters: [],
  syncStatus: 'idle',
  wasSynced: false,
});
const textOf = (...scopes: readonly ImpactedScope[]): string | null =>
  impactText({ scopes }, 'me' as AgentId, (name) => `"${name}"`);

it('says who depends on a change and who works there, but not of oneself', () => {
  expect(textOf(reached('lib', null, 'me'), reached('api', 'lib', 'bob', 'me'))).toBe(
    '1 scope depends on what you change: "api"; "bob" works in "api"',
  );
});

it('says nothing where nothing depends on it', () => {
  expect(textOf(reached('lib', null, 'bob'))).toBeNull();
});

it('names five, and says how many more there are', () => {
  const many = Array.from({ length: 7 }, (_, at) => reached(`s${at}`, 'lib'));
  expect(textOf(reached('lib', null), ...many)).toBe(
    '7 scopes depend on what you change: "s0", "s1", "s2", "s3", "s4" and 2 more',
  );
});
