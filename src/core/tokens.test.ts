/** Fencing tokens: they grow, and what is done under one that is not the current one is refused. */
import { describe, expect, test } from 'vitest';
import { agentId, codeOf, scopePath } from '../../test/support/machine.ts';
import { newMachine } from '../../test/support/three-agents.ts';
import { must } from './assert.ts';
import type { Decision } from './decision.ts';
import { defaultSettings } from './settings.ts';

type Refused = Extract<Decision, { kind: 'rejected' }>;

const { lockTtlMs } = defaultSettings;

describe('releasing', () => {
  test.each<readonly [string, (token: number) => number]>([
    ['from the future', (token) => token + 1],
    ['of an earlier hold', (token) => token - 1],
    ['of nobody', () => 0],
  ])('under a token %s is refused', (_what, forge) => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    machine.release('alice');
    machine.acquire('alice', 'a');
    const token = machine.token('a');
    expect(codeOf(machine.release('alice', 'a', forge(token)))).toBe('STALE_FENCING_TOKEN');
    expect(codeOf(machine.release('alice', null, forge(token)))).toBe('STALE_FENCING_TOKEN');
    expect(codeOf(machine.renew('alice', 'a', { token: forge(token) }))).toBe('STALE_FENCING_TOKEN');
    expect(machine.holder('a')).toBe('alice');
    expect(codeOf(machine.release('alice', 'a', token))).toBe('committed');
  });

  test("its successor's lock with the token of an earlier hold is refused", () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    const token = machine.token('a');
    machine.advance(lockTtlMs);
    machine.acquire('bob', 'a');
    expect(codeOf(machine.release('alice', 'a', token))).toBe('STALE_FENCING_TOKEN');
    expect(codeOf(machine.release('alice', 'a', machine.token('a')))).toBe('LOCK_NOT_HELD');
    expect(machine.holder('a')).toBe('bob');
  });

  test('with one stale token among several releases none', () => {
    const machine = newMachine({ maxLocksPerAgent: 2 });
    machine.acquire('alice', 'a');
    machine.acquire('alice', 'b');
    expect(codeOf(machine.release('alice', null, machine.token('a')))).toBe('STALE_FENCING_TOKEN');
    expect([machine.holder('a'), machine.holder('b')]).toEqual(['alice', 'alice']);
  });
});

test('tokens of one scope grow from grant to grant, also across its removal', () => {
  const machine = newMachine();
  const tokens: number[] = [];
  for (const end of [
    () => machine.release('alice'),
    () => machine.advance(lockTtlMs),
    () => machine.say({ kind: 'RevokeLock', scope: scopePath('a'), reason: null }),
    () => machine.define({ b: [] }) && machine.release('alice') && machine.define({ a: [], b: [] }),
  ]) {
    machine.acquire('alice', 'a');
    tokens.push(machine.token('a'));
    end();
    expect(machine.holder('a')).toBeNull();
  }
  machine.acquire('alice', 'a');
  tokens.push(machine.token('a'));
  expect(tokens).toEqual([...new Set(tokens)].toSorted((x, y) => x - y));
  for (const old of tokens.slice(0, -1))
    expect(codeOf(machine.renew('alice', 'a', { token: old }))).toBe('STALE_FENCING_TOKEN');
});

describe('a token that is not the current one', () => {
  const messageOf = (decision: Decision): string => (decision as Refused).rejection.message;

  test('is refused although it is another number that its holder was given: the epoch, or the ticket', () => {
    const machine = newMachine();
    machine.acquire('bob', 'a');
    machine.acquire('alice', 'a', { wait: 'open' });
    const alice = must(machine.state.agents.get(agentId('alice')), 'alice has joined');
    const numbers = [alice.epoch, must(alice.ticket, 'alice waits')];
    machine.release('bob');
    for (const token of numbers)
      expect(codeOf(machine.renew('alice', 'a', { token }))).toBe('STALE_FENCING_TOKEN');
  });

  test('of an earlier hold of the holder itself says how that ended, not that the lock was lost', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    const earlier = machine.token('a');
    machine.release('alice');
    machine.acquire('alice', 'a');
    const message = messageOf(machine.renew('alice', 'a', { token: earlier }));
    expect(message).toContain(`its hold under ${earlier} was given back; present the current one`);
    expect(messageOf(machine.renew('alice', 'a', { token: 1 }))).toMatch(/: present the current one/);
  });

  test('of a lock that another has by now says that it was lost', () => {
    const machine = newMachine();
    machine.acquire('alice', 'a');
    const earlier = machine.token('a');
    machine.release('alice');
    machine.acquire('bob', 'a');
    expect(messageOf(machine.renew('alice', 'a', { token: earlier }))).toContain(
      'the lock was lost meanwhile',
    );
  });
});
