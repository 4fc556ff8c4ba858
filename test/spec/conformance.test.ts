import { describe, expect, it } from 'vitest';
import * as core from '../../src/core/index.ts';
import { deviations } from './conform.ts';
import { modelNames, readGolden } from './golden.ts';
import { loadSlice } from './slice.ts';

/** Larger graphs are compared by `main.ts`. */
const edgesMax = 500_000;
/** Nine million steps: no golden is kept of it, `main.ts` compares it with TLC's graph as that comes. */
const streamedOnly = new Set(['Everything22timed']);

describe('the shipped core has the same labelled state graph as the specification', () => {
  for (const name of modelNames())
    it(`in the model ${name}`, ({ skip }) => {
      skip(streamedOnly.has(name), 'only streamed');
      const { edges } = readGolden(name).graph;
      skip(edges > edgesMax, `${edges} edges are for main.ts`);
      expect(deviations(core, loadSlice(name))).toEqual([]);
    });
});
