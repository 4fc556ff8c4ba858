import { expect, test } from 'vitest';
import { commitAll, makeRepository } from '../../repository/testing/fixture.ts';
import { rhemaIn } from '../testing/direct.ts';
import { contextOf, Session, shopFiles } from '../testing/hook-session.ts';

test('what is said to all after a session has begun is told to its agent at its first act, once', async () => {
  const root = makeRepository(shopFiles());
  commitAll(root);
  for (const agent of ['alice', 'bob']) await rhemaIn(root, 'agent', 'join', agent);
  const say = (text: string) => rhemaIn(root, 'say', '--all', '--agent', 'alice', text);
  expect((await say('long ago')).code).toBe(0);
  const one = new Session(root, 'one');
  await one.say('SessionStart');
  expect((await say('stop at noon')).code).toBe(0);
  expect((await rhemaIn(root, 'say', 'for you alone', '--to', 'bob', '--agent', 'alice')).code).toBe(0);
  await one.before('api/a.ts');
  const told = contextOf(await one.after('api/a.ts'));
  expect(told).toContain('rhema: alice tells all: stop at noon');
  expect(told).not.toMatch(/long ago|for you alone/);
  expect(contextOf(await one.after('api/a.ts'))).not.toContain('stop at noon');
});
