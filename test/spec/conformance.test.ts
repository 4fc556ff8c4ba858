import { describe, expect, it } from 'vitest';
import * as core from '../../src/core/index.ts';
import { deviations } from './conform.ts';
import { modelNames } from './golden.ts';
import { largeModels } from './large-models.ts';
import { loadSlice } from './slice.ts';

describe('the shipped core has the same labelled state graph as the specification', () => {
  for (const name of modelNames().filter((model) => !largeModels.includes(model)))
    it(`in the model ${name}`, { timeout: 300_000 }, () => {
      expect(deviations(core, loadSlice(name))).toEqual([]);
    });
});
