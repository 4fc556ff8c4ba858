import { expect, test } from 'vitest';
import type { Entry } from '../core/index.ts';
import type { Actor } from './cast.ts';
import type { Report, Role } from './report.ts';
import { plotFaults } from './verdict.ts';

const stale = refused('write', 'STALE_FENCING_TOKEN');
const cycle = refused('cycle', 'DEPENDENCY_CYCLE');

function refused(attempt: string, code: string): Report {
  return { kind: 'refused', attempt, code, message: '' };
}

function actor(role: Role, reports: readonly Report[], name: string = role): Actor {
  const end = role === 'victim' ? { code: null, signal: 'SIGKILL' } : { code: 0, signal: null };
  return { name, role, reports, end, complaint: '' } as unknown as Actor;
}

const beside = ['a grant', 'b grant', 'a end', 'b end'];

function faultsOf(
  write: Report,
  request: Report,
  { killedOwners = [1], story = beside }: { killedOwners?: number[]; story?: readonly string[] } = {},
): readonly string[] {
  const neighbours = ['a', 'b'].map((name) => actor('neighbour', [], name));
  const actors = [...neighbours, actor('sleeper', [write]), actor('cyclist', [request]), actor('victim', [])];
  return plotFaults({ actors, entries: story.map(entryOf), killedOwners });
}

function entryOf(text: string): Entry {
  const [agent = '', what] = text.split(' ');
  const kind = what === 'grant' ? 'lock.granted' : 'lock.released';
  return { events: [{ kind, agent, scope: 'api', file: `api/${agent}` }] } as unknown as Entry;
}

test('a run in which all that README promises has happened has no fault', () => {
  expect(faultsOf(stale, cycle)).toEqual([]);
  expect(faultsOf(stale, refused('cycle', 'SELF_DEPENDENCY'))).toEqual([]);
});

test('a stale write counts only if it was refused for its token, and a cycle only for being one', () => {
  expect(faultsOf(refused('write', 'LOCK_NOT_HELD'), cycle)).toEqual([
    'sleeper wrote under a stale token and was not refused for it',
  ]);
  expect(faultsOf(stale, refused('cycle', 'SCOPE_NOT_FOUND'))).toEqual([
    'cyclist asked for a cycle and was not refused for it',
  ]);
});

test('a run in which the coordinator was never killed is at fault', () => {
  expect(faultsOf(stale, cycle, { killedOwners: [] })).toEqual(['the coordinator was not killed']);
});

test('neighbours that worked one after the other were none', () => {
  const story = ['a grant', 'a end', 'b grant', 'b end'];
  expect(faultsOf(stale, cycle, { story })).toEqual([
    'no two neighbours held files of one scope at the same time',
  ]);
});
