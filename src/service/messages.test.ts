import { expect, it } from 'vitest';
import type { AgentId } from '../core/index.ts';
import { acquire, defineScopes, join, openBench, resultOf, settled, submit, type Bench } from './testing.ts';

const hello = { to: { kind: 'agent', agent: 'bob' as AgentId }, messageKind: 'info', text: 'hello' } as const;

async function withAgents() {
  const bench = await openBench({ options: { snapshotEveryEntries: 2 } });
  await defineScopes(bench.service, 'a');
  const [ann, bob] = [await join(bench.service, 'ann'), await join(bench.service, 'bob')];
  await submit(bench.service, { kind: 'SendMessage', ...ann, ...hello });
  return { bench, ann, bob };
}

/** Another owner opens the same log. */
const reopened = ({ log, clock }: Bench): Promise<Bench> => openBench({ log, clock });

it('messages outlive the owner of the log, and so does that they were read', async () => {
  const { bench, bob } = await withAgents();
  const second = await reopened(bench);
  const read = await submit(second.service, { kind: 'ReadMessages', ...bob }, 'r1');
  expect(resultOf(read, 'messagesRead').messages.map(({ text }) => text)).toEqual(['hello']);
  const third = await reopened(second);
  expect(await submit(third.service, { kind: 'ReadMessages', ...bob }, 'r1')).toMatchObject({
    revision: read.revision,
    result: resultOf(read, 'messagesRead'),
  });
  const again = await submit(third.service, { kind: 'ReadMessages', ...bob });
  expect(resultOf(again, 'messagesRead').messages).toEqual([]);
});

it('messages whose answer was lost are given again to the same request', async () => {
  const { bench, bob } = await withAgents();
  bench.store.fates.push('answerLost');
  const reading = submit(bench.service, { kind: 'ReadMessages', ...bob }, 'r1');
  await settled();
  bench.timers.advance(1_000);
  const { messages } = resultOf(await reading, 'messagesRead');
  expect(messages.map(({ text }) => text)).toEqual(['hello']);
});

it('each answer to an agent says how many messages it has not read, also one that refuses', async () => {
  const { bench, ann, bob } = await withAgents();
  expect(await acquire(bench.service, ann, 'a')).not.toHaveProperty('unread');
  expect(await acquire(bench.service, bob, 'a')).toMatchObject({ ok: false, unread: 1 });
  expect(await submit(bench.service, { kind: 'ReadMessages', ...bob })).not.toHaveProperty('unread');
});

it('the status says how many messages an agent has not read, and shows none of them', async () => {
  const { bench } = await withAgents();
  const status = await bench.service.query({ kind: 'status', at: null });
  expect(status.agents.map(({ agent, unread }) => [agent, unread])).toEqual([
    ['ann', 0],
    ['bob', 1],
  ]);
  expect(JSON.stringify(status)).not.toContain('hello');
});
