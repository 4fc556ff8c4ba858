import { expect, it } from 'vitest';
import * as core from '../../src/core/index.ts';
import { deviations } from './conform.ts';
import { loadSlice } from './slice.ts';

it(
  'the shipped core has the same labelled state graph as the specification in the largest model',
  { timeout: 1_800_000 },
  () => {
    expect(deviations(core, loadSlice('Everything22timed'))).toEqual([]);
  },
);
