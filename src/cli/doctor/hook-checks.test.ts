import { expect, test } from 'vitest';
import type { Tried } from './tried.ts';
import { checkHooks } from './hook-checks.ts';

const found = (over: Partial<Tried>) => {
  const outcome = { kind: 'refused', afterMs: 120 } as const;
  const tried: Tried = {
    title: 'Claude Code',
    client: 'claude',
    file: '.claude/settings.json',
    failing: 'open',
    missing: [],
    doubt: null,
    outcome,
    ...over,
  };
  const [finding] = checkHooks({ hooks: { known: true, value: [tried] } });
  return [finding?.level, finding?.message];
};

test('a hook that refuses an edit on trial is enforced, and it is said how it fails', () => {
  expect(found({})).toEqual([
    'ok',
    'enforced: an edit on trial was refused after 120 ms; fails open: where rhema cannot be started, edits pass',
  ]);
  expect(found({ failing: 'closed but for a time-out' })[1]).toContain('fails closed, but open where');
});

test('a hook that lets it pass is a problem, and one of another program is not run', () => {
  expect(found({ outcome: { kind: 'passed', said: 'sh: 1: rhema: not found' } })).toEqual([
    'problem',
    'nothing: an edit on trial was not refused by .claude/settings.json; the hook said: sh: 1: rhema: not found',
  ]);
  expect(found({ outcome: { kind: 'notTried', command: './x hook claude' } })).toEqual([
    'warning',
    expect.stringContaining('./x hook claude'),
  ]);
});

test('a client that does not ask before an edit is not guarded, however its other hooks answer', () => {
  expect(found({ missing: ['PreToolUse'], outcome: { kind: 'notAsked', event: 'PreToolUse' } })).toEqual([
    'problem',
    'nothing: .claude/settings.json has no entry for PreToolUse, so no edit is asked about',
  ]);
});

test('one of which events are missing is enforced in part', () => {
  expect(found({ missing: ['Stop'] })).toEqual(['warning', expect.stringContaining('no entry for Stop')]);
});

test('one that an older client would let pass without an answer is enforced in part', () => {
  const [level, message] = found({ failing: 'closed', doubt: 'claude on your PATH is of version 2.1.197' });
  expect([level, message]).toEqual([
    'warning',
    'partly: an edit on trial was refused, but claude on your PATH is of version 2.1.197',
  ]);
});
