import { beforeEach, describe, expect, it } from 'vitest';
import type { AgentId, DurationMs, ScopePath } from '../core/index.ts';
import type { CallerCommand, Coordinator, Reply } from '../protocol/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import { defineScopes, newRequestId, openBench, scopePath, settled, type Bench } from '../service/testing.ts';
import type { AcquireWish } from './acquiring.ts';
import { goOn } from './joining.ts';
import { Participant, type ParticipantPorts, type PartWish } from './participant.ts';
import { Speaker } from './speaker.ts';
import { proofOf, type AgentSession, type SessionKeeping } from './session.ts';

const auth = scopePath('auth');
const web = scopePath('web');
const notes = scopePath('auth/notes.yaml');

let bench: Bench;
let kept: Map<AgentId, AgentSession>;
let keepers: Map<AgentId, number>;
let files: Map<string, string>;
/** Where paths lead that are links. */
let links: Map<string, ScopePath>;
let coordinator: Coordinator;
/** Whether the process ends before what is recorded is in its place. */
let isKilled: boolean;

beforeEach(async () => {
  bench = await openBench();
  await defineScopes(bench.service, auth, web);
  kept = new Map();
  keepers = new Map();
  files = new Map();
  links = new Map();
  isKilled = false;
  coordinator = bench.service as unknown as Coordinator;
});

/** What a process stands on: sessions and files are shared by all, a name is kept by one. */
function portsOf(pid: number): ParticipantPorts {
  const sessions: SessionKeeping = {
    claim: async (agent) => {
      const other = keepers.get(agent);
      if (other !== undefined && other !== pid) return { kind: 'taken', by: { pid: other, sinceMs: 0 } };
      keepers.set(agent, pid);
      return { kind: 'kept' };
    },
    take: async (agent) => void keepers.set(agent, pid),
    keeper: async () => null,
    read: async (agent) => kept.get(agent) ?? null,
    write: async (session) => void kept.set(session.agent, session),
    release: async (agent) => void keepers.delete(agent),
    forget: async (agent) => {
      kept.delete(agent);
      keepers.delete(agent);
    },
  };
  const time = {
    monotonicMs: () => bench.clock.monotonicMs(),
    wallMs: () => bench.clock.wallMs(),
    schedule: (delayMs: number, run: () => void) => bench.timers.schedule(delayMs, run),
  };
  return {
    coordinator,
    sessions,
    files: {
      realPath: async (path) => links.get(path) ?? path,
      read: async (path) => files.get(path) ?? null,
      stage: async (path, mark, text) => void files.set(`${path}~${mark}`, text),
      staged: async (path, mark) => files.get(`${path}~${mark}`) ?? null,
      finish: async (path, mark) => {
        if (isKilled) throw new Error('killed');
        files.set(path, files.get(`${path}~${mark}`)!);
        files.delete(`${path}~${mark}`);
      },
      discard: async (path, mark) => void files.delete(`${path}~${mark}`),
    },
    time,
    newRequestId,
    newSecret: () => newRequestId().replaceAll(/\D/g, '').padStart(64, '0'),
  };
}

async function takePart(name: string, pid = 1, wish: Partial<PartWish> = {}): Promise<Participant> {
  const agent = name as AgentId;
  const whole = { agent, metadata: {}, from: `process ${pid}`, keepsLeft: false, ...wish };
  const took = await Participant.takePart(portsOf(pid), whole);
  if (took.kind !== 'joined') throw new Error(JSON.stringify(took));
  return took.participant;
}

/** Its process ends without leaving. */
function end(participant: Participant): void {
  participant.stop();
  keepers.clear();
}

const now = { ttlMs: null, wait: { kind: 'none' }, reason: null } as const;
/** Longer than the agent is silent for. */
const longLease = { ttlMs: 600_000 as DurationMs };
const waiting = { ...now, wait: { kind: 'queue', forMs: null } } as const;

async function acquired(participant: Participant, scope = auth, more: Partial<AcquireWish> = {}) {
  const got = await participant.acquire(
    { ...now, scopes: [scope], ...more },
    { signal: new AbortController().signal },
  );
  if (got.kind !== 'granted') throw new Error(JSON.stringify(got));
  return got.lock;
}

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) {
    for (let turn = 0; turn < 10; turn += 1) await settled();
    bench.timers.advance(Math.min(1_000, left));
  }
  for (let turn = 0; turn < 10; turn += 1) await settled();
}

async function holders(): Promise<Record<string, string>> {
  const { locks } = await coordinator.query({ kind: 'status', at: null });
  return Object.fromEntries(locks.map(({ scope, agent }) => [scope, agent]));
}

describe('what is acquired', () => {
  it('is renewed, with the session, until it is given back', async () => {
    const lock = await acquired(await takePart('alice'));
    await pass(3_600_000);
    expect([lock.loss, await holders()]).toEqual([null, { auth: 'alice' }]);
    expect(await lock.release()).toEqual([]);
    expect(await holders()).toEqual({});
    expect(await lock.release()).toEqual([]);
  });

  it('is lost at once when an operator takes it, and a write under it is refused', async () => {
    const lock = await acquired(await takePart('alice'));
    await bench.service.submit({
      requestId: newRequestId(),
      command: { kind: 'RevokeLock', scope: auth, by: 'carol', reason: null },
    });
    await pass(1);
    expect(lock.lost.aborted).toBe(true);
    expect(lock.loss?.end).toMatchObject({ kind: 'logged', by: 'carol' });
    expect(await lock.write(notes, () => 'new')).toMatchObject({ kind: 'refused' });
    expect(files.size).toBe(0);
    expect(await lock.release()).toEqual(['auth']);
  });

  it('covers writes in its own scopes only, and what was written is recorded', async () => {
    const lock = await acquired(await takePart('alice'));
    expect(await lock.write(notes, (before) => `${before ?? 'first'}\n`)).toEqual({ kind: 'written' });
    expect(await lock.write(notes, (before) => `${before ?? ''}second\n`)).toEqual({ kind: 'written' });
    expect(files.get(notes)).toBe('first\nsecond\n');
    for (const [path, scope] of [
      ['web/notes.yaml', 'web'],
      ['notes.yaml', null],
      ['auth/.git', null],
    ] as const)
      expect(await lock.write(scopePath(path), () => 'no')).toEqual({ kind: 'elsewhere', path, scope });
  });

  it('covers what a path really leads to, whatever it is called', async () => {
    const lock = await acquired(await takePart('alice'));
    const link = scopePath('auth/web.yaml');
    links.set(link, scopePath('web/notes.yaml'));
    expect(await lock.write(link, () => 'no')).toEqual({
      kind: 'elsewhere',
      path: 'web/notes.yaml',
      scope: 'web',
    });
    links.set('web/auth.yaml', notes);
    expect(await lock.write(scopePath('web/auth.yaml'), () => 'new')).toEqual({ kind: 'written' });
    expect([...files]).toEqual([[notes, 'new']]);
  });
});

it('who holds nothing stays present all the same', async () => {
  const alice = await takePart('alice');
  await pass(3_600_000);
  await acquired(alice);
});

describe('a wait', () => {
  it('that is given up leaves no place in the queue', async () => {
    const lock = await acquired(await takePart('alice'));
    const bob = await takePart('bob', 2);
    const stop = new AbortController();
    const waits = bob.acquire({ ...waiting, scopes: [auth] }, { signal: stop.signal });
    await pass(1);
    stop.abort();
    expect(await waits).toEqual({ kind: 'gaveUp', stuck: null });
    await lock.release();
    expect(await holders()).toEqual({});
  });

  it('lasts longer than a session, and is served', async () => {
    const lock = await acquired(await takePart('alice'));
    const bob = await takePart('bob', 2);
    const waits = bob.acquire({ ...waiting, scopes: [auth] }, { signal: new AbortController().signal });
    await pass(120_000);
    await lock.release();
    expect(await waits).toMatchObject({ kind: 'granted' });
  });
});

describe('what nobody here knows of', () => {
  /** The first command of a kind is lost, or its answer. */
  function lose(lost: 'request' | 'answer', kind: CallerCommand['kind']): void {
    const { service } = bench;
    let isLost = false;
    submitBy(async (request) => {
      if (isLost || request.command.kind !== kind) return service.submit(request);
      isLost = true;
      if (lost === 'answer') await service.submit(request);
      throw new CoordinatorError('UNAVAILABLE', 'gone', { details: { outcome: 'unknown' } });
    });
  }

  function submitBy(submit: Coordinator['submit']): void {
    const { service } = bench;
    coordinator = {
      submit,
      query: async (query) => service.query(query),
      awaitTicket: (ask, signal) => service.awaitTicket(ask, signal),
      watch: (from, signal) => service.watch(from, signal),
      refresh: () => Promise.reject(new Error('nothing is read anew here')),
      close: () => service.close(),
    };
  }

  it('is given back when it is a lock whose grant got no answer', async () => {
    lose('answer', 'AcquireLock');
    const alice = await takePart('alice');
    await expect(acquired(alice, auth, longLease)).rejects.toThrow('gone');
    const lock = await acquired(await takePart('bob', 2), web, longLease);
    expect(await holders()).toEqual({ auth: 'alice', web: 'bob' });
    await pass(3_600_000);
    expect([lock.loss, await holders()]).toEqual([null, { web: 'bob' }]);
  });

  it('is kept when it is acquired once more', async () => {
    lose('answer', 'AcquireLock');
    const alice = await takePart('alice');
    await expect(acquired(alice, auth, longLease)).rejects.toThrow('gone');
    const lock = await acquired(alice, auth, longLease);
    await pass(3_600_000);
    expect([lock.loss, await holders()]).toEqual([null, { auth: 'alice' }]);
  });

  it('is given back when it is a lock whose release was not heard', async () => {
    lose('request', 'ReleaseLock');
    const lock = await acquired(await takePart('alice'), auth, longLease);
    await expect(lock.release()).rejects.toThrow('gone');
    expect(await holders()).toEqual({ auth: 'alice' });
    await pass(3_600_000);
    expect(await holders()).toEqual({});
  });

  it('is left for a later process once this one has stopped, also by a heartbeat that was under way', async () => {
    let stop = (): void => undefined;
    submitBy(async (request) => {
      const reply = await bench.service.submit(request);
      if (request.command.kind === 'Heartbeat') stop();
      return reply;
    });
    const alice = await takePart('alice');
    await acquired(alice);
    await pass(299_000);
    stop = () => alice.stop();
    await pass(2_000);
    expect(await holders()).toEqual({ auth: 'alice' });
  });

  it('is given up when it is a place in the queue, before anything else is asked for', async () => {
    const lock = await acquired(await takePart('bob', 2));
    lose('answer', 'AcquireLock');
    const alice = await takePart('alice');
    const { signal } = new AbortController();
    await expect(alice.acquire({ ...waiting, scopes: [auth] }, { signal })).rejects.toThrow('gone');
    await acquired(alice, web);
    await lock.release();
    expect(await holders()).toEqual({ web: 'alice' });
  });
});

describe('a write', () => {
  async function killedInWrite(): Promise<Participant> {
    const before = await takePart('alice');
    const lock = await acquired(before);
    await lock.write(notes, () => 'first');
    isKilled = true;
    await expect(lock.write(notes, (text) => `${text}, second`)).rejects.toThrow('killed');
    isKilled = false;
    end(before);
    return takePart('alice', 2);
  }

  it('that was recorded when its process was killed is finished before the next', async () => {
    const lock = await acquired(await killedInWrite());
    expect(files.get(notes)).toBe('first');
    expect(await lock.write(notes, (text) => `${text}, third`)).toEqual({ kind: 'written' });
    expect([...files]).toEqual([[notes, 'first, second, third']]);
  });

  it('is not finished over what somebody else has made of the file since', async () => {
    const lock = await acquired(await killedInWrite());
    files.set(notes, 'by hand');
    expect(await lock.write(notes, (text) => `${text}, third`)).toMatchObject({ kind: 'refused' });
    expect(files.get(notes)).toBe('by hand');
  });
});

describe('a process that has ended without leaving', () => {
  it('is gone on from under its session, and what it had is given back', async () => {
    const before = await takePart('alice');
    await acquired(before);
    end(before);
    const after = await takePart('alice', 2);
    expect([after.left, await holders()]).toEqual([null, {}]);
  });

  it('leaves what it had to one that wants to go on with it', async () => {
    const before = await takePart('alice');
    const { token } = await acquired(before);
    end(before);
    const after = await takePart('alice', 2, { keepsLeft: true });
    expect(after.left?.token).toBe(token);
    await pass(3_600_000);
    expect(await holders()).toEqual({ auth: 'alice' });
    await after.leave();
    expect([await holders(), kept.size, keepers.size]).toEqual([{}, 0, 0]);
  });

  it('leaves a lock with a short lease, which lasts too', async () => {
    const before = await takePart('alice');
    await acquired(before, auth, { ttlMs: 6_000 as DurationMs });
    end(before);
    const after = await takePart('alice', 2, { keepsLeft: true });
    await pass(60_000);
    expect([after.left?.loss, await holders()]).toEqual([null, { auth: 'alice' }]);
  });

  it('and waited then does so no more', async () => {
    const lock = await acquired(await takePart('alice'));
    const before = await takePart('bob', 2);
    void before
      .acquire({ ...waiting, scopes: [auth] }, { signal: new AbortController().signal })
      .catch(() => null);
    await pass(1);
    before.stop();
    keepers.delete('bob' as AgentId);
    await takePart('bob', 3);
    await lock.release();
    expect(await holders()).toEqual({});
  });

  it('is renewed by nobody, and neither is what it went on with', async () => {
    const first = await takePart('alice');
    await acquired(first);
    end(first);
    const second = await takePart('alice', 2, { keepsLeft: true });
    second.stop();
    await pass(3_600_000);
    const { agents } = await coordinator.query({ kind: 'status', at: null });
    expect([agents[0]?.presence, second.left?.loss]).toEqual(['lost', null]);
  });

  it('that lives is not put out of its place', async () => {
    await takePart('alice');
    const wish = { agent: 'alice' as AgentId, metadata: {}, from: 'another', keepsLeft: false };
    expect(await Participant.takePart(portsOf(2), wish)).toMatchObject({ kind: 'kept', by: { pid: 1 } });
  });

  it('is joined anew once its session is over', async () => {
    const before = await takePart('alice');
    await acquired(before);
    end(before);
    await pass(3_600_000);
    const after = await takePart('alice', 2, { keepsLeft: true });
    expect(after.left).toBeNull();
  });
});

it('a name that is refused is not kept', async () => {
  await takePart('alice');
  const agent = 'alice' as AgentId;
  const session = { ...kept.get(agent)!, secret: 'f'.repeat(64) };
  kept.set(agent, session);
  keepers.clear();
  const wish = { agent, metadata: {}, from: 'another', keepsLeft: false };
  expect(await Participant.takePart(portsOf(2), wish)).toMatchObject({
    kind: 'refused',
    rejection: { code: 'SESSION_MISMATCH' },
  });
  expect([kept.get(agent), keepers.size]).toEqual([session, 0]);
});

it('a name under which nobody could take part is not kept', async () => {
  coordinator = { submit: () => Promise.reject(new Error('gone')) } as unknown as Coordinator;
  await expect(takePart('alice')).rejects.toThrow('gone');
  expect(keepers.size).toBe(0);
});

describe('a resumption without an answer', () => {
  const how = { way: 'resume', from: 'test' } as const;

  async function resumed(outcome: 'nothing' | 'unknown'): Promise<[AgentSession, AgentSession | undefined]> {
    await takePart('alice');
    const before = kept.get('alice' as AgentId)!;
    const submit = (): Promise<Reply> =>
      Promise.reject(new CoordinatorError('UNAVAILABLE', 'gone', { details: { outcome } }));
    const ports = portsOf(2);
    const speaker = new Speaker({ ...ports, coordinator: { submit } });
    const going = goOn({ ...ports, speaker }, before, how);
    await expect(going).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    return [before, kept.get('alice' as AgentId)];
  }

  it('of which nothing was written leaves the session as it was', async () => {
    const [before, after] = await resumed('nothing');
    expect(after).toEqual(before);
  });

  it('that may have taken effect leaves both secrets', async () => {
    const [before, after] = await resumed('unknown');
    expect(after?.secret).not.toBe(before.secret);
    expect(after?.formerSecret).toBe(before.secret);
  });

  it.each(['took effect', 'took none'])('that %s keeps nobody from going on', async (effect) => {
    const [before, after] = await resumed('unknown');
    if (after === undefined) throw new Error('no session was kept');
    const ports = portsOf(3);
    const speaker = new Speaker(ports);
    const { agent, epoch, secret } = before;
    if (effect === 'took effect')
      await speaker.submit({ kind: 'AgentResume', agent, epoch, secret, newSecret: after.secret, ...how });
    const wentOn = await goOn({ ...ports, speaker }, after, how);
    expect(wentOn).toMatchObject({ kind: 'wentOn', session: kept.get(agent)! });
    expect(Object.keys(kept.get(agent)!)).toEqual(['agent', 'epoch', 'secret']);
    expect(await speaker.submit({ kind: 'Heartbeat', ...proofOf(kept.get(agent)!) })).toMatchObject({
      ok: true,
    });
  });
});
