import { expect, it } from 'vitest';
import { killRounds, victims } from './kill.ts';

it('loses nothing in 50 rounds of killing agents and owners at random points', async () => {
  const { faults, killed, acknowledged } = await killRounds(50, 1);
  expect(faults).toEqual([]);
  for (const victim of victims) expect(killed[victim]).toBeGreaterThan(0);
  expect(acknowledged).toBeGreaterThan(1_000);
}, 180_000);
