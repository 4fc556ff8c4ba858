import { describe, expect, it } from 'vitest';
import * as core from '../../src/core/index.ts';
import { cloneState } from './clone.ts';
import { modelOf } from './model.ts';
import { loadSlice } from './slice.ts';
import type { World } from './world.ts';

/** Every state on a walk that always takes another of the possible steps. */
function* walk(name: string, steps: number): Generator<World> {
  const model = modelOf(core, loadSlice(name));
  let [world] = model.initial;
  for (let step = 0; step < steps && world !== undefined; step += 1) {
    yield world;
    const here = world;
    const moves = [...model.actions(here)].filter(({ target }) => target !== here);
    world = moves[(step * 7) % moves.length]?.target;
  }
}

describe('a copied state', () => {
  it.each(['Everything22', 'Multi33c2', 'Sync13'])(
    'is the same and is consistent, anywhere in %s',
    (name) => {
      let states = 0;
      for (const { state } of walk(name, 300)) {
        const copy = cloneState(core, state);
        expect(core.encodeState(copy)).toBe(core.encodeState(state));
        expect(core.violations(copy)).toEqual([]);
        states += 1;
      }
      expect(states).toBe(300);
    },
  );

  it('can be evolved without the original', () => {
    for (const { state } of walk('Everything22', 300)) {
      const before = core.encodeState(state);
      const command = {
        kind: 'ExpireDue',
        atMs: core.asTimeMs(state.timeMs + 1e9),
        requestId: null,
      } as const;
      const decision = core.decide(state, command);
      if (decision.kind !== 'committed') throw new Error(`not committed: ${decision.kind}`);
      const copy = cloneState(core, state);
      if (decision.events.length > 0) core.evolve(copy, core.toEntry(copy, command, decision));
      expect(core.encodeState(state)).toBe(before);
      expect(core.violations(state)).toEqual([]);
    }
  });
});
