/** Context files: nobody overwrites what another has written without knowing of it. */
import { expect, it } from 'vitest';
import { filePath } from '../support/machine.ts';
import {
  askAndGiveUp,
  auth,
  contenders,
  hasLost,
  revoke,
  waitOneSecond,
  web,
  withholdViews,
  type Pair,
} from './support/contenders.ts';
import { quiet, type Told } from './support/stage.ts';

const path = `${auth}/notes.md`;
const digest = (letter: string): string => letter.repeat(64);

interface Notes extends Pair {
  /** Takes a turn: acquires the scope, does something, gives it back. */
  readonly turn: (agent: 'alice' | 'bob', act: () => Promise<Told>) => Promise<Told>;
  readonly write: (agent: 'alice' | 'bob', content: string) => Promise<Told>;
  readonly check: (agent: 'alice' | 'bob') => Promise<Told>;
}

async function notes(...changed: Parameters<typeof contenders>): Promise<Notes> {
  const pair = await contenders(...changed);
  const turn: Notes['turn'] = async (agent, act) => {
    await pair[agent].acquire(agent, auth);
    const told = await act();
    await pair[agent].call('lock_release', { agent });
    return told;
  };
  const check: Notes['check'] = (agent) => pair[agent].call('lock_check', { agent, path });
  const write: Notes['write'] = (agent, content) =>
    turn(agent, () => {
      pair.stage.digests.set(path, digest(content));
      return pair[agent].call('context_record', { agent, path });
    });
  return { ...pair, turn, check, write };
}

const conflict = { isError: true, facts: { code: 'CONTEXT_CONFLICT' } };

it('the first record of a file passes, and so does each further one of who alone writes it', async () => {
  const { write } = await notes();
  for (const content of ['a', 'b', 'c']) expect((await write('alice', content)).isError).toBe(false);
});

it('a record over what another has written since one saw the file is refused, again and again', async () => {
  const { check, turn, write } = await notes();
  await write('alice', 'a');
  await turn('bob', () => check('bob'));
  await write('alice', 'b');
  for (let time = 0; time < 2; time += 1) {
    const refused = await write('bob', 'c');
    expect(refused).toMatchObject(conflict);
    expect(refused.text).toContain('was changed by alice');
    expect(refused.text).toMatch(/\nNext: .*lock_check the path/);
  }
});

it('an agent that never saw a file is told of what is recorded, and may record once it knows', async () => {
  const { check, turn, write } = await notes();
  await write('alice', 'a');
  expect(await write('bob', 'b')).toMatchObject(conflict);
  expect((await turn('bob', () => check('bob'))).text).toMatch(
    /\nRecorded last by alice, @\d+\. Read it before/,
  );
  expect((await write('bob', 'b')).isError).toBe(false);
  expect((await check('alice')).text).toMatch(/\nCHANGED since you last saw it: recorded by bob, @\d+\./);
});

it('a record of what is recorded already takes nothing from anybody', async () => {
  const { write } = await notes();
  await write('alice', 'a');
  expect((await write('bob', 'a')).isError).toBe(false);
});

it('a process that goes on as an agent has seen nothing yet', async () => {
  const { alice, stage, write } = await notes();
  await write('alice', 'a');
  await alice.server.kill();
  const back = await stage.startClient();
  await back.join('alice', { resume: true });
  await back.acquire('alice', auth);
  stage.digests.set(path, digest('b'));
  expect(await back.call('context_record', { agent: 'alice', path })).toMatchObject(conflict);
});

it('a check that nobody heard counts for nothing', async () => {
  const { bob, stage, turn, check, write } = await notes();
  await write('alice', 'a');
  await turn('bob', async () => {
    const answer = withholdViews(stage, ({ kind }) => kind === 'mayWrite');
    await askAndGiveUp(bob, 'lock_check', { agent: 'bob', path }, 'request timeout');
    answer();
    await quiet();
    return bob.call('coordination_status', {});
  });
  expect(await write('bob', 'b')).toMatchObject(conflict);
  expect((await check('bob')).text).toContain('Recorded last by alice');
});

it('who holds one scope and waits for another must not write, and the check says what a record would', async () => {
  const { alice, bob, check, stage } = await notes({ maxLocksPerAgent: 2 });
  await bob.acquire('bob', web);
  await alice.acquire('alice', auth);
  expect((await check('alice')).facts).toMatchObject({ mayWrite: true });
  await waitOneSecond(stage, alice, 'alice', [web]);
  expect((await check('alice')).facts).toMatchObject({ mayWrite: false });
  stage.digests.set(path, digest('a'));
  const refused = await alice.call('context_record', { agent: 'alice', path });
  expect(refused).toMatchObject({ isError: true, facts: { code: 'ALREADY_WAITING' } });
});

it('who records what another has recorded already is told whose it is', async () => {
  const { write } = await notes();
  await write('alice', 'a');
  await write('bob', 'a');
  const told = await write('alice', 'a');
  expect(told.text).toContain('RECORDED');
  expect(told.text).not.toContain('gone');
  const { write: other } = await notes();
  await other('alice', 'a');
  expect((await other('bob', 'a')).text).toMatch(
    /It is what alice recorded, @\d+: if you wrote anything else there, that is gone\. Read the file\./,
  );
});

it('a file that is held is recorded under its own lock, also after the whole scope was lost', async () => {
  const { alice, stage } = await notes();
  await alice.acquire('alice', auth);
  await revoke(stage, auth);
  await hasLost(alice, 'alice');
  await alice.call('lock_acquire', { agent: 'alice', scopes: [path] });
  stage.digests.set(path, digest('a'));
  expect((await alice.call('context_record', { agent: 'alice', path })).isError).toBe(false);
});

it('a record after the claim of the file was lost is refused, and takes no lock', async () => {
  const { alice, stage } = await notes();
  await alice.call('lock_acquire', { agent: 'alice', scopes: [path] });
  const command = { kind: 'RevokeLock', by: 'olga', file: filePath(path), reason: null } as const;
  await stage.coordinator.submit({ requestId: 'revoke the file', command });
  await hasLost(alice, 'alice');
  stage.digests.set(path, digest('a'));
  const refused = await alice.call('context_record', { agent: 'alice', path });
  expect(refused).toMatchObject({ isError: true, facts: { code: 'LOCK_NOT_HELD' } });
});
