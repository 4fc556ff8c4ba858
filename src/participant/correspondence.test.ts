import { beforeEach, describe, expect, it } from 'vitest';
import type { AgentId } from '../core/index.ts';
import { acquired, auth, Stage, waiting } from '../../test/support/processes.ts';
import type { Participant } from './participant.ts';

let stage: Stage;
let alice: Participant;
let bob: Participant;
beforeEach(async () => {
  stage = await Stage.open();
  alice = await stage.takePart('alice', 1);
  bob = await stage.takePart('bob', 2);
});

async function heardBy({ correspondence }: Participant) {
  const heard = await correspondence.hear();
  if (heard.kind === 'refused') throw new Error(JSON.stringify(heard));
  return heard;
}

const toAlice = { to: { kind: 'agent', agent: 'alice' as AgentId }, messageKind: 'info' } as const;

describe('a message', () => {
  it('is told once, in the order in which it was sent', async () => {
    for (const text of ['one', 'two'])
      expect(await bob.correspondence.say({ ...toAlice, text })).toEqual({
        kind: 'messageSent',
        recipients: ['alice'],
      });
    const texts = (await heardBy(alice)).messages.map(({ from, text }) => [from, text]);
    expect(texts).toEqual([
      ['bob', 'one'],
      ['bob', 'two'],
    ]);
    expect((await heardBy(alice)).messages).toEqual([]);
  });

  it('to nobody is refused', async () => {
    await alice.leave();
    expect(await bob.correspondence.say({ ...toAlice, text: 'one' })).toMatchObject({
      kind: 'refused',
      rejection: { code: 'NO_RECIPIENT' },
    });
  });
});

describe('a notice', () => {
  it('is told once, also by the next process of the agent, and to one of two who ask at a time', async () => {
    await acquired(alice);
    const waits = bob.acquire({ scopes: [auth], ...waiting }, { signal: new AbortController().signal });
    await stage.pass(1_000);
    const heard = await Promise.all([heardBy(alice), heardBy(alice)]);
    expect(heard.map(({ notices }) => notices.map(({ kind }) => kind))).toEqual([['wanted'], []]);
    stage.end(alice);
    const again = await stage.takePart('alice', 3, { keepsLeft: true });
    expect((await heardBy(again)).notices).toEqual([]);
    await again.leave();
    expect((await waits).kind).toBe('granted');
  });

  it('says nothing of a wait that the agent has waited for', async () => {
    const lock = await acquired(alice);
    const waits = bob.acquire({ scopes: [auth], ...waiting }, { signal: new AbortController().signal });
    await stage.pass(1_000);
    await lock.release();
    expect((await waits).kind).toBe('granted');
    expect((await heardBy(bob)).notices).toEqual([]);
  });
});

describe('what was changed under a lock', () => {
  const changed = { files: ['auth/login.ts'], count: 1 };
  beforeEach(() => {
    stage.changed = [{ path: 'auth/login.ts', atMs: Infinity }];
  });

  it.each([
    ['it gives it back', async (lock: { release(): Promise<unknown> }) => lock.release()],
    ['it leaves', async () => alice.leave()],
  ])('is told to who gets it next, when %s', async (_when, end) => {
    await end(await acquired(alice));
    const lock = await acquired(bob);
    expect(await lock.formerHolders()).toMatchObject([
      { scope: auth, holders: [{ agent: 'alice', changed }], left: 0 },
    ]);
  });

  it('of which nobody can tell is not said to be nothing', async () => {
    stage.changed = null;
    await (await acquired(alice)).release();
    expect(await (await acquired(bob)).formerHolders()).toMatchObject([{ holders: [{ changed: null }] }]);
  });
});
