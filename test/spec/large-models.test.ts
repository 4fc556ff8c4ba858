import { expect, it } from 'vitest';
import * as core from '../../src/core/index.ts';
import { deviations } from './conform.ts';
import { largeModels } from './large-models.ts';
import { loadSlice } from './slice.ts';

it.each(largeModels)(
  'the shipped core has the same labelled state graph as the specification in the large model %s',
  { timeout: 1_800_000 },
  (name) => {
    expect(deviations(core, loadSlice(name))).toEqual([]);
  },
);
