import { expect, it } from 'vitest';
import { mayBe } from '../access/index.ts';
import type { AgentId } from '../core/index.ts';
import type { Role } from '../protocol/index.ts';
import { fittedName } from './fitted-name.ts';

const made = 'claude-6fa890' as AgentId;
const principal = (agents: readonly string[], role: Role = 'agent') => ({ name: 'ci', role, agents });

it.each([
  [['*'], 'claude-6fa890'],
  [['claude-*'], 'claude-6fa890'],
  [['ci-*'], 'ci-claude-6fa890'],
  [['alice', 'ci-*'], 'ci-claude-6fa890'],
  [['*-bot'], 'claude-6fa890-bot'],
  [['team/*/x*'], 'team/claude-6fa890/x'],
  // What it would begin with is a word of the coordinator: the next one does.
  [['rhema-*', 'ci-*'], 'ci-claude-6fa890'],
])('under the names %j a name that was made up is %s', (agents, name) => {
  const fitted = fittedName(principal(agents), made);
  expect(fitted).toBe(name);
  expect(mayBe(principal(agents), fitted)).toBe(true);
});

it.each([[['alice', 'bob']], [[]], [[`${'x'.repeat(125)}*`]]])(
  'under the names %j none can be made up, and that is said with what to do',
  (agents) => {
    expect(() => fittedName(principal(agents), made)).toThrow(
      expect.objectContaining({
        code: 'FORBIDDEN',
        message: expect.stringMatching(/^the token ci may act only as .*RHEMA_AGENT.*--agents/) as string,
      }),
    );
  },
);

it('an operator may have any name; an observer is told when it joins', () => {
  expect(fittedName(principal([], 'operator'), made)).toBe(made);
  expect(fittedName(principal([], 'observer'), made)).toBe(made);
});
