import { describe, expect, test } from 'vitest';
import { commitAll, makeRepository, write } from '../../repository/testing/fixture.ts';
import { rhemaIn } from '../testing/direct.ts';
import { Session, shopFiles } from '../testing/hook-session.ts';

function shop(more?: string): string {
  const root = makeRepository(shopFiles(more));
  commitAll(root);
  return root;
}

describe('an agent that sleeps', () => {
  const waiting = async (root: string): Promise<void> => {
    await expect
      .poll(async () => (await rhemaIn(root, 'lock', 'list', '--json')).stdout)
      .toContain('"queueLength":1');
  };

  test('is woken when what it was refused is its own', async () => {
    const root = shop();
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    await one.before('api/a.ts');
    await two.before('api/a.ts');
    await two.say('Stop');
    const woken = two.wake();
    await waiting(root);
    await one.say('SessionEnd');
    const { code, told } = await woken;
    expect([code, told]).toEqual([
      2,
      expect.stringMatching(/^rhema: it is your turn: api\/a\.ts is locked for you now/),
    ]);
    expect((await two.before('api/a.ts')).code).toBe(0);
    expect((await two.wake()).code).toBe(0);
  });

  test('and works at something else meanwhile is not held up by its place in the queue', async () => {
    const root = shop();
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    await one.before('api/a.ts');
    await two.before('api/a.ts');
    const woken = two.wake();
    await waiting(root);
    expect((await two.before('api/b.ts')).code).toBe(0);
    expect(await woken).toEqual({ code: 0, told: '', json: {} });
  });

  test('is woken as well where it did other work before it stopped, as it is told to', async () => {
    const root = shop();
    const [one, two] = [new Session(root, 'one'), new Session(root, 'two')];
    await one.before('api/a.ts');
    await two.before('api/a.ts');
    await two.before('api/b.ts');
    write(root, { 'api/b.ts': 'of two\n' });
    await two.say('Stop');
    const woken = two.wake();
    await waiting(root);
    await one.say('SessionEnd');
    expect((await woken).told).toMatch(/^rhema: it is your turn: api\/a\.ts is locked/);
  });

  test('is left alone where it was refused nothing', async () => {
    const root = shop();
    const one = new Session(root, 'one');
    await one.before('api/a.ts');
    expect(await one.wake()).toEqual({ code: 0, told: '', json: {} });
  });
});
