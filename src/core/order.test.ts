import { expect, test } from 'vitest';
import { Machine, agentId } from '../../test/support/machine.ts';
import { byNumber, byText } from './order.ts';
import { heldInOrder } from './overlap.ts';

test('texts are ordered as by the default sort, and a text is not before itself', () => {
  expect([byText('a', 'b'), byText('b', 'a'), byText('a', 'a')]).toEqual([-1, 1, 0]);
  const texts = ['b', 'a/b', 'a', 'B', 'é', '\u{1f600}', '\uffff', 'a.b'];
  expect(texts.toSorted(byText)).toEqual(texts.toSorted());
});

test('numbers are ordered by size, not as texts', () => {
  expect([10, 9, 100].toSorted(byNumber)).toEqual([9, 10, 100]);
});

test('what an agent holds is listed by path, whatever the order of asking', () => {
  const machine = new Machine({ maxLocksPerAgent: 3 });
  machine.define({ a: [], b: [], c: [] });
  machine.join('alice');
  for (const scope of ['c', 'a', 'b']) machine.acquire('alice', scope);
  const agent = machine.state.agents.get(agentId('alice'));
  expect(agent && heldInOrder(agent)).toEqual(['a', 'b', 'c']);
});
