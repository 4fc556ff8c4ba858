import type { Decision, ResultOf, Settings } from '../../src/core/index.ts';
import { committed, Machine } from './machine.ts';

/** Alice, Bob and Carol, and four scopes without dependencies. */
export function newMachine(settings: Partial<Settings> = {}): Machine {
  const machine = new Machine(settings);
  machine.define({ a: [], b: [], c: [], d: [] });
  for (const name of ['alice', 'bob', 'carol']) machine.join(name);
  return machine;
}

export function granted(decision: Decision): ResultOf<'granted'> {
  const { result } = committed(decision);
  if (result.kind !== 'granted') throw new Error(`expected a grant, got ${result.kind}`);
  return result;
}
