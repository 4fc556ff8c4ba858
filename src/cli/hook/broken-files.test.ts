import { expect, test } from 'vitest';
import { commitAll, makeRepository, write } from '../../repository/testing/fixture.ts';
import { rhemaIn } from '../testing/direct.ts';
import { Session, shopFiles } from '../testing/hook-session.ts';

const twice = 'agent_coordination:\n  claim_wait: 5s\n';
const problem =
  'no scopes are known as long as rhema.yaml:7:1 is not corrected: key "agent_coordination" occurs twice';

/** A user has added a setting by a key that is there already: nothing in the file counts. */
function brokenShop(): string {
  const files = shopFiles();
  const root = makeRepository({ ...files, 'rhema.yaml': files['rhema.yaml'] + twice });
  commitAll(root);
  return root;
}

test('an agent that begins where the files of scopes are broken is told that nothing is locked, and why', async () => {
  const one = new Session(brokenShop(), 'one');
  const { json } = await one.say('SessionStart', { source: 'startup' });
  const { additionalContext: told } = json['hookSpecificOutput'] as { additionalContext: string };
  expect(told).toContain('NOTHING IS LOCKED for you');
  expect(told).toContain(problem);
  expect(told).not.toContain('are locked for you,');
});

test('an edit there is unguarded, and said to be; once it is mended it is not', async () => {
  const root = brokenShop();
  const one = new Session(root, 'one');
  const { code, told, json } = await one.before('api/a.ts');
  expect(code).toBe(0);
  expect(`${told}${JSON.stringify(json)}`).toContain('NOT GUARDED');
  write(root, shopFiles());
  await rhemaIn(root, 'scope', 'refresh');
  expect((await one.before('api/a.ts')).code).toBe(0);
  expect((await rhemaIn(root, 'status')).stdout).toContain('api/a.ts');
});

test('what is in no scope, where all is sound, needs no word', async () => {
  const root = makeRepository(shopFiles());
  commitAll(root);
  const { told, json } = await new Session(root, 'one').before('CHANGES.md');
  expect([told, JSON.stringify(json)].join('')).not.toContain('NOT GUARDED');
});

test('who asks for a lock there is led to what is broken, not to rhema init', async () => {
  const root = brokenShop();
  await rhemaIn(root, 'agent', 'join', 'bob');
  const { stderr } = await rhemaIn(root, 'lock', 'acquire', 'api/a.ts', '--agent', 'bob');
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(problem);
  expect(stderr).toContain('config check');
  expect(stderr).not.toContain('rhema init');
});
