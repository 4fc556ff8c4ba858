import { describe, expect, it } from 'vitest';
import * as core from '../../src/core/index.ts';
import { deviations } from './conform.ts';
import { modelNames, readGolden } from './golden.ts';
import { loadSlice } from './slice.ts';

/** Larger graphs are compared by `main.ts`. */
const edgesMax = 500_000;

describe('the shipped core has the same labelled state graph as the specification', () => {
  for (const name of modelNames())
    it(`in the model ${name}`, ({ skip }) => {
      const { edges } = readGolden(name).graph;
      skip(edges > edgesMax, `${edges} edges are for main.ts`);
      expect(deviations(core, loadSlice(name))).toEqual([]);
    });
});
