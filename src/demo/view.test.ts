import { expect, test } from 'vitest';
import type { StatusAnswer } from '../protocol/index.ts';
import type { Actor } from './cast.ts';
import { LiveView } from './view.ts';

const actors = [
  { name: 'worker-3', way: 'mcp', end: null, reports: [{ kind: 'edited' }, { kind: 'edited' }] },
] as unknown as readonly Actor[];

function status(locks: readonly { agent: string; scope: string }[]): StatusAnswer {
  const agents = [{ agent: 'worker-3', presence: 'present', status: 'working', held: ['src/core'] }];
  return { revision: 40, agents, locks, waiters: [{}, {}, {}] } as unknown as StatusAnswer;
}

function viewOn(isTTY: boolean): { view: LiveView; said: () => string } {
  let said = '';
  const write = (text: string): boolean => {
    said += text;
    return true;
  };
  return { view: new LiveView({ isTTY, write }, () => 2.34), said: () => said };
}

test('without a terminal, what happens and how it goes are lines of their own', () => {
  const { view, said } = viewOn(false);
  view.draw(status([{ agent: 'worker-3', scope: 'src/core' }]), actors);
  view.say('victim-2 is killed');
  view.draw(status([]), actors);
  expect(said()).toBe(
    [
      '  2.3 s  … 2 edits so far, revision 40; 3 wait; worker-3 holds src/core',
      '  2.3 s  victim-2 is killed',
      '  2.3 s  … 2 edits so far, revision 40; 3 wait; nothing is held',
      '',
    ].join('\n'),
  );
});

test('on a terminal, what happens stays above the agents, which are drawn again below it', () => {
  const { view, said } = viewOn(true);
  view.draw(status([]), actors);
  const drawn = said();
  view.say('victim-2 is killed');
  expect(drawn).toMatch(/^ {2}2\.3 s {2}… 2 edits .*3 wait\nworker-3 .*2 edits {2}src\/core\n$/);
  expect(said()).toBe(`${drawn}\u001b[2A\u001b[J  2.3 s  victim-2 is killed\n${drawn}`);
});
