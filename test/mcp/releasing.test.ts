/** What an agent gives back is what it was granted, and nothing else. */
import { expect, it } from 'vitest';
import type { CommandRequest } from '../../src/protocol/index.ts';
import { auth, configure, contenders, heldBy, revoke, web, type Pair } from './support/contenders.ts';

/** The releases that reach the coordinator from now on. */
function releasesOf({ stage }: Pair): CommandRequest['command'][] {
  const said: CommandRequest['command'][] = [];
  const inner = stage.coordinator;
  stage.coordinator = {
    ...inner,
    submit: (request) => {
      if (request.command.kind === 'ReleaseLock') said.push(request.command);
      return inner.submit(request);
    },
  };
  return said;
}

it('a release names the token of each grant', async () => {
  const pair = await contenders({ maxLocksPerAgent: 2 });
  const { alice } = pair;
  const said = releasesOf(pair);
  const tokens = [];
  for (const scope of [auth, web]) tokens.push((await alice.acquire('alice', scope)).facts['locks']);
  const told = await alice.call('lock_release', { agent: 'alice', scopes: [web, auth] });
  expect(told.text).toBe('RELEASED "services/auth", "services/web".');
  expect(
    said.map((one) => 'scopes' in one && 'token' in one && [{ scope: one.scopes?.[0], token: one.token }]),
  ).toEqual(tokens);
});

it('the release of a lock that another has by now is refused, and says what happened', async () => {
  const { stage, alice, bob } = await contenders();
  await alice.acquire('alice', auth);
  await revoke(stage, auth, 'release day');
  await bob.acquire('bob', auth);
  const refused = await alice.call('lock_release', { agent: 'alice', scopes: [auth] });
  expect(refused).toMatchObject({ isError: true, facts: { code: 'STALE_FENCING_TOKEN' } });
  expect(refused.text).toMatch(/^LOST "services\/auth".*: "olga" revoked it: "release day"/);
  expect(refused.text).toContain('held by bob');
  expect(refused.text).toContain('Next: if you have edited there, stop');
  expect(await heldBy(stage, 'bob')).toEqual([auth]);
});

it('the release of what was never held, or is no scope, is refused, and nothing else is given back with it', async () => {
  const { stage, alice, bob } = await contenders();
  await alice.acquire('alice', auth);
  await bob.acquire('bob', web);
  const release = (...scopes: string[]) => alice.call('lock_release', { agent: 'alice', scopes });
  expect((await release(auth, web)).text).toMatch(/^LOCK_NOT_HELD: .*bob holds it/);
  expect((await release(auth, 'services/typo')).text).toMatch(/^LOCK_NOT_HELD: the lock of services\/typo /);
  expect((await release(auth, 'services/typo/')).text).toMatch(/^SCOPE_NOT_FOUND: /);
  expect(await heldBy(stage, 'alice')).toEqual([auth]);
  expect((await release()).text).toBe('RELEASED "services/auth".');
  expect((await release()).text).toBe('You hold nothing: there was nothing to give back.');
});

it('who asks for what it holds is told so, and since when, and others read its new reason', async () => {
  const { stage, alice } = await contenders();
  expect((await alice.acquire('alice', auth)).text).toMatch(/^GRANTED "services\/auth"/);
  await stage.pass(30_000);
  const again = await alice.acquire('alice', auth, { reason: 'rework the login' });
  expect(again.facts).toMatchObject({ status: 'granted' });
  expect(again.text).toMatch(/^HELD already: you hold "services\/auth" \(token \d+\) since 30 s/);
  expect((await alice.call('coordination_status', {})).text).toContain('by alice for "rework the login"');
});

it('a file is given back by its name, also when it needs no lock any more, or its scope is claimed with it', async () => {
  const { stage, alice } = await contenders();
  const release = (...scopes: string[]) => alice.call('lock_release', { agent: 'alice', scopes });
  const [changes, page, form] = [`${web}/CHANGES`, `${web}/page.ts`, `${web}/form.ts`];
  for (const file of [changes, page, form]) await alice.acquire('alice', file);
  await configure(stage, { freePaths: [`${web}/CHANGES`], claimLevel: 'scope' });
  expect((await release(changes)).text).toBe(`RELEASED "${changes}".`);
  expect((await release(page)).text).toBe(`RELEASED "${page}".`);
  expect(await heldBy(stage, 'alice')).toEqual([form]);
});

it('of what needs no lock a release says so, beside what it gives back', async () => {
  const { stage, alice } = await contenders({ freePaths: ['*.lock'] });
  const release = (...scopes: string[]) => alice.call('lock_release', { agent: 'alice', scopes });
  const free = 'FREE "yarn.lock": it needs no lock, there was nothing to give back.';
  await alice.acquire('alice', auth);
  expect((await release('yarn.lock')).text).toBe(free);
  expect(await heldBy(stage, 'alice')).toEqual([auth]);
  expect((await release('yarn.lock', auth)).text).toBe(`RELEASED "${auth}".\n${free}`);
});
