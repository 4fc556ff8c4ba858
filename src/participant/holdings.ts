/**
 * What an agent holds, as far as its server knows, and whether the agent knows it too. Nothing can be said to an agent
 * between its calls, so a lock may be its own without its knowing; then it must not be renewed for ever.
 *
 *     granted while a call asks for it --(the call is heard)-----------> told
 *                                      --(the client cancelled it)-----> given back
 *                                      --(nobody hears it)-------------> untold
 *     granted between calls, or found when its server was started anew -> untold
 *     untold --(any call is heard)--> told
 *            --(the bound)----------> given back, so that it is passed on
 *     told, untold --(the agent gives it back)-------> gone
 *                  --(the coordinator knows it no more)--> gone, and a loss to be told
 *
 * A call that asks for a scope takes an interest in it: as long as one has it, the lock is for that call to tell, and nobody gives it
 * back. A lock that was told is given back by nobody but the agent.
 */
import {
  partsOf,
  targetOf,
  wantedAs,
  type FencingToken,
  type Grant,
  type LockName,
  type Revision,
  type Target,
} from '../core/index.ts';
import type { Timers } from '../time/index.ts';

export type Held = LockName & { readonly token: FencingToken };

export type Untold = Held & { readonly origin: Origin };

/** `resumed`: from a process that has ended, or a shell. */
export type Origin = 'granted' | 'resumed';

type Holding = Held & {
  readonly target: Target;
  readonly origin: Origin;
  told: boolean;
  /** It is being given back. */
  leaving: boolean;
  /** Whether its scope is defined no more, and the agent knows. */
  withdrawal: 'none' | 'news' | 'told';
};

/**
 * A lock as the coordinator shows it; `withdrawn`: whether its scope is defined no more, and goes when it is free. Not
 * every answer says so.
 */
export type Seen = Grant & { readonly withdrawn?: boolean };

/** The interest of a call that is under way. */
export interface Interest {
  /** `cancelled`: the client wants nothing of what the call brought about; `unheard`: it may come back for it. */
  close(how: 'heard' | 'cancelled' | 'unheard'): void;
}

export interface HoldingsPorts {
  readonly schedule: Timers['schedule'];
  /** How long a lock that nobody was told of is kept, in milliseconds. */
  readonly collectMs: number;
  /** Gives a lock back, as far as {@link Holdings.leave} lets it. `isLate`: nobody came for it in time. */
  readonly giveBack: (token: FencingToken, isLate: boolean) => void;
  /** `isTold`: whether the agent knew that it had it; `by`: a revision by which it was over. */
  readonly lost: (lock: Held, isTold: boolean, by: Revision) => void;
}

export class Holdings {
  readonly #ports: HoldingsPorts;
  /** By what it is asked for as. */
  readonly #byTarget = new Map<Target, Holding>();
  readonly #interests = new Set<ReadonlySet<Target>>();
  /** Calls of the agent that are under way. */
  #calls = 0;
  readonly #cancelBounds = new Map<FencingToken, () => void>();
  #stopped = false;

  constructor(ports: HoldingsPorts) {
    this.#ports = ports;
  }

  get isEmpty(): boolean {
    return this.#byTarget.size === 0;
  }

  /** All but what is just being given back. */
  get all(): readonly Held[] {
    return [...this.#byTarget.values()].filter(({ leaving }) => !leaving);
  }

  /** Whether the agent knows that it has this lock. */
  knows(lock: Held): boolean {
    const holding = this.#byTarget.get(keyOf(lock));
    return holding?.token === lock.token && holding.told;
  }

  tokenOf(target: Target): FencingToken | null {
    return this.#byTarget.get(wantedAs(target))?.token ?? null;
  }

  /** The coordinator has granted these, or says that they are held. */
  granted(locks: readonly Grant[], origin: Origin): void {
    for (const lock of locks) this.#grant(lock, origin);
    for (const token of new Set(locks.map((lock) => lock.token))) this.#bound(token);
  }

  /** The agent is being told that it holds these. */
  tell(locks: readonly Held[]): void {
    for (const lock of locks) {
      const holding = this.#byTarget.get(keyOf(lock));
      if (holding?.token === lock.token) holding.told = true;
    }
    this.#dropBounds();
  }

  /** What the agent does not know of yet, and no call is about to tell. */
  get untold(): readonly Untold[] {
    return [...this.#byTarget.values()].filter(
      ({ target, told, leaving }) => !told && !leaving && !this.#isOfInterest(target),
    );
  }

  /** A call asks for these. */
  takeInterest(targets: readonly Target[]): Interest {
    const wanted: ReadonlySet<Target> = new Set(targets.map(wantedAs));
    // What was there before the call came is none of what it brought about.
    const before = new Set(targets.map((target) => this.tokenOf(target)));
    this.#interests.add(wanted);
    return {
      close: (how) => {
        if (!this.#interests.delete(wanted)) return;
        const left = this.untold.filter((lock) => wanted.has(keyOf(lock)));
        for (const token of new Set(left.map((lock) => lock.token)))
          if (how === 'cancelled' && !before.has(token)) this.#ports.giveBack(token, false);
          else this.#bound(token);
      },
    };
  }

  /** A call is under way: until it is over nothing is given back for being late, since its answer may speak of it. */
  suspend(): () => void {
    let isOver = false;
    this.#calls += 1;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#calls -= 1;
      if (this.#calls === 0) for (const { token } of this.untold) this.#bound(token);
    };
  }

  /** Begins to give back what came under a token, as far as nobody was told of it and no call asks for it. */
  leave(token: FencingToken, isLate: boolean): readonly Held[] {
    if (isLate && this.#calls > 0) return [];
    const leaving = this.#untoldUnder(token).map((lock): Held => ({ ...partsOf(lock), token }));
    for (const lock of leaving) this.#setLeaving(targetOf(lock), true);
    return leaving;
  }

  /** It could not be given back. */
  stay(targets: readonly Target[]): void {
    for (const target of targets) this.#setLeaving(target, false);
  }

  /** The agent gave these back, or they were given back for it. */
  released(targets: readonly Target[]): void {
    for (const target of targets) this.#byTarget.delete(wantedAs(target));
    this.#dropBounds();
  }

  /**
   * The coordinator's view at a revision. A lock that is not in it was lost. One that it has and we have not was taken in
   * the agent's name by others, as a shell does, so that the agent knows of it; unless we asked for it ourselves and never
   * heard the answer. `asked`: what that was; null where it is not certain what is ours.
   */
  seen(revision: Revision, leases: readonly Seen[], asked: ReadonlySet<Target> | null): void {
    for (const holding of this.#byTarget.values()) {
      // A grant that is newer than the view cannot be in it.
      if (holding.token > revision) continue;
      const lease = leases.find((each) => targetOf(each) === holding.target && each.token === holding.token);
      if (lease === undefined) this.#lose(holding, revision);
      else noteWithdrawal(holding, lease);
    }
    if (asked !== null)
      this.adopt(
        leases.filter((lease) => !this.#byTarget.has(keyOf(lease))),
        asked,
      );
  }

  /** Locks that are the agent's without our doing. It knows of them, but for those that we asked for. */
  adopt(locks: readonly Grant[], asked: ReadonlySet<Target>): void {
    for (const lock of locks) this.#grant(lock, 'granted');
    this.tell(locks.filter((lock) => !asked.has(keyOf(lock))));
    for (const { token } of locks) this.#bound(token);
  }

  /** Everything is gone, because the agent is. */
  loseAll(by: Revision): void {
    for (const holding of this.#byTarget.values()) this.#lose(holding, by);
  }

  /** Locks whose scopes are defined no more, each told of once. */
  takeWithdrawalNews(): readonly Target[] {
    const news = [...this.#byTarget.values()].filter(({ told, withdrawal }) => told && withdrawal === 'news');
    for (const holding of news) holding.withdrawal = 'told';
    return news.map((holding) => holding.target);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#cancelBounds.values()) cancel();
  }

  #grant(lock: Grant, origin: Origin): void {
    const { token } = lock;
    const target = targetOf(lock);
    const before = this.#byTarget.get(keyOf(lock));
    if (before !== undefined && before.token > token) return;
    if (before?.token === token) return;
    // Others may have written there between the two grants.
    if (before !== undefined) this.#lose(before, token);
    const holding: Holding = {
      ...partsOf(lock),
      target,
      token,
      origin,
      told: false,
      leaving: false,
      withdrawal: 'none',
    };
    this.#byTarget.set(keyOf(lock), holding);
  }

  #lose(holding: Holding, by: Revision): void {
    this.#byTarget.delete(keyOf(holding));
    this.#dropBounds();
    this.#ports.lost({ ...partsOf(holding), token: holding.token }, holding.told, by);
  }

  #untoldUnder(token: FencingToken): readonly Held[] {
    return this.untold.filter((lock) => lock.token === token);
  }

  #setLeaving(target: Target, leaving: boolean): void {
    const holding = this.#byTarget.get(wantedAs(target));
    if (holding !== undefined) holding.leaving = leaving;
  }

  #isOfInterest(target: Target): boolean {
    for (const wanted of this.#interests) if (wanted.has(wantedAs(target))) return true;
    return false;
  }

  /** A lock that nobody tells of is kept for a while only. */
  #bound(token: FencingToken): void {
    if (this.#stopped || this.#cancelBounds.has(token) || this.#untoldUnder(token).length === 0) return;
    const onBound = (): void => {
      this.#cancelBounds.delete(token);
      this.#ports.giveBack(token, true);
    };
    this.#cancelBounds.set(token, this.#ports.schedule(this.#ports.collectMs, onBound));
  }

  /** Ends the bounds of what was told or is gone. */
  #dropBounds(): void {
    const untold = new Set(
      [...this.#byTarget.values()].filter(({ told }) => !told).map(({ token }) => token),
    );
    for (const [token, cancel] of this.#cancelBounds)
      if (!untold.has(token)) {
        cancel();
        this.#cancelBounds.delete(token);
      }
  }
}

const keyOf = (lock: LockName): Target => wantedAs(targetOf(lock));

function noteWithdrawal(holding: Holding, { withdrawn }: Seen): void {
  if (withdrawn === false) holding.withdrawal = 'none';
  if (withdrawn === true && holding.withdrawal === 'none') holding.withdrawal = 'news';
}

/** A view of a lock says nothing of its scope where that is defined. */
export const withWithdrawal = (lock: Seen): Seen => ({ ...lock, withdrawn: lock.withdrawn === true });
