import { expect, test } from 'vitest';
import type { FencingToken, FilePath } from '../../core/index.ts';
import { makeRepository } from '../../repository/testing/fixture.ts';
import { SessionMemory, type OwnClaim } from './memory.ts';

const claim: OwnClaim = { file: 'api/a.ts' as FilePath, token: 7 as FencingToken, tree: '/shop' };
const memory = (): SessionMemory => SessionMemory.of(`${makeRepository({})}/.git`, 'one', null);

test('a claim is in use until the act that named it last is told to have ended', () => {
  const kept = memory();
  kept.keepClaim(claim);
  kept.beginUse(claim, 'first', 1_000_000);
  kept.beginUse(claim, 'second', 2_000_000);
  expect(kept.useOf(claim)).toEqual({ touchedMs: 2_000_000, isInUse: true });
  expect([kept.endUse(claim, 'first'), kept.useOf(claim).isInUse]).toEqual([false, true]);
  expect([kept.endUse(claim, 'second'), kept.useOf(claim).isInUse]).toEqual([true, false]);
  expect(kept.claims()).toEqual([claim]);
});

test('a claim that is made anew has no use of the former', () => {
  const kept = memory();
  kept.keepClaim(claim);
  kept.beginUse(claim, '', 1_000_000);
  kept.forgetClaim(claim);
  expect([kept.claims(), kept.useOf(claim).touchedMs]).toEqual([[], 0]);
  kept.keepClaim(claim);
  expect(kept.useOf(claim).isInUse).toBe(false);
});
