import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualCliClock } from '../cli/testing/harness.ts';
import { FakeCoordinator, type Script } from '../cli/testing/fake-coordinator.ts';
import { healthAnswer, nothingOf } from '../cli/testing/samples.ts';
import type { Entry, Rejection } from '../core/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import type { TopEnd } from './run.ts';
import { runTop } from './run.ts';
import { busy, ctrl, FakeScreen, keyOf, quiet, words } from '../../test/support/top-stage.ts';

/** A log that a test makes longer. */
class Entries {
  #wake: () => void = () => undefined;
  readonly #due: Entry[] = [];
  add(entry: Partial<Entry> = {}): void {
    this.#due.push({ revision: 8, events: [], ...entry } as unknown as Entry);
    this.#wake();
  }
  async *watch(signal: AbortSignal): AsyncGenerator<Entry> {
    signal.addEventListener('abort', () => this.#wake());
    while (!signal.aborted) {
      const next = this.#due.shift();
      if (next === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else yield next;
    }
  }
}

let clock: ManualCliClock;
let screen: FakeScreen;
let log: Entries;
let abort: AbortController;
beforeEach(() => {
  clock = new ManualCliClock();
  screen = new FakeScreen();
  log = new Entries();
  abort = new AbortController();
});
afterEach(() => abort.abort());

let facts = busy;
let failure: Error | null = null;
beforeEach(() => {
  facts = busy;
  failure = null;
});

const unlessDown = <T>(answer: T): T => {
  if (failure !== null) throw failure;
  return answer;
};

function begin(script: Partial<Script> = {}): {
  readonly coordinator: FakeCoordinator;
  readonly ended: Promise<TopEnd>;
} {
  const coordinator = new FakeCoordinator({
    watch: (signal) => log.watch(signal),
    answers: {
      status: () => unlessDown(facts.status),
      openViolations: () =>
        unlessDown({ revision: facts.status.revision, nowMs: facts.status.timeMs, open: facts.open }),
      history: () =>
        unlessDown({
          revision: facts.status.revision,
          entries: facts.lately,
          nextBefore: null,
          first: 1 as never,
        }),
      health: () => unlessDown(healthAnswer({ revision: facts.status.revision })),
      why: ({ subject }) => unlessDown(nothingOf(subject)),
    },
    ...script,
  });
  const ports = {
    coordinator,
    screen,
    time: clock,
    place: '/home/ann/shop',
    operator: 'olga',
    newRequestId: () => 'request',
    mayRevoke: Promise.resolve(true),
    paint: (_emphasis: unknown, text: string) => text,
    words,
  };
  return { coordinator, ended: runTop(ports, abort.signal) };
}

/** What was written since it was asked last. */
function written(): string {
  return screen.writes.splice(0).join('');
}

const type = async (...keys: readonly string[]): Promise<void> => {
  for (const key of keys) screen.events.onKey(keyOf(key));
  await clock.advance(500);
};

describe('the view of a whole terminal', () => {
  it('is drawn once something is heard, and taken away at the end', async () => {
    const { ended } = begin();
    expect(screen.log).toEqual(['enter']);
    await clock.advance(200);
    expect(written()).toContain('[AGENTS 5]');
    await type('q');
    expect([await ended, screen.log]).toEqual(['quit', ['enter', 'leave']]);
  });

  it.each([
    ['interrupted', () => screen.events.onKey(ctrl('c'))],
    ['gone', () => screen.events.onGone()],
    ['quit', () => abort.abort()],
  ] as const)('ends as %s', async (end, cause) => {
    const { ended } = begin();
    cause();
    expect([await ended, screen.log.at(-1)]).toEqual([end, 'leave']);
  });

  it('writes only what has changed, and nothing where nothing has', async () => {
    facts = quiet;
    begin();
    await clock.advance(200);
    written();
    await clock.advance(60_000);
    expect(written()).toBe('');
    facts = { ...quiet, status: { ...quiet.status, waiters: busy.status.waiters } };
    log.add();
    await clock.advance(500);
    const text = written();
    expect(text).toContain('1 waiting');
    expect(text).not.toContain('rhema top');
  });

  it('is drawn ten times a second at most, however much happens', async () => {
    const { coordinator } = begin();
    await clock.advance(1_000);
    written();
    const asked = coordinator.queries.length;
    for (let turn = 0; turn < 100; turn += 1) {
      facts = { ...busy, status: { ...busy.status, revision: (2_000 + turn) as never } };
      log.add();
      screen.events.onKey(keyOf(turn % 2 === 0 ? 'down' : 'up'));
      await clock.advance(10);
    }
    expect(screen.writes.length).toBeGreaterThan(5);
    expect(screen.writes.length).toBeLessThanOrEqual(11);
    // Three answers make one look, each 200 ms.
    expect(coordinator.queries.length - asked).toBeLessThanOrEqual(12);
  });

  it('shows a lost connection, and goes on when there is one again', async () => {
    begin();
    await clock.advance(500);
    failure = new CoordinatorError('UNAVAILABLE', 'nobody answers', { retryable: true });
    await clock.advance(5_000);
    expect(written()).toMatch(/connection lost .*trying again: nobody answers/s);
    failure = null;
    await clock.advance(2_000);
    expect(written()).toMatch(/connected.*\? help/s);
  });

  it('asks more and more seldom where it is not let in any more', async () => {
    const { coordinator } = begin();
    await clock.advance(500);
    failure = new CoordinatorError('UNAUTHENTICATED', 'the token was revoked');
    await clock.advance(60_000);
    const before = coordinator.queries.length;
    await clock.advance(300_000);
    expect(coordinator.queries.length - before).toBeLessThanOrEqual(11);
    expect(written()).toMatch(/connection lost .*the token was revoked/s);
    failure = null;
    await clock.advance(30_000);
    expect(written()).toMatch(/connected.*\? help/s);
  });

  it('says so when an answer does not come', async () => {
    let answer: (value: never) => void = () => undefined;
    begin({
      answers: {
        status: () => facts.status,
        openViolations: () => new Promise((resolve) => (answer = resolve)) as never,
      },
    });
    await clock.advance(5_000);
    expect(written()).toMatch(/no answer for 5 s/);
    answer({ open: [] } as never);
  });

  it('is drawn anew, at its new size, when the terminal has changed or was somebody else’s', async () => {
    facts = quiet;
    begin();
    await clock.advance(200);
    written();
    for (const event of ['onResize', 'onResume'] as const) {
      screen.sizeNow = { columns: 60, rows: 20 };
      screen.events[event]();
      await clock.advance(200);
      expect(written()).toContain('rhema top');
    }
    screen.events.onKey(ctrl('l'));
    await clock.advance(200);
    expect(written()).toContain('rhema top');
    screen.events.onKey(ctrl('z'));
    expect(screen.log).toEqual(['enter', 'suspend']);
  });

  it('asks for the story that is looked at, and again after a change', async () => {
    const { coordinator } = begin();
    await clock.advance(500);
    await type('\r');
    expect(written()).toContain('the story of {"kind":"agent","agent":"alice"}');
    const asked = (): number => coordinator.queries.filter(({ kind }) => kind === 'why').length;
    const before = asked();
    log.add();
    await clock.advance(500);
    expect(asked()).toBe(before + 1);
    await type('\u001b', 'down');
    expect(asked()).toBe(before + 1);
  });
});

describe('a lock is revoked', () => {
  const revoked = (): never => ({ kind: 'revoked', scope: 'src/core', agent: 'carol', token: 1150 }) as never;
  const ask = async (): Promise<void> => {
    await clock.advance(500);
    await type('down', 'down', 'r', 'y', 'g', 'o', 'n', 'e', '\r');
  };

  it('by the operator, with the reason', async () => {
    const { coordinator } = begin({ submit: revoked });
    await ask();
    expect(coordinator.commands).toEqual([
      { kind: 'RevokeLock', scope: 'src/core', by: 'olga', reason: 'gone' },
    ]);
    expect(written()).toContain('revoked src/core from carol: its token 1150 is refused from now on');
  });

  it('not where somebody else has it by then', async () => {
    const { coordinator } = begin({ submit: revoked });
    await clock.advance(500);
    await type('down', 'down', 'r', 'y');
    const [first, second, third] = busy.status.locks;
    const dave = { ...third!, agent: 'dave' as never, token: 1300 as never };
    facts = { ...busy, status: { ...busy.status, locks: [first!, second!, dave] } };
    await type('\r');
    expect(written()).toContain('nothing was revoked: src/core is held by dave by now');
    facts = { ...busy, status: { ...busy.status, locks: [first!, second!] } };
    expect(coordinator.commands).toEqual([]);
  });

  it('and whoever may not is told so', async () => {
    begin({
      submit: () => new CoordinatorError('FORBIDDEN', 'wall may only look, not RevokeLock'),
    });
    await ask();
    expect(written()).toContain('src/core was not revoked: wall may only look, not RevokeLock');
  });

  it('and a refusal is told with its code', async () => {
    const refusal = {
      code: 'LOCK_NOT_HELD',
      message: 'src/core is not held',
      details: {},
    } as unknown as Rejection;
    begin({ submit: () => refusal });
    await ask();
    expect(written()).toContain('nothing was revoked: src/core is not held (LOCK_NOT_HELD)');
  });
});
