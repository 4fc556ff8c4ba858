import { beforeEach, describe, expect, it } from 'vitest';
import type { CallerCommand, Coordinator } from '../protocol/index.ts';
import { CoordinatorError } from '../protocol/index.ts';
import { newRequestId, scopePath } from '../service/testing.ts';
import type { Participant } from './participant.ts';
import { acquired, auth, longLease, Stage, waiting, web } from '../../test/support/processes.ts';

const notes = scopePath('auth/notes.yaml');

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});

describe('what is acquired', () => {
  it('is renewed, with the session, until it is given back', async () => {
    const lock = await acquired(await stage.takePart('alice'));
    await stage.pass(3_600_000);
    expect([lock.loss, await stage.holders()]).toEqual([null, { auth: 'alice' }]);
    expect(await lock.release()).toEqual([]);
    expect(await stage.holders()).toEqual({});
    expect(await lock.release()).toEqual([]);
  });

  it('is lost at once when an operator takes it, and a write under it is refused', async () => {
    const lock = await acquired(await stage.takePart('alice'));
    await stage.bench.service.submit({
      requestId: newRequestId(),
      command: { kind: 'RevokeLock', scope: auth, by: 'carol', reason: null },
    });
    await stage.pass(1);
    expect(lock.lost.aborted).toBe(true);
    expect(lock.loss?.end).toMatchObject({ kind: 'logged', by: 'carol' });
    expect(await lock.write(notes, () => 'new')).toMatchObject({ kind: 'refused' });
    expect(stage.files.size).toBe(0);
    expect(await lock.release()).toEqual(['auth']);
  });

  it('covers writes in its own scopes only, and what was written is recorded', async () => {
    const lock = await acquired(await stage.takePart('alice'));
    expect(await lock.write(notes, (before) => `${before ?? 'first'}\n`)).toMatchObject({ kind: 'written' });
    expect(await lock.write(notes, (before) => `${before ?? ''}second\n`)).toMatchObject({ kind: 'written' });
    expect(stage.files.get(notes)).toBe('first\nsecond\n');
    for (const [path, scope] of [
      ['web/notes.yaml', 'web'],
      ['notes.yaml', null],
      ['auth/.git', null],
    ] as const)
      expect(await lock.write(scopePath(path), () => 'no')).toEqual({ kind: 'elsewhere', path, scope });
  });

  it('covers what a path really leads to, whatever it is called', async () => {
    const lock = await acquired(await stage.takePart('alice'));
    const link = scopePath('auth/web.yaml');
    stage.links.set(link, scopePath('web/notes.yaml'));
    expect(await lock.write(link, () => 'no')).toEqual({
      kind: 'elsewhere',
      path: 'web/notes.yaml',
      scope: 'web',
    });
    stage.links.set('web/auth.yaml', notes);
    expect(await lock.write(scopePath('web/auth.yaml'), () => 'new')).toMatchObject({ kind: 'written' });
    expect([...stage.files]).toEqual([[notes, 'new']]);
  });
});

it('who holds nothing stays present all the same', async () => {
  const alice = await stage.takePart('alice');
  await stage.pass(3_600_000);
  await acquired(alice);
});

describe('a wait', () => {
  it('that is given up leaves no ticket', async () => {
    const lock = await acquired(await stage.takePart('alice'));
    const bob = await stage.takePart('bob', 2);
    const stop = new AbortController();
    const waits = bob.acquire({ ...waiting, scopes: [auth] }, { signal: stop.signal });
    await stage.pass(1);
    stop.abort();
    expect(await waits).toEqual({ kind: 'gaveUp', stuck: null });
    await lock.release();
    expect(await stage.holders()).toEqual({});
  });

  it('lasts longer than a session, and is served', async () => {
    const lock = await acquired(await stage.takePart('alice'));
    const bob = await stage.takePart('bob', 2);
    const waits = bob.acquire({ ...waiting, scopes: [auth] }, { signal: new AbortController().signal });
    await stage.pass(120_000);
    await lock.release();
    expect(await waits).toMatchObject({ kind: 'granted' });
  });
});

describe('what nobody here knows of', () => {
  /** The first command of a kind is lost, or its answer. */
  function lose(lost: 'request' | 'answer', kind: CallerCommand['kind']): void {
    const { service } = stage.bench;
    let isLost = false;
    submitBy(async (request) => {
      if (isLost || request.command.kind !== kind) return service.submit(request);
      isLost = true;
      if (lost === 'answer') await service.submit(request);
      throw new CoordinatorError('UNAVAILABLE', 'gone', { details: { outcome: 'unknown' } });
    });
  }

  function submitBy(submit: Coordinator['submit']): void {
    const { service } = stage.bench;
    stage.coordinator = {
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
    const alice = await stage.takePart('alice');
    await expect(acquired(alice, auth, longLease)).rejects.toThrow('gone');
    const lock = await acquired(await stage.takePart('bob', 2), web, longLease);
    expect(await stage.holders()).toEqual({ auth: 'alice', web: 'bob' });
    await stage.pass(3_600_000);
    expect([lock.loss, await stage.holders()]).toEqual([null, { web: 'bob' }]);
  });

  it('is kept when it is acquired once more', async () => {
    lose('answer', 'AcquireLock');
    const alice = await stage.takePart('alice');
    await expect(acquired(alice, auth, longLease)).rejects.toThrow('gone');
    const lock = await acquired(alice, auth, longLease);
    await stage.pass(3_600_000);
    expect([lock.loss, await stage.holders()]).toEqual([null, { auth: 'alice' }]);
  });

  it('is given back when it is a lock whose release was not heard', async () => {
    lose('request', 'ReleaseLock');
    const lock = await acquired(await stage.takePart('alice'), auth, longLease);
    await expect(lock.release()).rejects.toThrow('gone');
    expect(await stage.holders()).toEqual({ auth: 'alice' });
    await stage.pass(3_600_000);
    expect(await stage.holders()).toEqual({});
  });

  it('is left for a later process once this one has stopped, also by a heartbeat that was under way', async () => {
    let stop = (): void => undefined;
    submitBy(async (request) => {
      const reply = await stage.bench.service.submit(request);
      if (request.command.kind === 'Heartbeat') stop();
      return reply;
    });
    const alice = await stage.takePart('alice');
    await acquired(alice);
    await stage.pass(299_000);
    stop = () => alice.stop();
    await stage.pass(2_000);
    expect(await stage.holders()).toEqual({ auth: 'alice' });
  });

  it('is given up when it is a ticket, before anything else is asked for', async () => {
    const lock = await acquired(await stage.takePart('bob', 2));
    lose('answer', 'AcquireLock');
    const alice = await stage.takePart('alice');
    const { signal } = new AbortController();
    await expect(alice.acquire({ ...waiting, scopes: [auth] }, { signal })).rejects.toThrow('gone');
    await acquired(alice, web);
    await lock.release();
    expect(await stage.holders()).toEqual({ web: 'alice' });
  });
});

describe('a write', () => {
  async function killedInWrite(): Promise<Participant> {
    const before = await stage.takePart('alice');
    const lock = await acquired(before);
    await lock.write(notes, () => 'first');
    stage.isKilled = true;
    await expect(lock.write(notes, (text) => `${text}, second`)).rejects.toThrow('killed');
    stage.isKilled = false;
    stage.end(before);
    return stage.takePart('alice', 2);
  }

  it('that was recorded when its process was killed is finished before the next', async () => {
    const lock = await acquired(await killedInWrite());
    expect(stage.files.get(notes)).toBe('first');
    expect(await lock.write(notes, (text) => `${text}, third`)).toMatchObject({ kind: 'written' });
    expect([...stage.files]).toEqual([[notes, 'first, second, third']]);
  });

  it.each([
    ['nothing was recorded leaves nothing beside the file', 'nothing', 0],
    ['may have been recorded leaves its text beside the file', 'unknown', 1],
  ] as const)('that failed and of which %s', async (_, outcome, left) => {
    const lock = await acquired(await stage.takePart('alice'));
    const { coordinator } = stage;
    const submit = coordinator.submit.bind(coordinator);
    const failure = new CoordinatorError('UNAVAILABLE', 'gone', { details: { outcome } });
    stage.coordinator.submit = (request) =>
      request.command.kind === 'ContextModify' ? Promise.reject(failure) : submit(request);
    await expect(lock.write(notes, () => 'new')).rejects.toBe(failure);
    expect(stage.files.size).toBe(left);
  });

  it('is not finished over what somebody else has made of the file since', async () => {
    const lock = await acquired(await killedInWrite());
    stage.files.set(notes, 'by hand');
    expect(await lock.write(notes, (text) => `${text}, third`)).toMatchObject({ kind: 'refused' });
    expect(stage.files.get(notes)).toBe('by hand');
  });
});
