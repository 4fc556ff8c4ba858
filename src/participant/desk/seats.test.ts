import { expect, it } from 'vitest';
import type { AgentId } from '../../core/index.ts';
import type { DeskAgent } from './desk-agent.ts';
import { Seats, type Seat } from './seats.ts';

function seatOf(number: number): Seat {
  const agent = { session: { agent: `worker-${number}` as AgentId }, gone: null } as unknown as DeskAgent;
  return {
    handle: `worker.${number}`,
    asked: 'worker' as AgentId,
    task: null,
    sinceMs: 0,
    agent,
    hearing: 'heard',
  };
}

it('knows whose handle it was of the last thousand that have left, and of no more', () => {
  const seats = new Seats();
  for (let number = 0; number <= 1_000; number += 1) {
    const seat = seatOf(number);
    seats.add(seat);
    seats.remove(seat);
  }
  expect(seats.leftWith('worker.0')).toBeNull();
  expect(seats.leftWith('worker.1')).toBe('worker-1');
  expect(seats.leftWith('worker.1000')).toBe('worker-1000');
});
