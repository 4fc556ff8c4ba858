import { beforeAll, describe, expect, it } from 'vitest';
import { simulatedLog } from '../../sim/simulate.ts';
import { asDurationMs, asTimeMs, initialState, type Entry } from '../../src/core/index.ts';
import { agentId, Machine, scopePath } from '../support/machine.ts';
import { storyOfDead, storyOfFiles, storyOfSlots, type Story } from './stories.ts';
import { findTlc, validateTrace } from './validate.ts';

/** Why TLC cannot be asked; null when it can. */
const unavailable = await findTlc().then(
  () => null,
  (error: unknown) => {
    if (error instanceof Error && error.name === 'UnavailableError') return error.message;
    throw error;
  },
);
if (unavailable !== null) process.stderr.write(`skipped: TLC cannot judge traces: ${unavailable}\n`);

/** What the demo is made of: turns on a scope, a queue, leases of other lengths, a lost agent, a write, a new owner. */
function demoLikeLog(machine: Machine): Entry[] {
  machine.define({ core: [], api: ['core'], web: ['api'] });
  for (const name of ['dave', 'alice', 'bob', 'carol']) machine.join(name);
  machine.acquire('alice', 'core', { ttlMs: 1_500 });
  machine.acquire('bob', ['api', 'core'], { wait: 60_000 });
  machine.acquire('carol', 'web', { wait: 'open' });
  machine.acquire('dave', 'web', { wait: 5_000 });
  machine.advance(700);
  machine.renew('alice', 'core', { ttlMs: 3_000 });
  machine.heartbeat('carol');
  machine.nowMs += 4_321;
  const clock = { host: 'host', boot: 'other', offsetMs: 0 };
  machine.say({
    kind: 'ContextModify',
    agent: agentId('bob'),
    scope: scopePath('core'),
    file: 'notes.md',
    token: null,
    digest: 'd'.repeat(64),
    baseDigest: null,
  });
  machine.say({ kind: 'TakeOver', clock, cause: 'first' });
  machine.startSync('alice', 'core');
  machine.failSync('alice', 'core');
  machine.nowMs += 2_600;
  machine.say({ kind: 'TakeOver', clock: { ...clock, boot: 'third' }, cause: 'otherBoot' });
  machine.acquire('bob', 'api', { ttlMs: 9_000 });
  machine.renew('bob', 'api', { ttlMs: 500 });
  machine.nowMs += 700;
  machine.say({ kind: 'TakeOver', clock: { ...clock, boot: 'third', offsetMs: 1 }, cause: 'clockJump' });
  machine.say({ kind: 'RetrySync', scope: scopePath('core') });
  machine.release('bob');
  machine.advance(2_000_000);
  return machine.log;
}

/** A log that survives translation, but is no behaviour: bob, who waits behind carol, is served before her. */
function overtakenLog(): { readonly log: Entry[]; readonly revision: number } {
  const machine = new Machine();
  machine.define({ a: [] });
  for (const name of ['alice', 'bob', 'carol']) machine.join(name);
  machine.acquire('alice', 'a');
  machine.acquire('carol', 'a', { wait: 'open' });
  machine.acquire('bob', 'a', { wait: 'open' });
  machine.release('alice', 'a');
  const text = JSON.stringify(machine.log);
  const log = JSON.parse(text) as Entry[];
  const last = JSON.stringify(log.pop());
  const [carols, bobs] = [machine.log[5]?.revision, machine.log[6]?.revision];
  const swapped = last.replaceAll('"carol"', '"bob"').replaceAll(`"ticket":${carols}`, `"ticket":${bobs}`);
  log.push(JSON.parse(swapped) as Entry);
  return { log, revision: log.length };
}

/** Two files of one scope, held by two agents; but it is told that the first of them holds the whole. */
function wholeBesideFileLog(): Entry[] {
  const { log } = storyOfDead();
  const text = JSON.stringify(log.slice(0, 6));
  return JSON.parse(text.replaceAll('"file":"src/a.ts",', '')) as Entry[];
}

/** Somebody is given a slot that is not the lowest free one. */
function otherSlotLog(): Entry[] {
  const { log } = storyOfDead();
  return JSON.parse(JSON.stringify(log.slice(0, 5)).replaceAll('"slot":1', '"slot":2')) as Entry[];
}

describe.skipIf(unavailable !== null)('the trace specification', { timeout: 180_000 }, () => {
  let simulated: readonly Entry[];

  beforeAll(async () => {
    simulated = await simulatedLog(1, 80);
  });

  it('accepts the log of a simulated run, every entry of it', async () => {
    const { rejected, consumed, outside } = await validateTrace(simulated);
    expect({ rejected, judged: consumed + outside }).toEqual({ rejected: null, judged: simulated.length });
    expect(outside).toBe(simulated.filter(({ kind }) => kind === 'Configure').length);
  });

  it('accepts leases and waits of every length, late expiry, a new owner, and a clock that jumps', async () => {
    const settings = { maxConcurrentAgents: 3, maxLocksPerAgent: 2, lockTtlMs: asDurationMs(2_000) };
    const log = demoLikeLog(new Machine(settings));
    const verdict = await validateTrace(log, new Machine(settings).state);
    expect(verdict).toMatchObject({
      rejected: null,
      consumed: log.length,
      segments: 1,
    });
  });

  it.each<readonly [string, () => Story, number]>([
    ['files beside each other, a ticket for the whole scope, and files that move', storyOfFiles, 0],
    ['slots of resources, of which there are more later', storyOfSlots, 1],
    ['processes that are seen to have ended', storyOfDead, 0],
  ])('accepts %s', async (_what, tell, outside) => {
    const { machine, log } = tell();
    const verdict = await validateTrace(log, initialState(machine.initialSettings));
    expect(verdict).toMatchObject({ rejected: null, consumed: log.length - outside, outside });
  });

  it('rejects a log in which somebody is overtaken, at the revision where it happens', async () => {
    const { log, revision } = overtakenLog();
    const { rejected, consumed } = await validateTrace(log);
    expect(rejected).toMatchObject({
      revision,
      why: expect.stringMatching(/lock a: the machine has .*carol.*bob/),
    });
    expect(consumed).toBe(revision - 1);
  });

  it.each<readonly [string, () => Entry[], RegExp]>([
    ['a file is granted to one agent and its whole scope to another', wholeBesideFileLog, /LOCK_HELD/],
    ['a slot is not the lowest free one', otherSlotLog, /lock @port#1: .*alice.*lock @port#2: .*alice/],
  ])('rejects a log in which %s', async (_what, tell, why) => {
    const log = tell();
    const { machine } = storyOfDead();
    const { rejected, consumed } = await validateTrace(log, initialState(machine.initialSettings));
    expect(rejected).toMatchObject({ revision: log.length, why: expect.stringMatching(why) });
    expect(consumed).toBe(log.length - 1);
  });

  it('rejects a log in which a lease is renewed that had run out', async () => {
    const machine = new Machine();
    machine.define({ a: [] });
    machine.join('alice');
    machine.acquire('alice', 'a');
    machine.heartbeat('alice');
    const log = machine.log.map((entry, place) =>
      place < 3 ? entry : { ...entry, atMs: asTimeMs(1_060_000) },
    );
    expect((await validateTrace(log)).rejected).toEqual({
      revision: 4,
      why: expect.stringContaining('something is due, and was not ended first'),
    });
  });

  it('does not accept a log of which nothing can be consumed', async () => {
    await expect(validateTrace([])).rejects.toThrow('there is nothing to validate');
  });
});
