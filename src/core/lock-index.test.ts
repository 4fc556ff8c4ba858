import { describe, expect, test } from 'vitest';
import { agentId, filePath, Machine, resourceName, scopePath } from '../../test/support/machine.ts';
import { must } from './assert.ts';
import type { Agent } from './state.ts';

const docs = scopePath('docs');

function newMachine(): Machine {
  const machine = new Machine({ maxLocksPerAgent: 2, maxConcurrentAgents: 2 });
  machine.define({ docs: [], web: [] });
  for (const name of ['alice', 'bob', 'carol']) machine.join(name);
  return machine;
}

const agent = ({ state }: Machine, name: string): Agent => must(state.agents.get(agentId(name)), name);

/** What the indexes say of an agent: its scopes, how many files and resources, and whether it has a place. */
function known(machine: Machine, name: string): readonly unknown[] {
  const { id, heldIn, files, resources } = agent(machine, name);
  return [Object.fromEntries(heldIn), files, resources, machine.state.index.holders.has(id)];
}

describe('what an agent holds is counted', () => {
  test('by scope, with files and the whole alike; by kind; and as a place once', () => {
    const machine = newMachine();
    machine.acquire('alice', { scopes: ['docs'], files: ['docs/a', 'web/a', 'web/b'], resources: ['@git'] });
    expect(known(machine, 'alice')).toEqual([{ docs: 2, web: 2 }, 3, 1, true]);
    machine.release('alice', 'docs');
    machine.release('alice', { files: ['web/a'] });
    expect(known(machine, 'alice')).toEqual([{ docs: 1, web: 1 }, 2, 1, true]);
    machine.release('alice', { files: ['docs/a', 'web/b'] });
    expect(known(machine, 'alice')).toEqual([{}, 0, 1, false]);
    machine.release('alice');
    expect(known(machine, 'alice')).toEqual([{}, 0, 0, false]);
    expect(machine.status('alice')).toBe('idle');
  });

  test('a resource alone takes no place among those that may hold scopes, and needs none', () => {
    const machine = newMachine();
    machine.acquire('alice', 'docs');
    machine.acquire('bob', 'web');
    expect(machine.acquire('carol', { resources: ['@git'] }).kind).toBe('committed');
    expect(known(machine, 'carol')).toEqual([{}, 0, 1, false]);
    expect(machine.status('carol')).toBe('working');
  });
});

describe('the files that are held of a scope', () => {
  test('are known with who holds how many, as long as there are any', () => {
    const machine = newMachine();
    machine.acquire('alice', { files: ['docs/a', 'docs/b'] });
    machine.acquire('bob', { files: ['docs/c'] });
    const { claims } = machine.state.index;
    expect([...(claims.get(docs)?.files ?? [])]).toEqual(['docs/a', 'docs/b', 'docs/c']);
    expect(Object.fromEntries(claims.get(docs)?.byAgent ?? [])).toEqual({ alice: 2, bob: 1 });
    machine.leave('alice');
    expect([...(claims.get(docs)?.files ?? [])]).toEqual(['docs/c']);
    expect(Object.fromEntries(claims.get(docs)?.byAgent ?? [])).toEqual({ bob: 1 });
    machine.release('bob');
    expect(claims.size).toBe(0);
  });

  test('are none when only the whole is held', () => {
    const machine = newMachine();
    machine.acquire('alice', 'docs');
    expect(machine.state.index.claims.size).toBe(0);
  });
});

test('a lock tells its parts, and is on its timer under its target', () => {
  const machine = newMachine();
  machine.acquire('alice', { scopes: ['docs'], files: ['web/a'], resources: ['@git'] });
  const { locks, index } = machine.state;
  const parts = [...locks.values()].map(({ target, scope, file, resource, slot }) => ({
    target,
    scope,
    file,
    resource,
    slot,
  }));
  expect(parts).toEqual([
    { target: '@git#1', resource: resourceName('@git'), slot: 1 },
    { target: 'docs', scope: docs },
    { target: 'web/a', scope: 'web', file: filePath('web/a') },
  ]);
  for (const lock of locks.values()) expect(index.lockDeadlines.get(lock.target)).toBe(lock.deadlineMs);
});
