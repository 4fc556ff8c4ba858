/**
 * Who waited while who held what was in the way: each hold and each wait of others that overlap in what they are of and in
 * time, told once, when the first of the two ends. Nothing but what is open is kept.
 */
import {
  isSlot,
  scopeAround,
  wantedAs,
  type AgentId,
  type DurationMs,
  type Entry,
  type ScopePath,
  type Target,
  type Ticket,
  type TimeMs,
} from '../core/index.ts';
import { lengthOf, type Opening } from './opening.ts';
import { SpanReader, type EndedHold, type EndedWait, type Hold, type Wait } from './spans.ts';

/** A hold that was in the way of a wait. */
export interface Meeting {
  readonly hold: Hold | EndedHold;
  readonly wait: Wait | EndedWait;
  /** For how long. */
  readonly lengthMs: DurationMs;
}

export interface MeetingListener {
  readonly holdBegan: (hold: Hold) => void;
  /** `waitedMs`: how long others waited meanwhile for what it is of, all of them together. */
  readonly holdEnded: (hold: EndedHold, waitedMs: DurationMs) => void;
  readonly waitBegan: (wait: Wait) => void;
  readonly waitEnded: (wait: EndedWait, shares: Shares) => void;
  readonly met: (meeting: Meeting) => void;
}

/** What became of a wait. */
export interface Shares {
  /** How long nobody held what it is for: it was not its turn, or no place was left. */
  readonly freeMs: DurationMs;
  /** Each other agent that held some of it once, however much it held at once. */
  readonly holders: readonly HolderShare[];
  /** Each lock that was in the way once, whoever held it; all slots of a resource are one. */
  readonly targets: readonly TargetShare[];
}

export interface HolderShare {
  readonly holder: AgentId;
  readonly lengthMs: DurationMs;
  /** What of that holder was longest in the way. */
  readonly target: Target;
}

export interface TargetShare {
  /** The last of them. */
  readonly hold: Hold;
  readonly lengthMs: DurationMs;
}

/** What holds and waits are filed under: only those in one scope, or of one resource, meet. */
type Place = Target | null;

interface OpenHold {
  readonly hold: Hold;
  waitedMs: number;
}

interface OpenWait {
  readonly wait: Wait;
  readonly wanted: ReadonlySet<Target>;
  readonly places: ReadonlySet<Place>;
  /** When somebody held what it is for. */
  readonly taken: Stretches;
  readonly holders: Map<AgentId, { readonly taken: Stretches; longestMs: number; target: Target }>;
  readonly targets: Map<Target, { readonly taken: Stretches; hold: Hold }>;
}

/** In order, and apart from each other. */
type Stretches = [fromMs: number, untilMs: number][];

export class MeetingReader {
  readonly #listener: MeetingListener;
  readonly #reader: SpanReader;
  readonly #scopes: Set<ScopePath>;
  readonly #holds = new Map<Place, Map<Target, OpenHold>>();
  readonly #waits = new Map<Place, Map<Ticket, OpenWait>>();

  constructor(opening: Opening, listener: MeetingListener) {
    this.#listener = listener;
    this.#scopes = new Set(opening.scopes);
    this.#reader = new SpanReader(opening, {
      holdBegan: (hold) => this.#beginHold(hold),
      holdEnded: (hold) => this.#endHold(hold),
      waitBegan: (wait) => this.#beginWait(wait),
      waitEnded: (wait) => this.#endWait(wait),
    });
  }

  take(entry: Entry): void {
    for (const event of entry.events) {
      if (event.kind === 'scope.defined') this.#scopes.add(event.scope.path);
      if (event.kind === 'scope.removed') this.#scopes.delete(event.scope);
    }
    this.#reader.take(entry);
  }

  finish(atMs: TimeMs): void {
    this.#reader.finish(atMs);
  }

  #placeOf(target: Target): Place {
    if (isSlot(target)) return target;
    return scopeAround((path) => this.#scopes.has(path), target as ScopePath);
  }

  #beginHold(hold: Hold): void {
    const place = placeOfHold(hold);
    const here = this.#holds.get(place);
    if (here === undefined) this.#holds.set(place, new Map([[hold.target, { hold, waitedMs: 0 }]]));
    else here.set(hold.target, { hold, waitedMs: 0 });
    this.#listener.holdBegan(hold);
  }

  #endHold(ended: EndedHold): void {
    const place = placeOfHold(ended);
    const here = this.#holds.get(place);
    const open = here?.get(ended.target);
    if (here === undefined || open === undefined) return;
    for (const waiting of this.#waits.get(place)?.values() ?? [])
      this.#meet(open, waiting, { ...waiting, hold: ended }, ended.untilMs);
    here.delete(ended.target);
    if (here.size === 0) this.#holds.delete(place);
    this.#listener.holdEnded(ended, open.waitedMs as DurationMs);
  }

  #beginWait(wait: Wait): void {
    const places = new Set(wait.targets.map((target) => this.#placeOf(target)));
    const open: OpenWait = {
      wait,
      wanted: new Set(wait.targets),
      places,
      taken: [],
      holders: new Map(),
      targets: new Map(),
    };
    for (const place of places) {
      const here = this.#waits.get(place);
      if (here === undefined) this.#waits.set(place, new Map([[wait.ticket, open]]));
      else here.set(wait.ticket, open);
    }
    this.#listener.waitBegan(wait);
  }

  #endWait(ended: EndedWait): void {
    const open = this.#removeWait(ended);
    if (open === undefined) return;
    for (const place of open.places)
      for (const held of this.#holds.get(place)?.values() ?? [])
        this.#meet(held, open, { hold: held.hold, wait: ended }, ended.untilMs);
    this.#listener.waitEnded(ended, sharesOf(open, lengthOf(ended)));
  }

  #removeWait({ ticket, targets }: EndedWait): OpenWait | undefined {
    let open: OpenWait | undefined;
    for (const [place, here] of this.#waits) {
      const found = here.get(ticket);
      if (found === undefined) continue;
      open = found;
      here.delete(ticket);
      if (here.size === 0) this.#waits.delete(place);
      if (targets.length === 1) break;
    }
    return open;
  }

  #meet(held: OpenHold, waiting: OpenWait, pair: Pick<Meeting, 'hold' | 'wait'>, untilMs: TimeMs): void {
    const { hold } = held;
    if (hold.agent === waiting.wait.agent || !isInTheWay(hold, waiting.wanted)) return;
    const fromMs = Math.max(hold.fromMs, waiting.wait.fromMs);
    if (untilMs <= fromMs) return;
    const lengthMs = (untilMs - fromMs) as DurationMs;
    held.waitedMs += lengthMs;
    addStretch(waiting.taken, fromMs, untilMs);
    noteHolder(waiting, hold, fromMs, untilMs);
    noteTarget(waiting, hold, fromMs, untilMs);
    this.#listener.met({ ...pair, lengthMs });
  }
}

const placeOfHold = ({ name, target }: Hold): Place => name.scope ?? wantedAs(target);

/** Of two in one place. */
function isInTheWay({ name, target }: Hold, wanted: ReadonlySet<Target>): boolean {
  if (name.scope === undefined || name.file === undefined) return true;
  return wanted.has(target) || wanted.has(name.scope);
}

function noteHolder({ holders }: OpenWait, { agent, target }: Hold, fromMs: number, untilMs: number): void {
  const lengthMs = untilMs - fromMs;
  const share = holders.get(agent) ?? { taken: [], longestMs: 0, target };
  holders.set(agent, share);
  addStretch(share.taken, fromMs, untilMs);
  if (lengthMs <= share.longestMs) return;
  share.longestMs = lengthMs;
  share.target = target;
}

function noteTarget({ targets }: OpenWait, hold: Hold, fromMs: number, untilMs: number): void {
  const key = wantedAs(hold.target);
  const share = targets.get(key) ?? { taken: [], hold };
  targets.set(key, share);
  share.hold = hold;
  addStretch(share.taken, fromMs, untilMs);
}

/** They come in the order of their ends. */
function addStretch(stretches: Stretches, fromMs: number, untilMs: number): void {
  let beganMs = fromMs;
  for (let last = stretches.at(-1); last !== undefined && last[1] >= beganMs; last = stretches.at(-1)) {
    beganMs = Math.min(beganMs, last[0]);
    stretches.pop();
  }
  stretches.push([beganMs, untilMs]);
}

const sumOf = (stretches: Stretches): DurationMs =>
  stretches.reduce((sum, [fromMs, untilMs]) => sum + untilMs - fromMs, 0) as DurationMs;

function sharesOf({ taken, holders, targets }: OpenWait, lengthMs: DurationMs): Shares {
  return {
    freeMs: (lengthMs - sumOf(taken)) as DurationMs,
    holders: [...holders].map(([holder, share]) => {
      return { holder, lengthMs: sumOf(share.taken), target: share.target };
    }),
    targets: [...targets.values()].map((share) => ({ hold: share.hold, lengthMs: sumOf(share.taken) })),
  };
}
