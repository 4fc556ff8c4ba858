/** A house when some time has passed, as `Elapse` of the trace has it; and what a step leaves changed in it. */
import { off, type House } from './house.ts';

/** How the time before an entry passes: on every clock, or, before a take-over, on those of back-offs only. */
export type Passing = 'allClocks' | 'backOffs';

export function later(house: House, passedMs: number, passing: Passing): House {
  const lower = (clock: number): number => (clock === off ? off : Math.max(0, clock - passedMs));
  const syncs = mapValues(house.syncs, (sync) => ({ ...sync, pause: lower(sync.pause) }));
  if (passing === 'backOffs') return { ...house, syncs };
  return {
    ...house,
    syncs,
    agents: mapValues(house.agents, (agent) => ({
      ...agent,
      session: lower(agent.session),
      block: lower(agent.block),
    })),
    locks: mapValues(house.locks, (lock) => ({
      ...lock,
      left: lower(lock.left),
      byScope: lower(lock.byScope),
      byPlace: lower(lock.byPlace),
    })),
    queue: house.queue.map((ticket) => ({ ...ticket, left: lower(ticket.left) })),
  };
}

function mapValues<T, U>(map: ReadonlyMap<string, T>, change: (value: T) => U): Map<string, U> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

/** What differs, by the names of `house`'s fields: of its functions the changed places, else the whole field. */
export type Patch = Readonly<Partial<Record<keyof House, unknown>>>;

export function patchBetween(before: House, after: House): Patch {
  const patch: Partial<Record<keyof House, unknown>> = {};
  for (const field of Object.keys(after) as (keyof House)[]) {
    const changed = changedIn(before[field], after[field]);
    if (changed !== undefined) patch[field] = changed;
  }
  return patch;
}

function changedIn(before: unknown, after: unknown): unknown {
  if (!(after instanceof Map && before instanceof Map)) return sameValue(before, after) ? undefined : after;
  const changed = [...after].filter(([key, value]) => !sameValue(before.get(key), value));
  return changed.length === 0 ? undefined : new Map(changed);
}

function sameValue(one: unknown, other: unknown): boolean {
  return plain(one) === plain(other);
}

/** Sets are in order of name wherever they are made. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner instanceof Set ? [...(inner as Set<string>)].sort() : inner,
  );
}
