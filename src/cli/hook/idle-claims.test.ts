import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commitAll, makeRepository, write } from '../../repository/testing/fixture.ts';
import { contextOf, held, Session, shopFiles, type Heard } from '../testing/hook-session.ts';
import { rhemaIn } from '../testing/direct.ts';
import { SessionMemory } from './memory.ts';

function shop(more = ''): string {
  const root = makeRepository(shopFiles(more));
  commitAll(root);
  return root;
}

/** As if all that was done in the sessions of a repository had been done so much earlier. */
function longAgo(root: string, minutes = 31): void {
  for (const memory of SessionMemory.allIn(join(root, '.git'))) {
    memory.keepLookedForIdle(0);
    for (const claim of memory.claims())
      memory.touch(claim, memory.useOf(claim).touchedMs - minutes * 60_000);
  }
}

const files = async (root: string): Promise<string[]> =>
  (await held(root)).map((lock) => lock.split(' ')[0] ?? '');

/** An edit that comes to nothing: the file is as it was. */
async function edited(session: Session, path: string): Promise<Heard> {
  const use = { tool_name: 'Edit', tool_input: { file_path: path }, tool_use_id: randomUUID() };
  await session.say('PreToolUse', use);
  return session.say('PostToolUse', use);
}

describe('a lock that an agent has by an edit and does not use any more (claim_idle)', () => {
  test('goes back while it works on elsewhere, and it is told once', async () => {
    const root = shop();
    const one = new Session(root, 'one');
    await edited(one, 'api/a.ts');
    longAgo(root);
    expect(contextOf(await edited(one, 'api/b.ts'))).toBe(
      'rhema: given back, since nothing in it is uncommitted and you did not edit it for 30 min: api/a.ts. An edit locks it for you again: read it before.',
    );
    expect(await files(root)).toEqual(['api/b.ts']);
    longAgo(root, 0);
    expect(contextOf(await one.after('api/b.ts'))).toBe('');
    expect((await new Session(root, 'two').before('api/a.ts')).code).toBe(0);
  });

  test('is counted from the end of an edit', async () => {
    const root = shop();
    const one = new Session(root, 'one');
    const use = { tool_name: 'Edit', tool_input: { file_path: 'api/a.ts' }, tool_use_id: 'long' };
    await one.say('PreToolUse', use);
    longAgo(root);
    await one.say('PostToolUse', use);
    longAgo(root, 0);
    expect(contextOf(await one.say('UserPromptSubmit'))).toBe('');
    expect(await files(root)).toEqual(['api/a.ts']);
  });

  test('goes back with a prompt, too', async () => {
    const root = shop();
    const one = new Session(root, 'one');
    await edited(one, 'api/a.ts');
    longAgo(root);
    expect(contextOf(await one.say('UserPromptSubmit'))).toContain('given back');
    expect(await files(root)).toEqual([]);
  });

  test('stays where the file has uncommitted changes, was acquired by name, or an edit of it has not ended', async () => {
    const root = shop('  max_locks_per_agent: 4\n');
    const one = new Session(root, 'one');
    await edited(one, 'api/a.ts');
    write(root, { 'api/a.ts': 'of one\n' });
    const agent = (await held(root))[0]?.split(' ')[1] ?? '';
    expect((await rhemaIn(root, 'lock', 'acquire', 'api/b.ts', '--agent', agent)).code).toBe(0);
    await edited(one, 'api/b.ts');
    await one.before('web/w.ts');
    longAgo(root);
    expect(contextOf(await one.after('api/b.ts', 'Read'))).toBe('');
    expect(await files(root)).toEqual(['api/a.ts', 'api/b.ts', 'web/w.ts']);
  });

  test('stays where another edit of it came meanwhile', async () => {
    const root = shop();
    const one = new Session(root, 'one');
    await edited(one, 'api/a.ts');
    longAgo(root);
    await edited(one, 'api/a.ts');
    await one.after('api/b.ts', 'Read');
    expect(await files(root)).toEqual(['api/a.ts']);
  });

  test('is looked for once a minute at most', async () => {
    const root = shop();
    const one = new Session(root, 'one');
    await edited(one, 'api/a.ts');
    longAgo(root);
    for (const memory of SessionMemory.allIn(join(root, '.git'))) memory.keepLookedForIdle(Date.now());
    await one.after('api/b.ts', 'Read');
    expect(await files(root)).toEqual(['api/a.ts']);
  });

  test.each([
    ['0s', 24 * 60, ['api/a.ts']],
    ['2h', 119, ['api/a.ts']],
    ['2h', 121, []],
  ])('with %s, after %i minutes leaves %j', async (option, minutes, left) => {
    const root = shop(`  claim_idle: ${option}\n`);
    const one = new Session(root, 'one');
    await edited(one, 'api/a.ts');
    longAgo(root, minutes);
    await one.after('api/b.ts', 'Read');
    expect(await files(root)).toEqual(left);
  });

  test('of a whole scope goes back as well, unless something in it is uncommitted', async () => {
    const root = shop('  claim: scope\n');
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    await edited(one, 'api/a.ts');
    await edited(two, 'web/w.ts');
    write(root, { 'web/new.ts': '' });
    longAgo(root);
    await one.say('UserPromptSubmit');
    await two.say('UserPromptSubmit');
    expect(await files(root)).toEqual(['web']);
  });

  test('that was refused as a stale read, and left at that, goes back as well', async () => {
    const root = shop();
    const one = new Session(root, 'one');
    await one.before('api/a.ts', 'Read');
    const two = new Session(root, 'two');
    await two.before('api/a.ts');
    write(root, { 'api/a.ts': 'of two\n' });
    commitAll(root);
    await two.say('SessionEnd');
    expect((await one.before('api/a.ts')).code).toBe(2);
    longAgo(root);
    await one.say('UserPromptSubmit');
    expect(await files(root)).toEqual([]);
  });
});
