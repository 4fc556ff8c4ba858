/** What somebody says to an agent comes with its next answer: once, also where that was not heard. */
import { expect, it } from 'vitest';
import { askAndGiveUp, auth, contenders } from './support/contenders.ts';
import { quiet, withholdAnswers } from './support/stage.ts';

const hello = { agent: 'alice', to: 'bob', message: 'hello' };

it('a message comes with the answer to whatever is asked next, and only once', async () => {
  const { alice, bob } = await contenders();
  expect((await alice.call('agent_report', hello)).facts).toEqual({ recipients: ['bob'] });
  const answers = [await bob.call('coordination_status', { agent: 'bob' }), await bob.acquire('bob', auth)];
  expect(answers.map(({ text }) => text.includes('Message: alice tells you: "hello"'))).toEqual([
    true,
    false,
  ]);
});

it('a message that comes while a call waits is told with its answer', async () => {
  const { stage, alice, bob } = await contenders();
  await alice.acquire('alice', auth);
  const waiting = bob.acquire('bob', auth, { wait_seconds: 1 });
  await quiet();
  await alice.call('agent_report', { ...hello, kind: 'stop' });
  await stage.pass(1_000);
  expect((await waiting).text).toMatch(/^STOP: alice tells you to stop: "hello"\nWAITING/);
});

it('a message whose answer nobody heard is told with the next', async () => {
  const { stage, alice, bob } = await contenders();
  await alice.call('agent_report', hello);
  const answer = withholdAnswers(stage, 'ReadMessages');
  await askAndGiveUp(bob, 'lock_check', { agent: 'bob', path: auth }, 'request timeout');
  answer();
  await quiet();
  expect((await bob.call('lock_check', { agent: 'bob', path: auth })).text).toContain('"hello"');
});

it('an agent is told how many messages it never got', async () => {
  const { alice, bob } = await contenders();
  for (let count = 1; count <= 12; count += 1)
    await alice.call('agent_report', { ...hello, message: `number ${count}` });
  const { text } = await bob.call('lock_check', { agent: 'bob', path: auth });
  expect(text).toMatch(/^2 messages to you gave way to later ones, unread\.\nMessage: .*"number 3"/);
});

it('a long message stands whole, and what is too long is refused with the argument at fault', async () => {
  const { alice, bob } = await contenders();
  await alice.call('agent_report', { ...hello, message: 'x'.repeat(2_000) });
  expect((await bob.call('lock_check', { agent: 'bob', path: auth })).text).toContain(
    `"${'x'.repeat(2_000)}"`,
  );
  const refused = await alice.call('agent_report', { ...hello, message: 'x'.repeat(2_001) });
  expect(refused.text).toMatch(/^INVALID_INPUT: message: /);
});

it('one call may send a message and say how its agent is', async () => {
  const { alice, bob } = await contenders();
  const done = await alice.call('agent_report', { ...hello, status: 'completed' });
  expect(done.text).toBe('SENT to "bob".\nalice is completed.');
  const inVain = await bob.call('agent_report', {
    agent: 'bob',
    to: 'nobody-here',
    message: 'x',
    status: 'left',
  });
  expect(inVain.text).toMatch(/^NO_RECIPIENT/);
  expect((await bob.call('lock_check', { agent: 'bob', path: auth })).isError).toBe(false);
});

it('what is asked for must be named', async () => {
  const { alice } = await contenders();
  const asked = await alice.call('agent_report', { ...hello, kind: 'request_release' });
  expect(asked.text).toMatch(/^INVALID_INPUT: kind: request_release asks for something/);
  const both = await alice.call('agent_report', { ...hello, holder_of: auth });
  expect(both.text).toMatch(/^INVALID_INPUT: holder_of: /);
});

it('more messages than one answer bears are told with several', async () => {
  const { stage, alice, bob } = await contenders({ maxUnreadMessages: 30 });
  for (let count = 1; count <= 12; count += 1) {
    if (count % 10 === 0) await stage.pass(60_000);
    await alice.call('agent_report', { ...hello, message: `${count}.`.padEnd(1_900, 'x') });
  }
  const toldIn = async (): Promise<string[]> => {
    const { text } = await bob.call('coordination_status', { agent: 'bob' });
    return [...text.matchAll(/"(\d+)\.x|(\d+ more messages? to you: told with your next call)/g)].map(
      ([, number, more]) => number ?? more ?? '',
    );
  };
  expect(await toldIn()).toEqual([
    ...'1 2 3 4 5 6 7 8 9 10'.split(' '),
    '2 more messages to you: told with your next call',
  ]);
  expect(await toldIn()).toEqual(['11', '12']);
  expect(await toldIn()).toEqual([]);
});

it('a kind of message without anybody to tell it is no report', async () => {
  const { alice } = await contenders();
  const said = await alice.call('agent_report', {
    agent: 'alice',
    status: 'idle',
    message: 'stop now',
    kind: 'stop',
  });
  expect(said).toMatchObject({ isError: true });
  expect(said.text).toContain('kind: it is of a message: name in to or holder_of for whom that is');
});
