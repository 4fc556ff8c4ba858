import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs, type AgentId, type ScopePath, type Ticket } from '../core/index.ts';
import type { CommandRequest, Coordinator } from './coordinator.ts';
import type { StatusAnswer } from './answers.ts';
import { onWallClock } from './local-time.ts';

const hourMs = 3_600_000;
const wallMs = 1_800_000_000_000;
/** The log's time: a wall that was wrong for a moment took it six hours ahead. */
const logMs = wallMs + 6 * hourMs;
const revision = asRevision(9);
const grantUntil = (deadlineMs: number) => ({
  scope: 'a' as ScopePath,
  token: revision,
  deadlineMs: asTimeMs(deadlineMs),
  contendedSinceMs: null,
});

function answering(answers: Partial<Coordinator>): Coordinator {
  return onWallClock(answers as Coordinator, () => wallMs);
}

async function submitted(nowMs: number): Promise<unknown> {
  const result = { kind: 'granted', locks: [grantUntil(nowMs + 60_000)] } as const;
  const coordinator = answering({
    submit: async () => ({ ok: true, revision, atMs: asTimeMs(nowMs), result }),
  });
  return coordinator.submit({} as CommandRequest);
}

describe('deadlines on the clock of whoever asks', () => {
  it.each([
    ['ahead', logMs],
    ['behind', wallMs - 4_000],
  ])('are as far ahead as in the log, when the log is %s', async (_, nowMs) => {
    expect(await submitted(nowMs)).toMatchObject({
      atMs: wallMs,
      result: { locks: [{ deadlineMs: wallMs + 60_000 }] },
    });
  });

  it('stay as they are while the clocks agree but for a part of a second', async () => {
    expect(await submitted(wallMs + 400)).toMatchObject({
      atMs: wallMs + 400,
      result: { locks: [{ deadlineMs: wallMs + 60_400 }] },
    });
  });

  it('are told so as well to whoever waited', async () => {
    const reply = { kind: 'granted', revision, locks: [grantUntil(logMs + 60_000)], atMs: asTimeMs(logMs) };
    const coordinator = answering({ awaitTicket: async () => reply as never });
    expect(
      await coordinator.awaitTicket({ agent: 'ann' as AgentId, ticket: revision as Ticket }),
    ).toMatchObject({
      locks: [{ deadlineMs: wallMs + 60_000 }],
    });
  });

  it('are told so in views, where what is over keeps its time', async () => {
    const lock = { deadlineMs: logMs + 60_000, grantedAtMs: logMs - 5_000, ttlMs: 60_000 };
    const agent = { joinedAtMs: wallMs - hourMs };
    const answer = { revision, nowMs: logMs, locks: [lock], agents: [agent] } as unknown as StatusAnswer;
    const coordinator = answering({ query: async () => answer as never });
    expect(await coordinator.query({ kind: 'status', at: null })).toMatchObject({
      nowMs: wallMs,
      locks: [{ deadlineMs: wallMs + 60_000, grantedAtMs: wallMs - 5_000, ttlMs: 60_000 }],
      agents: [{ joinedAtMs: wallMs - hourMs }],
    });
  });

  it('of a past moment stay as they were', async () => {
    const answer = { revision, locks: [{ deadlineMs: logMs }] } as unknown as StatusAnswer;
    const coordinator = answering({ query: async () => answer as never });
    expect(await coordinator.query({ kind: 'status', at: null })).toEqual(answer);
  });

  it('change nothing of what is asked for beside them', async () => {
    const asked: unknown[] = [];
    const coordinator = answering({ refresh: async (options) => (asked.push(options), {} as never) });
    await coordinator.refresh({ acceptNone: true });
    expect(asked).toEqual([{ acceptNone: true }]);
  });
});
