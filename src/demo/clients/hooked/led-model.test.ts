import { expect, it } from 'vitest';
import { act, type Move } from '../script.ts';
import { LedModel } from './led-model.ts';

const reading = act({ kind: 'read', file: '/shop/web/page.ts' });

/** What a client does with a model: it asks, with what its tools have answered, and is told what to do next. */
const ask = (model: LedModel, results: readonly string[], lastWord = 'do it'): Promise<Move> =>
  Promise.resolve(
    model.script(
      results.map((text) => ({ tool: 'Read', text })),
      lastWord,
    ),
  );

it('thinks until it is told what to do, and says what came of it', async () => {
  const model = new LedModel();
  const first = ask(model, []);
  const answer = model.does(reading);
  expect(await first).toEqual(reading);
  const second = ask(model, ['one', 'two']);
  expect(await answer).toBe('two');
  await model.stops();
  expect((await second).kind).toBe('say');
});

it('is told what to do before its client has come up', async () => {
  const model = new LedModel();
  const begun = model.begins(reading);
  expect(await ask(model, [])).toEqual(reading);
  await begun;
});

it('says with which words its client has woken it', async () => {
  const model = new LedModel();
  const first = ask(model, []);
  await model.stops();
  await first;
  const woken = model.wakes();
  void ask(model, [], 'it is your turn');
  expect(await woken).toBe('it is your turn');
});
