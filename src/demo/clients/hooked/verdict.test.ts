import { describe, expect, it } from 'vitest';
import { asDurationMs, asRevision, asTimeMs } from '../../../core/index.ts';
import type { AgentId, Entry, Event, FilePath, ScopePath } from '../../../core/index.ts';
import type { End } from '../../cast.ts';
import {
  checkupFaults,
  deathFaults,
  pushFaults,
  refusalFaults,
  restartFaults,
  staleFaults,
  turnFaults,
  waitingLine,
} from './verdict.ts';

const [alice, bob] = ['alice', 'bob'] as [AgentId, AgentId];
const file = 'web/page.ts' as FilePath;

const told = `Command blocked: rhema: not written, web/page.ts is held by alice
  for: editing in claude
  since 14:02:20 (2 s); until 14:04:20 (in 2 min) unless renewed; nobody waits
  try: rhema lock acquire web/page.ts --agent bob --wait
  Do not write it in another way.`;

const granted = (agent: AgentId, ticket: number | null): Event => ({
  kind: 'lock.granted',
  scope: 'web' as ScopePath,
  file,
  agent,
  epoch: asRevision(1),
  ticket: ticket === null ? null : asRevision(ticket),
  ttlMs: asDurationMs(6_000),
  deadlineMs: asTimeMs(6_000),
  reason: null,
});
const lost = (agent: AgentId): Event => ({ kind: 'agent.lost', agent, held: [] });

const entry = (revision: number, event: Event): Entry => ({
  revision: asRevision(revision),
  atMs: asTimeMs(0),
  kind: 'ExpireDue',
  agent: null,
  by: null,
  requestId: null,
  events: [event],
  result: { kind: 'done' },
});

/** Each change of a sound scene, and the one fault that is to be found then. */
function finds<Facts>(faultsIn: (facts: Facts) => string[], sound: Facts) {
  return (changes: readonly (readonly [Partial<Facts>, string])[]): void => {
    expect(faultsIn(sound)).toEqual([]);
    for (const [change, fault] of changes) {
      const faults = faultsIn({ ...sound, ...change });
      expect(faults, fault).toHaveLength(1);
      expect(faults[0]).toContain(fault);
    }
  };
}

const refusal = { file, holder: 'alice', before: 'one', after: 'one', told };

describe('the verdict on', () => {
  it('a refusal: nothing was written, and the model knows who, why and what to do', () => {
    finds(
      refusalFaults,
      refusal,
    )([
      [{ after: 'two' }, 'web/page.ts was written though alice has it'],
      [{ told: told.replace('by alice', 'by carol') }, 'not told that alice has'],
      [{ told: told.replace('for: editing in claude', '') }, 'not told what for'],
      [{ told: told.replace(' --wait', '') }, 'not told what to do'],
    ]);
  });

  it('a turn: by the queue, with a commit that says whose it is and under which grant', () => {
    const trailers = 'Rhema-Agent: bob\nRhema-Token: 9\n';
    const entries = [entry(8, granted(alice, null)), entry(9, granted(bob, 7))];
    const committed = 'page = 3';
    finds(turnFaults, {
      file,
      agent: 'bob',
      entries,
      told: `your turn: ${file}`,
      wanted: 'page = 3',
      committed,
      trailers,
    })([
      [{ told: 'go on' }, 'not told that it is its turn'],
      [{ committed: 'page = 2' }, 'has not what bob wanted'],
      [{ trailers: trailers.replace('bob', 'alice') }, 'does not say that it is of bob'],
      [{ trailers: trailers.replace('9', '8') }, 'the token of that grant, 9'],
    ]);
    expect(
      turnFaults({ file, agent: 'bob', entries, told: file, wanted: '', committed, trailers: null }),
    ).toEqual([]);
    const unasked = { file, agent: 'bob', told: file, wanted: '', committed, trailers };
    expect(turnFaults({ ...unasked, entries: [entry(9, granted(bob, null))] })[0]).toContain('queue');
  });

  it('a stale read: refused once, and no more once it was read again', () => {
    const stale = `rhema: not written: ${file} changed since you read it.\n  BEFORE you: bob gave it back`;
    finds(staleFaults, { file, before: '3', between: '3', after: '4', wanted: '4', told: stale })([
      [{ between: '4' }, 'by who had read what it was before'],
      [{ told: 'BEFORE you: bob' }, 'was not told that web/page.ts has changed'],
      [{ told: 'changed since you read it' }, 'was not told who'],
      [{ after: '3' }, 'still could not be written'],
    ]);
  });

  it('a death: the session ends by itself, and what it had goes on to who waits', () => {
    const events = [granted(alice, null), lost(alice), granted(bob, 7)];
    const end: End = { code: null, signal: 'SIGKILL' };
    finds(deathFaults, { file, dead: 'alice', heir: 'bob', end, events, after: '3', wanted: '3' })([
      [{ end: { code: 0, signal: null } }, 'was not killed'],
      [{ events: [granted(bob, 7)] }, 'did not end by itself'],
      [{ events: [granted(bob, 7), lost(alice)] }, 'was not given web/page.ts'],
      [{ after: '2' }, 'could not write'],
    ]);
  });

  it('a new coordinator: another process, which refuses as the one before', () => {
    finds(restartFaults, { killed: 7, next: 8, refusal })([
      [{ next: 7 }, 'the coordinator was not killed'],
      [{ refusal: { ...refusal, after: 'two' } }, 'was written'],
    ]);
  });

  it('a push: the commit is there, and stays here', () => {
    const refused = `(WRITE_REFUSED)\n  ${file}: changed by commit 4f1c while alice had it locked`;
    finds(pushFaults, {
      file,
      holder: 'alice',
      told: refused,
      subject: 'publish it',
      pushedBefore: 'a1',
      pushedAfter: 'a1',
    })([
      [{ subject: 'change it' }, 'is not there'],
      [{ pushedAfter: 'b2' }, 'was pushed'],
      [{ told: refused.replace('(WRITE_REFUSED)', '') }, 'was not refused'],
      [{ told: refused.replace('alice', 'carol') }, 'nobody was told that alice'],
    ]);
  });

  it('a checkup: a hook that is gone is named, and no fault is found without one', () => {
    const without = { code: 1, text: 'problem hooks of Codex: nothing: no entry for PreToolUse\n' };
    const sound = { code: 0, text: 'ok      git: 2.39\nok      hooks of Codex: enforced\n' };
    finds(checkupFaults, { title: 'Codex', hook: 'PreToolUse', without, with: sound })([
      [{ without: { ...without, code: 0 } }, 'finds nothing wrong (0)'],
      [{ without: { ...without, text: without.text.replace('PreToolUse', 'Stop') } }, 'does not say which'],
      [{ with: without }, 'is not content (1)'],
    ]);
  });
});

it('the way to wait is a whole line of a refusal', () => {
  expect(waitingLine(told)).toBe('rhema lock acquire web/page.ts --agent bob --wait');
  expect(waitingLine('try: rhema why web/page.ts')).toBeNull();
});
