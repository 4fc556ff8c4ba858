import { describe, expect, it } from 'vitest';
import * as core from '../../src/core/index.ts';
import { deviations } from './conform.ts';
import { modelNames } from './golden.ts';
import { loadSlice } from './slice.ts';

/** Compared by `largest.test.ts`, beside these on a processor of its own. */
const largest = 'Everything22timed';

describe('the shipped core has the same labelled state graph as the specification', () => {
  for (const name of modelNames().filter((model) => model !== largest))
    it(`in the model ${name}`, { timeout: 300_000 }, () => {
      expect(deviations(core, loadSlice(name))).toEqual([]);
    });
});
