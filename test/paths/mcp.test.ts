import { describe, expect, it } from 'vitest';
import { tour } from './tour.ts';
import { mcpKind } from './kinds.ts';
import { longCases } from './cases.ts';

describe('x', () => {
  for (const model of (process.env['MODELS'] ?? 'Hold21').split(','))
    it(`${model}`, async () => {
      const t = performance.now();
      const found = await tour(mcpKind, model, (process.env['BREADTH'] ?? 'labels') as 'labels');
      console.log(
        model,
        found.steps,
        found.covered,
        found.missed,
        Math.round(performance.now() - t),
        [...found.obstacles].slice(0, 5),
        [...found.actions].join(),
      );
      expect(found.report).toBeNull();
    }, 600000);
});
void longCases;
