import { describe, expect, it } from 'vitest';
import type { Ticket } from '../core/index.ts';
import { acquire, defineScopes, join, openBench, release, resultOf, settled, submit } from './testing.ts';

async function queueUp(...names: string[]) {
  const bench = await openBench();
  await defineScopes(bench.service, 'a');
  const holder = await join(bench.service, 'holder');
  await acquire(bench.service, holder, 'a');
  const waiters = [];
  for (const name of names) {
    const who = await join(bench.service, name);
    const { ticket } = resultOf(await acquire(bench.service, who, 'a', true), 'queued');
    waiters.push({ who, ticket, request: { agent: who.agent, ticket } });
  }
  return { ...bench, holder, waiters };
}

describe('waiting for a ticket', () => {
  it('ends with the grant, its token and the revision that has it', async () => {
    const { service, holder, waiters } = await queueUp('ann');
    const granted = service.awaitTicket(waiters[0]!.request);
    const { revision } = await release(service, holder);
    expect(await granted).toMatchObject({
      kind: 'granted',
      revision,
      locks: [{ scope: 'a', token: revision }],
    });
  });

  it('ends for one waiter at a time, in order of asking', async () => {
    const { service, holder, waiters } = await queueUp('ann', 'bob', 'cem');
    const order: string[] = [];
    for (const { who, request } of waiters)
      void service.awaitTicket(request).then((reply) => order.push(`${who.agent} ${reply.kind}`));
    await release(service, holder);
    await settled();
    expect(order).toEqual(['ann granted']);
    await release(service, waiters[0]!.who);
    await settled();
    expect(order).toEqual(['ann granted', 'bob granted']);
  });

  it('ends with the cause when the wait was in vain', async () => {
    const { service, waiters } = await queueUp('ann');
    const ended = service.awaitTicket(waiters[0]!.request);
    await submit(service, { kind: 'CancelWait', ...waiters[0]!.who });
    expect(await ended).toMatchObject({ kind: 'ended', cause: 'cancelled' });
  });

  it('answers at once when the grant came before the question', async () => {
    const { service, holder, waiters } = await queueUp('ann');
    const { revision } = await release(service, holder);
    const reply = await service.awaitTicket(waiters[0]!.request);
    expect(reply).toMatchObject({ kind: 'granted', locks: [{ scope: 'a', token: revision }] });
  });

  it('answers how it ended when both grant and lock are in the past', async () => {
    const { service, holder, waiters } = await queueUp('ann');
    await release(service, holder);
    await release(service, waiters[0]!.who);
    expect(await service.awaitTicket(waiters[0]!.request)).toMatchObject({ kind: 'ended', cause: 'granted' });
  });

  it('answers the cause of an end that came before the question', async () => {
    const { service, waiters } = await queueUp('ann');
    await submit(service, { kind: 'CancelWait', ...waiters[0]!.who });
    expect(await service.awaitTicket(waiters[0]!.request)).toMatchObject({
      kind: 'ended',
      cause: 'cancelled',
    });
  });

  it('ends with the reason when what is due cannot be written, and the ticket is kept', async () => {
    const { service, store, timers, holder, waiters } = await queueUp('ann');
    const told = service.awaitTicket(waiters[0]!.request).catch((error: unknown) => error);
    await settled();
    store.fates.push('diskFull');
    timers.advance(60_000);
    await settled();
    expect(await told).toMatchObject({ code: 'STORE_FAILURE', details: { store: 'DISK_FULL' } });
    expect((await service.query({ kind: 'status', at: null })).waiters).toHaveLength(1);
    expect(holder).toBeDefined();
  });

  it('is not for others, nor for tickets that never were', async () => {
    const { service, holder, waiters } = await queueUp('ann');
    const { ticket } = waiters[0]!;
    const unknown = { kind: 'ended', cause: 'unknown' };
    expect(await service.awaitTicket({ agent: holder.agent, ticket })).toMatchObject(unknown);
    expect(await service.awaitTicket({ agent: holder.agent, ticket: 9_999 as Ticket })).toMatchObject(
      unknown,
    );
  });

  it('may be given up without giving up the ticket', async () => {
    const { service, holder, waiters } = await queueUp('ann');
    const giveUp = new AbortController();
    const waiting = service.awaitTicket(waiters[0]!.request, giveUp.signal);
    await settled();
    giveUp.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' });
    const again = service.awaitTicket(waiters[0]!.request);
    await release(service, holder);
    expect(await again).toMatchObject({ kind: 'granted' });
  });

  it('goes on in another service on the same log', async () => {
    const { service, log, clock, waiters, holder } = await queueUp('ann');
    await service.stop();
    const next = await openBench({ log, clock });
    const granted = next.service.awaitTicket(waiters[0]!.request);
    await release(next.service, holder);
    expect(await granted).toMatchObject({ kind: 'granted', locks: [{ scope: 'a' }] });
  });
});
