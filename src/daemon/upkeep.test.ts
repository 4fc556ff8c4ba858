import { beforeEach, expect, it } from 'vitest';
import { CoordinatorError } from '../protocol/index.ts';
import { ManualClock, ManualTime } from '../time/index.ts';
import { restMs } from './scope-follower.ts';
import { Upkeep } from './upkeep.ts';

let isActive: boolean;
let callCount: number;
let idleExitMs: number;
let whyLost: () => string | null;
let follows: number;
let followScopes: () => Promise<boolean>;
let followGit: () => Promise<void>;
let syncs: number;
let capLog: () => void;
let left: string[];
let warnings: string[];
let clock: ManualClock;
let time: ManualTime;
let upkeep: Upkeep;

beforeEach(() => {
  isActive = false;
  callCount = 0;
  idleExitMs = 5_000;
  whyLost = () => null;
  follows = 0;
  followScopes = () => Promise.resolve(false);
  followGit = () => Promise.resolve();
  syncs = 0;
  capLog = () => {};
  left = [];
  warnings = [];
  clock = new ManualClock();
  time = new ManualTime(clock);
  upkeep = new Upkeep(
    {
      isActive: () => isActive,
      callCount: () => callCount,
      idleExitMs: () => idleExitMs,
      whyLost: async () => whyLost(),
      seeDead: () => Promise.resolve(),
      followGit: () => followGit(),
      watchSafety: () => Promise.resolve(),
      syncDue: async () => void (syncs += 1),
      followScopes: () => {
        follows += 1;
        return followScopes();
      },
      capLog: () => capLog(),
      leave: (reason) => left.push(reason),
      log: { note: (event) => void warnings.push(event) },
    },
    time,
  );
});

/** Lets time pass second by second, and what is awaited settle. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) await passStep(1_000);
}

async function passStep(ms: number): Promise<void> {
  time.advance(ms);
  await new Promise((resolve) => setImmediate(resolve));
}

it('leaves after the idle time, not before', async () => {
  await pass(4_000);
  expect(left).toEqual([]);
  await pass(1_000);
  expect(left).toEqual(['idle']);
});

it('stays while somebody is connected or something is held, and counts anew from then', async () => {
  isActive = true;
  await pass(20_000);
  isActive = false;
  await pass(4_000);
  expect(left).toEqual([]);
  await pass(1_000);
  expect(left).toEqual(['idle']);
});

it('counts a call that came and went between two looks', async () => {
  await pass(4_000);
  callCount = 1;
  await pass(4_000);
  expect(left).toEqual([]);
});

it('waits two seconds for its first caller, however short the idle time is, and then no longer than that', async () => {
  idleExitMs = 1;
  await pass(1_000);
  expect(left).toEqual([]);
  callCount = 1;
  await pass(1_000);
  expect(left).toEqual([]);
  await pass(1_000);
  expect(left).toEqual(['idle']);
});

it('leaves when nobody has called within two seconds of its start', async () => {
  idleExitMs = 1;
  await pass(2_000);
  expect(left).toEqual(['idle']);
});

it('stays for ever when the idle time is 0', async () => {
  idleExitMs = 0;
  await pass(60_000);
  expect(left).toEqual([]);
});

it('leaves when its socket or its log is gone: nobody can find them any more', async () => {
  isActive = true;
  whyLost = () => 'its files were removed or replaced';
  await pass(1_000);
  expect(left).toEqual(['its files were removed or replaced']);
});

it('follows the scope files only while somebody is there', async () => {
  await pass(2_000);
  expect(follows).toBe(0);
  isActive = true;
  await pass(6_000);
  expect(follows).toBe(3);
});

it('goes on when the scope files cannot be read', async () => {
  isActive = true;
  followScopes = () => Promise.reject(new Error('git failed'));
  await pass(4_000);
  expect(warnings).toHaveLength(2);
  expect(left).toEqual([]);
});

it('leaves when coordination is switched off', async () => {
  isActive = true;
  followScopes = () => Promise.reject(new CoordinatorError('DISABLED', 'switched off'));
  await pass(2_000);
  expect(left).toEqual(['switched off']);
});

it('looks less often at a working tree that takes long', async () => {
  isActive = true;
  followScopes = async () => {
    await Promise.resolve();
    clock.advance(500);
    return false;
  };
  await pass(11_000);
  expect(follows).toBe(1);
  await pass(2_000);
  expect(follows).toBe(2);
});

it('looks again as soon as changes can have come to rest, and then pauses in any case', async () => {
  isActive = true;
  followScopes = async () => {
    await Promise.resolve();
    clock.advance(500);
    return true;
  };
  await pass(2_000);
  expect(follows).toBe(1);
  await passStep(restMs - 1);
  expect(follows).toBe(1);
  await passStep(1);
  expect(follows).toBe(2);
  await pass(9_000);
  expect(follows).toBe(2);
  await pass(1_000);
  expect(follows).toBe(3);
});

it('pauses no longer after a look that took more than the one before it', async () => {
  isActive = true;
  followScopes = async () => {
    await Promise.resolve();
    clock.advance(follows === 2 ? 5_000 : 200);
    return follows === 1;
  };
  await pass(2_000);
  await passStep(restMs);
  expect(follows).toBe(2);
  await pass(3_000);
  expect(follows).toBe(2);
  await pass(1_000);
  expect(follows).toBe(3);
});

it('does not look again before a slow look at the files has ended', async () => {
  isActive = true;
  followScopes = () => new Promise(() => {});
  await pass(5_000);
  expect(follows).toBe(1);
});

it('goes on when its files cannot be looked at for a moment', async () => {
  whyLost = () => {
    throw new Error('EACCES');
  };
  await pass(3_000);
  expect(left).toEqual([]);
  expect(warnings).toHaveLength(3);
  whyLost = () => 'its files were removed or replaced';
  await pass(1_000);
  expect(left).toEqual(['its files were removed or replaced']);
});

it('keeps what is said in bounds for as long as it lives, and goes on where that cannot be done', async () => {
  let caps = 0;
  capLog = () => {
    caps += 1;
    throw new Error('EACCES');
  };
  await pass(5_000);
  expect([caps, left]).toEqual([5, ['idle']]);
  expect(new Set(warnings)).toEqual(new Set(['logFile.notCapped']));
});

it('stops once the look that is under way has ended, and tells nothing of what fails meanwhile', async () => {
  let fail: (error: Error) => void = () => {};
  followGit = () => new Promise((_, reject) => (fail = reject));
  await pass(3_000);
  const stopped: string[] = [];
  const stop = upkeep.stop().then(() => stopped.push('stopped'));
  await new Promise(setImmediate);
  expect(stopped).toEqual([]);
  fail(new Error('the log is closed'));
  await stop;
  expect(warnings).toEqual([]);
  expect(time.size).toBe(0);
});
