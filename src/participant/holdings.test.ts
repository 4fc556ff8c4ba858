import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { asRevision, asTimeMs, type FencingToken, type Grant, type ScopePath } from '../core/index.ts';
import { ManualClock, ManualTime } from '../time/index.ts';
import { Holdings, type Interest, type Held } from './holdings.ts';

const collectMs = 100;
const againMs = 10;
const none: ReadonlySet<ScopePath> = new Set();
const [a, b] = ['a', 'b'] as unknown as [ScopePath, ScopePath];

const grant = (scope: ScopePath, token: number, contended = false): Grant => ({
  scope,
  token: asRevision(token),
  deadlineMs: asTimeMs(1_000_000),
  contendedSinceMs: contended ? asTimeMs(1) : null,
});

const wholeOf = (lock: Held): ScopePath => {
  if (lock.scope === undefined || lock.file !== undefined) throw new Error('these tests hold whole scopes');
  return lock.scope;
};

/** Holdings whose give-backs succeed at once, or are tried again while the coordinator is away. */
class Hand {
  readonly timers = new ManualTime(new ManualClock());
  readonly givenBack: { readonly scopes: readonly ScopePath[]; readonly isLate: boolean }[] = [];
  readonly lost: (Held & { readonly isTold: boolean })[] = [];
  readonly holdings = new Holdings({
    schedule: (delayMs, callback) => this.timers.schedule(delayMs, callback),
    collectMs,
    giveBack: (token, isLate) => this.#giveBack(token, isLate),
    lost: (lock, isTold) => this.lost.push({ ...lock, isTold }),
  });
  isAway = false;

  #giveBack(token: FencingToken, isLate: boolean): void {
    const scopes = this.holdings.leave(token, isLate).map(wholeOf);
    if (scopes.length === 0) return;
    if (this.isAway) {
      this.holdings.stay(scopes);
      this.timers.schedule(againMs, () => this.#giveBack(token, isLate));
      return;
    }
    this.holdings.released(scopes);
    this.givenBack.push({ scopes, isLate });
  }
}

let hand: Hand;
let holdings: Holdings;
beforeEach(() => {
  hand = new Hand();
  holdings = hand.holdings;
});

const untold = (): ScopePath[] => holdings.untold.map(wholeOf);

describe('a lock that nobody was told of', () => {
  it('is given back when its bound is over', () => {
    holdings.granted([grant(a, 1)], 'granted');
    hand.timers.advance(collectMs - 1);
    expect(hand.givenBack).toEqual([]);
    hand.timers.advance(1);
    expect(hand.givenBack).toEqual([{ scopes: [a], isLate: true }]);
    expect(holdings.isEmpty).toBe(true);
  });

  it('stays when it is told in time', () => {
    holdings.granted([grant(a, 1)], 'granted');
    holdings.tell([{ scope: a, token: asRevision(1) }]);
    hand.timers.advance(10 * collectMs);
    expect([hand.givenBack, holdings.all.length, hand.timers.size]).toEqual([[], 1, 0]);
  });

  it('is not told by the token of another grant', () => {
    holdings.granted([grant(a, 2)], 'granted');
    holdings.tell([{ scope: a, token: asRevision(1) }]);
    expect(untold()).toEqual([a]);
  });

  it('keeps its bound from call to call when a renewal names it again', () => {
    holdings.granted([grant(a, 1)], 'granted');
    hand.timers.advance(60);
    holdings.granted([grant(a, 1)], 'granted');
    hand.timers.advance(40);
    expect(hand.givenBack).toHaveLength(1);
  });
});

describe('a call that asks for a scope', () => {
  it('has what comes of it for itself, and tells it', () => {
    const interest = holdings.takeInterest([a]);
    holdings.granted([grant(a, 1), grant(b, 1)], 'granted');
    expect(untold()).toEqual([b]);
    holdings.tell([{ scope: a, token: asRevision(1) }]);
    interest.close('heard');
    hand.timers.advance(collectMs);
    expect(hand.givenBack).toEqual([{ scopes: [b], isLate: true }]);
    expect(holdings.tokenOf(a)).toBe(1);
  });

  it('gives back what came of it when it was cancelled, unless another call asks too', () => {
    const [first, second] = [holdings.takeInterest([a]), holdings.takeInterest([a])];
    holdings.granted([grant(a, 1)], 'granted');
    first.close('cancelled');
    expect(hand.givenBack).toEqual([]);
    second.close('cancelled');
    expect(hand.givenBack).toEqual([{ scopes: [a], isLate: false }]);
  });

  it('does not give back what was told before', () => {
    holdings.granted([grant(a, 1)], 'granted');
    holdings.tell(holdings.all);
    const interest = holdings.takeInterest([a]);
    holdings.granted([grant(a, 1)], 'granted');
    interest.close('cancelled');
    expect(hand.givenBack).toEqual([]);
  });

  it('leaves what came of it for the next one when nobody hears it', () => {
    const interest = holdings.takeInterest([a]);
    holdings.granted([grant(a, 1)], 'granted');
    interest.close('unheard');
    expect(untold()).toEqual([a]);
    hand.timers.advance(collectMs);
    expect(hand.givenBack).toEqual([{ scopes: [a], isLate: true }]);
  });

  it('is closed once', () => {
    const interest = holdings.takeInterest([a]);
    holdings.granted([grant(a, 1)], 'granted');
    interest.close('unheard');
    interest.close('cancelled');
    expect(hand.givenBack).toEqual([]);
  });

  it('keeps a lock from being given back whose bound is over meanwhile', () => {
    holdings.granted([grant(a, 1)], 'granted');
    const interest = holdings.takeInterest([a]);
    hand.timers.advance(collectMs);
    expect(hand.givenBack).toEqual([]);
    interest.close('unheard');
    hand.timers.advance(collectMs);
    expect(hand.givenBack).toHaveLength(1);
  });
});

describe('what the coordinator knows no more', () => {
  it('is lost, once, with whether the agent knew of it', () => {
    holdings.granted([grant(a, 1), grant(b, 1)], 'granted');
    holdings.tell([{ scope: a, token: asRevision(1) }]);
    holdings.seen(asRevision(5), [], none);
    holdings.seen(asRevision(6), [], none);
    expect(hand.lost).toEqual([
      { scope: a, token: 1, isTold: true },
      { scope: b, token: 1, isTold: false },
    ]);
    expect(hand.timers.size).toBe(0);
  });

  it('is not lost by a view from before the grant', () => {
    holdings.granted([grant(a, 7)], 'granted');
    holdings.seen(asRevision(6), [], none);
    expect(hand.lost).toEqual([]);
  });

  it('is lost when the scope comes back under another token', () => {
    holdings.granted([grant(a, 1)], 'granted');
    holdings.tell(holdings.all);
    holdings.granted([grant(a, 4)], 'granted');
    expect(hand.lost).toEqual([{ scope: a, token: 1, isTold: true }]);
    expect(untold()).toEqual([a]);
  });

  it('is told by no answer that comes late', () => {
    holdings.granted([grant(a, 4)], 'granted');
    holdings.granted([grant(a, 1)], 'granted');
    expect(holdings.tokenOf(a)).toBe(4);
    expect(hand.lost).toEqual([]);
  });
});

it('what others took in the name of the agent is adopted as known, and only when that is certain', () => {
  holdings.seen(asRevision(5), [grant(a, 3)], null);
  expect(holdings.isEmpty).toBe(true);
  holdings.seen(asRevision(5), [grant(a, 3)], none);
  expect([holdings.tokenOf(a), untold(), hand.timers.size]).toEqual([3, [], 0]);
});

it('a process that ends gives nothing back', () => {
  holdings.granted([grant(a, 1)], 'granted');
  holdings.stop();
  hand.timers.advance(collectMs);
  expect([hand.givenBack, hand.lost]).toEqual([[], []]);
});

/** What may happen, in any order. */
type Step =
  | { readonly kind: 'grant'; readonly scopes: readonly ScopePath[] }
  | { readonly kind: 'interest'; readonly scopes: readonly ScopePath[] }
  | { readonly kind: 'close'; readonly how: 'heard' | 'cancelled' | 'unheard' }
  | { readonly kind: 'tell' }
  | { readonly kind: 'lose'; readonly scope: ScopePath }
  | { readonly kind: 'away'; readonly isAway: boolean }
  | { readonly kind: 'pass'; readonly ms: number };

const scopes = fc.subarray([a, b], { minLength: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('grant' as const), scopes }),
  fc.record({ kind: fc.constant('interest' as const), scopes }),
  fc.record({
    kind: fc.constant('close' as const),
    how: fc.constantFrom('heard' as const, 'cancelled' as const, 'unheard' as const),
  }),
  fc.record({ kind: fc.constant('tell' as const) }),
  fc.record({ kind: fc.constant('lose' as const), scope: fc.constantFrom(a, b) }),
  fc.record({ kind: fc.constant('away' as const), isAway: fc.boolean() }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: collectMs }) }),
);

it('whatever happens, nobody is left with a lock that it was not told of, and what was told is never given back', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { timers, holdings: held } = (hand = new Hand());
      const told = new Map<ScopePath, FencingToken>();
      const interests: Interest[] = [];
      let revision = 0;
      for (const one of steps) {
        revision += 1;
        if (one.kind === 'grant')
          held.granted(
            one.scopes.map((scope) => grant(scope, revision)),
            'granted',
          );
        else if (one.kind === 'interest') interests.push(held.takeInterest(one.scopes));
        else if (one.kind === 'close') interests.shift()?.close(one.how);
        else if (one.kind === 'away') hand.isAway = one.isAway;
        else if (one.kind === 'pass') timers.advance(one.ms);
        else if (one.kind === 'lose') held.seen(asRevision(revision), leasesWithout(held, one.scope), null);
        else {
          for (const lock of held.untold) told.set(wholeOf(lock), lock.token);
          held.tell(held.untold);
        }
        for (const lock of held.all)
          if (told.has(wholeOf(lock)) && told.get(wholeOf(lock)) !== lock.token) told.delete(wholeOf(lock));
      }
      for (const [scope, token] of told)
        expect(
          held.tokenOf(scope) === token || hand.lost.some((lock) => lock.token === token && lock.isTold),
        ).toBe(true);
      hand.isAway = false;
      for (const interest of interests) interest.close('unheard');
      timers.advance(collectMs + againMs);
      expect(held.untold).toEqual([]);
    }),
  );
});

function leasesWithout(held: Holdings, scope: ScopePath): Grant[] {
  return held.all.filter((lock) => lock.scope !== scope).map((lock) => grant(wholeOf(lock), lock.token));
}
