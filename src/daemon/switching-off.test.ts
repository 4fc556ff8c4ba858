import { describe, expect, it } from 'vitest';
import type { AgentId, ScopePath } from '../core/index.ts';
import type { CommandRequest, StatusAnswer } from '../protocol/index.ts';
import { whileSwitchingOff, withQueueClosed } from './switching-off.ts';

const status = {
  locks: [{ scope: 'held', agent: 'alice' }],
  waiters: [{ agent: 'bob', scopes: ['held', 'awaited'] }],
  syncs: [],
} as unknown as StatusAnswer;

const acquire = (agent: string, ...scopes: string[]): CommandRequest => ({
  requestId: 'r',
  command: {
    kind: 'AcquireLock',
    agent: agent as AgentId,
    epoch: 1 as never,
    secret: 'secret',
    scopes: scopes as ScopePath[],
    ttlMs: null,
    wait: { kind: 'queue', forMs: null },
    reason: null,
  },
});

describe('while coordination is being switched off', () => {
  it('what is free is not given out any more', () => {
    expect(() => whileSwitchingOff(acquire('carl', 'free'), status)).toThrow(
      expect.objectContaining({ code: 'DISABLED', message: expect.stringContaining('1 held, 1 waited for') }),
    );
  });

  it.each([['held'], ['awaited'], ['free', 'held']])(
    'whoever asks for what another has or waits for is answered as ever, but gets no ticket: %s %s',
    (...scopes) => {
      const { command } = whileSwitchingOff(acquire('carl', ...scopes), status);
      expect(command).toMatchObject({ kind: 'AcquireLock', scopes, wait: { kind: 'none' } });
    },
  );

  it.each([
    ['holder', acquire('alice', 'held')],
    ['waiter', acquire('bob', 'held', 'awaited')],
  ])('a %s may ask again for what it has', (_who, request) => {
    expect(whileSwitchingOff(request, status)).toBe(request);
  });

  it('who would have waited is told why it may not', () => {
    const rejection = {
      code: 'LOCK_HELD',
      message: 'alice has it: ask to wait',
      details: { scope: 'held' },
    } as const;
    const told = withQueueClosed({ ok: false, revision: 1, atMs: 0, rejection } as never);
    expect(told).toMatchObject({
      rejection: {
        code: 'LOCK_HELD',
        message: expect.stringContaining('switched off'),
        details: { scope: 'held', queueClosed: expect.stringContaining('nothing new is given out') },
      },
    });
  });

  it('no sync is started', () => {
    const command = { kind: 'StartSync', agent: 'alice', epoch: 1, secret: 's', scope: 'held' } as never;
    expect(() => whileSwitchingOff({ requestId: 'r', command }, status)).toThrow('switched off');
  });

  it('all that ends something is served', () => {
    const command = { kind: 'ReleaseLock', agent: 'alice', epoch: 1, secret: 's', scopes: null, token: null };
    const request = { requestId: 'r', command } as never;
    expect(whileSwitchingOff(request, status)).toBe(request);
  });
});
