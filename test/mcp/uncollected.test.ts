/** Locks that came while no call was there to tell of them. */
import { expect, it } from 'vitest';
import {
  auth,
  contenders,
  cutOff,
  delay,
  giveBackInName,
  grantedBetweenCalls,
  heldBy,
  lostAnswer,
  revoke,
  web,
} from './support/contenders.ts';
import { quiet, withholdAnswers } from './support/stage.ts';

it('a grant that was revoked before anybody collected it is told as lost, and not as held', async () => {
  const pair = await contenders();
  await grantedBetweenCalls(pair, [auth]);
  await revoke(pair.stage, auth);
  const told = await pair.bob.call('coordination_status', { agent: 'bob' });
  expect(told.text).toMatch(
    /^LOST "services\/auth" \(token \d+\), which was granted while you did not wait, 0 s ago: "olga" revoked it/,
  );
  expect(told.text).not.toContain('It is yours now');
  await pair.stage.pass(200_000);
  expect((await pair.bob.call('coordination_status', { agent: 'bob' })).text).not.toContain('PASSED ON');
});

it('a lock that could not be passed on and was asked for meanwhile is not taken away', async () => {
  const pair = await contenders();
  const { stage, bob } = pair;
  await grantedBetweenCalls(pair, [auth]);
  const inner = stage.coordinator;
  stage.coordinator = {
    ...inner,
    submit: (request) =>
      request.command.kind === 'ReleaseLock' ? Promise.reject(lostAnswer()) : inner.submit(request),
  };
  await stage.pass(132_000);
  stage.coordinator = inner;
  const asking = bob.acquire('bob', auth);
  await stage.pass(30_000);
  expect((await asking).facts).toMatchObject({ status: 'granted' });
  expect(await heldBy(stage, 'bob')).toEqual([auth]);
  expect((await bob.call('coordination_status', { agent: 'bob' })).text).not.toContain('PASSED ON');
});

it('two grants that nobody has collected have a bound each', async () => {
  const pair = await contenders({ maxLocksPerAgent: 2 });
  const { stage, bob } = pair;
  await grantedBetweenCalls(pair, [auth]);
  await stage.pass(60_000);
  const abort = new AbortController();
  const answer = withholdAnswers(stage, 'AcquireLock');
  const asking = bob.call('lock_acquire', { agent: 'bob', scopes: [web] }, { signal: abort.signal });
  await quiet();
  abort.abort('request timeout');
  await expect(asking).rejects.toThrow();
  answer();
  await stage.pass(62_000);
  expect(await heldBy(stage, 'bob')).toEqual([web]);
  expect((await bob.acquire('bob', web)).facts).toMatchObject({ status: 'granted' });
  await stage.pass(120_000);
  expect(await heldBy(stage, 'bob')).toEqual([web]);
});

it('who asks for another scope learns of the one that came while it did not wait', async () => {
  const pair = await contenders({ maxLocksPerAgent: 2 });
  await grantedBetweenCalls(pair, [auth]);
  const told = await pair.bob.acquire('bob', web);
  expect(told.text).toMatch(
    /^GRANTED while you did not wait: "services\/auth" \(token \d+\)\. It is yours now\.\nBEFORE you: alice gave back "services\/auth" 0 s ago\.\nRead again .*\nGRANTED "services\/web"/,
  );
});

it('who gives back a part of a grant it did not know of learns of the rest', async () => {
  const pair = await contenders({ maxLocksPerAgent: 2 });
  await grantedBetweenCalls(pair, [auth, web]);
  const told = await pair.bob.call('lock_release', { agent: 'bob', scopes: [auth] });
  expect(told.text).toMatch(
    /^GRANTED while you did not wait: "services\/web" \(token \d+\)\. It is yours now\.\nBEFORE you: alice gave back "services\/web" 0 s ago\.\nRead again .*\nRELEASED "services\/auth"\.$/,
  );
});

it('a process that goes on under a name tells at once what is held, and passes it on if nobody hears that', async () => {
  const pair = await contenders();
  await grantedBetweenCalls(pair, [auth]);
  await pair.bob.server.kill();
  const back = await pair.stage.startClient();
  const told = await back.join('bob', { resume: true });
  expect(told.text).toMatch(/^RESUMED as bob.*\n.*\nYou hold "services\/auth" \(token \d+\)\./);
  await back.server.kill();
  const unheard = await pair.stage.startClient();
  const inner = pair.stage.coordinator;
  let answer = (): void => undefined;
  const gate = new Promise<void>((resolve) => (answer = resolve));
  pair.stage.coordinator = {
    ...inner,
    query: async (query) => {
      if (query.kind === 'status') await gate;
      return inner.query(query);
    },
  };
  const abort = new AbortController();
  const again = { agent: 'bob', resume: true };
  const asking = unheard.call('agent_join', again, { signal: abort.signal });
  await quiet();
  abort.abort('request timeout');
  await expect(asking).rejects.toThrow();
  answer();
  await pair.stage.pass(125_000);
  expect(await heldBy(pair.stage, 'bob')).toEqual([]);
});

it('who is just giving back what it was not told of is not told that it has it', async () => {
  const pair = await contenders();
  const { stage, bob } = pair;
  await grantedBetweenCalls(pair, [auth]);
  const abort = new AbortController();
  const letThrough = delay(stage, 'ReleaseLock');
  const releasing = bob.call('lock_release', { agent: 'bob' }, { signal: abort.signal });
  await quiet();
  abort.abort('request timeout');
  await expect(releasing).rejects.toThrow();
  const told = await bob.call('lock_check', { agent: 'bob', path: auth });
  letThrough();
  await quiet();
  expect(told.text).not.toContain('GRANTED');
  expect(await heldBy(stage, 'bob')).toEqual([]);
  expect((await bob.call('lock_check', { agent: 'bob', path: auth })).text).not.toMatch(/GRANTED|LOST/);
});

it('who could not give back what it was not told of is told that it has it', async () => {
  const pair = await contenders();
  const { stage, bob } = pair;
  await grantedBetweenCalls(pair, [auth]);
  const reconnect = cutOff(stage, 'ReleaseLock');
  const releasing = bob.call('lock_release', { agent: 'bob' });
  await stage.pass(10_000);
  reconnect();
  const told = await releasing;
  expect(told.isError).toBe(true);
  expect(told.text).toContain('GRANTED while you did not wait: "services/auth"');
});

it('what a shell gave back in its name before it was told is told as that', async () => {
  const pair = await contenders();
  await grantedBetweenCalls(pair, [auth]);
  await giveBackInName(pair.stage, 'bob');
  const told = await pair.bob.call('lock_check', { agent: 'bob', path: web });
  expect(told.text).toMatch(
    /^LOST "services\/auth" \(token \d+\), which was granted while you did not wait, 0 s ago: it was given back in your name elsewhere\./,
  );
  expect(told.text).not.toContain('It is yours now');
});
