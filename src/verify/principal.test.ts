import { expect, it } from 'vitest';
import type { Entry } from '../core/index.ts';
import { principalProblem } from './principal.ts';

const entry = (principal: unknown, kind = 'AgentJoin'): Entry => ({ kind, principal }) as Entry;

it.each([
  [undefined, 'AgentJoin', null],
  [{ name: 'ci.2', way: 'http' }, 'AgentJoin', null],
  [{ name: 'ci', way: 'mcp' }, 'RevokeLock', null],
  [{ name: 'ci', way: 'http' }, 'ExpireDue', 'principal: nobody is let in to say ExpireDue'],
  [{ name: '', way: 'http' }, 'AgentJoin', 'principal.name: that is no name of a token'],
  [{ name: 7, way: 'http' }, 'AgentJoin', 'principal.name: that is no name of a token'],
  [{ name: 'a\nb', way: 'http' }, 'AgentJoin', 'principal.name: that is no name of a token'],
  [{ name: 'ci', way: 'post' }, 'AgentJoin', 'principal.way: there is no such way'],
])('%j of %s: %s', (principal, kind, problem) => {
  expect(principalProblem(entry(principal, kind))).toBe(problem);
});
