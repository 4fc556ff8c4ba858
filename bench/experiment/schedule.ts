/** Agents that work at the same time, one step at a time: chance says whose step is next, the seed says what chance says. */
import type { Random } from '../../sim/random.ts';

/** Where an agent lets the others go on; null: it could go on at once. */
export type Pause = Waiting | null;

/** An agent that waits for its turn. */
export interface Waiting {
  /** Asked after each step, so that when it goes on does not depend on how fast its process is. */
  isOver(): Promise<boolean>;
  /** For when nobody else has anything to do. */
  readonly end: Promise<unknown>;
}

export type Script = AsyncGenerator<Pause, void, void>;

export async function interleave(scripts: readonly Script[], random: Random): Promise<void> {
  const waiting = new Map<Script, Waiting>();
  const left = new Set(scripts);
  while (left.size > 0) {
    const awake: Script[] = [];
    for (const script of left) if (await isAwake(waiting.get(script))) awake.push(script);
    if (awake.length === 0) {
      await Promise.race([...waiting.values()].map(({ end }) => end));
      continue;
    }
    const script = random.pick(awake);
    waiting.delete(script);
    const { done, value } = await script.next();
    if (done === true) left.delete(script);
    else if (value !== null) waiting.set(script, value);
  }
}

const isAwake = async (waiting: Waiting | undefined): Promise<boolean> =>
  waiting === undefined || (await waiting.isOver());
