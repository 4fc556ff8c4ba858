/**
 * Who took what for its own, by what it was told: what overlaps is never two agents' at once, a resource has no more holders
 * than slots, and tokens grow from holder to holder.
 */
import { isLockEnd, type Event } from '../src/core/index.ts';
import type { Archive } from './archive.ts';
import { Ground, keyOf } from './ground.ts';
import { demand } from './verdict.ts';
import type { Belief, Witness } from './witness.ts';

/** What there was from a moment on. */
interface Phase {
  readonly fromMs: number;
  readonly ground: Ground;
}

export function judgeHolders(archive: Archive, { beliefs }: Witness): void {
  const phases = phasesOf(archive);
  const ended = undone(archive);
  const held = beliefs
    .map((belief) => ({
      ...belief,
      untilMs: Math.min(belief.untilMs, ended.get(lockOf(belief)) ?? Infinity),
    }))
    .filter(({ fromMs, untilMs }) => fromMs < untilMs);
  const owners = new Map<string, string>();
  for (const [place, belief] of held.entries()) {
    const lock = lockOf(belief);
    const owner = owners.get(lock) ?? belief.agent;
    demand(owner === belief.agent, `${owner} and ${belief.agent} were both given ${lock}`);
    owners.set(lock, belief.agent);
    for (const other of held.slice(place + 1)) judgePair(belief, other, phases);
    judgeSlot(belief, held, phases);
  }
}

const lockOf = (belief: Belief): string => `${keyOf(belief)} under ${belief.token}`;

function phasesOf({ entries, tookEffectMs }: Archive): Phase[] {
  const phases: Phase[] = [{ fromMs: -Infinity, ground: new Ground() }];
  let ground = new Ground();
  for (const [place, { events }] of entries.entries()) {
    const next = new Ground(ground);
    if (!events.map((event) => next.take(event)).includes(true)) continue;
    ground = next;
    phases.push({ fromMs: tookEffectMs[place] ?? 0, ground });
  }
  return phases;
}

/** When locks ended that an operator took back, or whose file came to be in another scope: nobody can have foreseen that. */
function undone({ entries, tookEffectMs }: Archive): ReadonlyMap<string, number> {
  const ended = new Map<string, number>();
  for (const [place, { events }] of entries.entries())
    for (const event of events)
      if (isUnforeseen(event)) ended.set(`${keyOf(event)} under ${event.token}`, tookEffectMs[place] ?? 0);
  return ended;
}

const isUnforeseen = (event: Event): event is Extract<Event, { kind: 'lock.revoked' | 'lock.released' }> =>
  isLockEnd(event) &&
  (event.kind === 'lock.revoked' || (event.kind === 'lock.released' && event.cause === 'moved'));

/** The phases that had begun before a moment and had not ended at another. */
function during(phases: readonly Phase[], fromMs: number, untilMs: number): Phase[] {
  return phases.filter(
    (phase, place) => phase.fromMs < untilMs && (phases[place + 1]?.fromMs ?? Infinity) > fromMs,
  );
}

function judgePair(a: Belief, b: Belief, phases: readonly Phase[]): void {
  if (a.agent === b.agent && keyOf(a) !== keyOf(b)) return;
  const [fromMs, untilMs] = [Math.max(a.fromMs, b.fromMs), Math.min(a.untilMs, b.untilMs)];
  if (a.agent !== b.agent && fromMs < untilMs)
    for (const { ground } of during(phases, fromMs, untilMs))
      demand(
        !ground.clash(a, b),
        `${a.agent} and ${b.agent} both held ${lockOf(a)}${keyOf(a) === keyOf(b) ? '' : `, and ${lockOf(b)}`}`,
      );
  const [first, then] = a.untilMs <= b.fromMs ? [a, b] : [b, a];
  if (first.untilMs > then.fromMs) return;
  const clashed = during(phases, first.fromMs, then.untilMs).every(({ ground }) => ground.clash(a, b));
  const grew = first.agent === then.agent ? first.token <= then.token : first.token < then.token;
  demand(!clashed || grew, `${lockOf(then)} was held after ${lockOf(first)}`);
}

/** Its number is one that there is, and no more others have one at a time than there are. */
function judgeSlot(belief: Belief, held: readonly Belief[], phases: readonly Phase[]): void {
  const { resource, slot, fromMs } = belief;
  if (resource === undefined) return;
  const capacity = Math.max(
    ...during(phases, fromMs, belief.untilMs).map(({ ground }) => ground.slotsOf(resource)),
  );
  const isThen = (other: Belief): boolean =>
    other.resource === resource && other.fromMs <= fromMs && fromMs < other.untilMs;
  const agents = new Set(held.filter(isThen).map(({ agent }) => agent));
  demand(
    slot <= capacity && agents.size <= capacity,
    `${resource} has ${capacity} slots, but ${[...agents].join(' and ')} held it at once, ${belief.agent} slot ${slot}`,
  );
}
