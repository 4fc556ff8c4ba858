import { describe, expect, it } from 'vitest';
import { asRevision, asTimeMs, type Message } from '../../core/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness, session, startMs } from '../testing/harness.ts';
import { agentId, scopePath } from '../testing/samples.ts';

const sending = (): FakeCoordinator =>
  new FakeCoordinator({
    submit: () => ({ kind: 'messageSent', recipients: [agentId('bob')] }),
  });

describe('say', () => {
  it('asks whoever holds a scope to give it back, as the agent that is named', async () => {
    const coordinator = sending();
    const harness = new Harness({ coordinator, sessions: [session('alice')] });
    const { code, stdout } = await harness.run(
      'say',
      'please',
      '--holder-of',
      'src/core',
      '--agent',
      'alice',
    );
    expect([code, stdout]).toEqual([0, 'sent to bob\n']);
    expect(coordinator.commands).toEqual([
      {
        kind: 'SendMessage',
        agent: 'alice',
        epoch: 3,
        secret: 'secret',
        to: { kind: 'holder', scope: 'src/core' },
        messageKind: 'request_release',
        text: 'please',
      },
    ]);
  });

  it.each([
    { words: ['hello', '--to', 'bob'], to: { kind: 'agent', agent: 'bob' }, messageKind: 'info' },
    { words: ['enough', '--all', '--kind', 'stop'], to: { kind: 'all' }, messageKind: 'stop' },
  ])('speaks as an operator where no agent is named: $words', async ({ words, to, messageKind }) => {
    const coordinator = sending();
    await new Harness({ coordinator }).run('say', ...words);
    expect(coordinator.commands).toEqual([
      { kind: 'SendAsOperator', by: 'olga', to, messageKind, text: words[0] },
    ]);
  });

  it.each([
    { words: ['hello'], problem: 'say who is meant' },
    { words: ['hello', '--all', '--to', 'bob'], problem: 'one of them' },
    { words: ['hello', '--all', '--kind', 'order'], problem: 'use one of info' },
    { words: ['hello', '--all', '--kind', 'request_release'], problem: 'name it with --holder-of' },
    { words: ['x'.repeat(2_001), '--all'], problem: 'at most 2000 characters, this one 2001' },
    { words: ['', '--all'], problem: 'this one is empty' },
    { words: [' \n', '--all'], problem: 'this one is empty' },
    { words: ['hello', '--all', '--take-over'], problem: '--take-over is of an agent' },
    { words: ['hello', '--all', '--operator', '--agent', 'alice'], problem: 'only one can speak' },
  ])('says what is wrong with $words', async ({ words, problem }) => {
    const coordinator = sending();
    const { code, stderr } = await new Harness({ coordinator }).run('say', ...words);
    expect([code, stderr]).toEqual([2, expect.stringContaining(problem)]);
    expect(coordinator.commands).toEqual([]);
  });
});

const message = (over: Partial<Message>): Message => ({
  revision: asRevision(12),
  atMs: asTimeMs(startMs),
  from: agentId('bob'),
  by: null,
  messageKind: 'info',
  way: { kind: 'agent' },
  text: 'hello',
  ...over,
});

const having = (messages: readonly Message[], gaveWay = 0): Harness =>
  new Harness({
    coordinator: new FakeCoordinator({ submit: () => ({ kind: 'messagesRead', messages, gaveWay }) }),
    sessions: [session('alice')],
  });

describe('inbox', () => {
  it('shows who wants what, each line of a text below, and how many gave way', async () => {
    const way = { kind: 'holder', scope: scopePath('src/core') } as const;
    const asked = message({ messageKind: 'request_release', way, text: 'please\n@13 not mine' });
    const stop = { messageKind: 'stop', way: { kind: 'all' }, from: null, by: 'eve' } as const;
    const harness = having([asked, message({ ...stop, revision: asRevision(14), text: 'now' })], 3);
    const { stdout } = await harness.run('inbox', '--agent', 'alice');
    expect(stdout.replaceAll(/\d\d:\d\d:\d\d/g, 'TIME')).toBe(
      [
        '3 earlier messages gave way unread (max_unread_messages)',
        '@12 TIME bob asks you to give back src/core: please',
        '    @13 not mine',
        '@14 TIME operator eve tells all to stop: now',
        '',
      ].join('\n'),
    );
  });

  it('shows letters that show nothing, or drive a terminal, as escapes', async () => {
    const { stdout } = await having([message({ text: 'a\u001b[2Jb\u202ec\u200bd' })]).run(
      'inbox',
      '--agent',
      'alice',
    );
    expect(stdout).toContain(String.raw`a\u001b[2Jb\u202ec\u200bd`);
  });

  it('says that there is none', async () => {
    const { stdout } = await having([]).run('inbox', '--agent', 'alice');
    expect(stdout).toBe('alice has no unread message\n');
  });

  it('gives all of it as JSON', async () => {
    const { body } = await having([message({})], 1).json('inbox', '--agent', 'alice');
    expect(body).toMatchObject({ agent: 'alice', gaveWay: 1, messages: [{ revision: 12, text: 'hello' }] });
  });
});

describe('whatever an agent types', () => {
  const waiting = (unread?: number): Harness => {
    const coordinator = new FakeCoordinator({ submit: () => ({ kind: 'waitCancelled', ticket: null }) });
    const submit = coordinator.submit.bind(coordinator);
    coordinator.submit = async (request) => ({ ...(await submit(request)), ...(unread && { unread }) });
    return new Harness({ coordinator, sessions: [session('alice')] });
  };

  it('tells how many messages wait for it', async () => {
    const { stdout, stderr } = await waiting(2).run('lock', 'cancel', '--agent', 'alice');
    expect(stdout).toBe('alice was not waiting: nothing changed\n');
    expect(stderr).toBe('rhema: alice has 2 unread messages: rhema inbox --agent alice\n');
    const { body } = await waiting(2).json('lock', 'cancel', '--agent', 'alice');
    expect(body['unread']).toBe(2);
  });

  it('says nothing of it where there is none', async () => {
    const { stderr } = await waiting().run('lock', 'cancel', '--agent', 'alice');
    expect(stderr).toBe('');
    const { body } = await waiting().json('lock', 'cancel', '--agent', 'alice');
    expect(body).not.toHaveProperty('unread');
  });
});
