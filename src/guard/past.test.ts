import { beforeEach, describe, expect, test } from 'vitest';
import {
  asSessionId,
  decodeState,
  encodeState,
  initialState,
  type AgentId,
  type Entry,
  type State,
} from '../core/index.ts';
import { Machine } from '../../test/support/machine.ts';
import { judgePast, type PastCommit } from './index.ts';

let machine: Machine;
let tokenOfAl: number;

const secondMs = 1_000;
const commit = (atMs: number, file: string, over: Partial<PastCommit> = {}): PastCommit => ({
  id: `${file}@${atMs}`,
  committedAtMs: Math.floor(atMs / secondMs) * secondMs,
  agent: null,
  tokens: [],
  files: [file],
  ...over,
});

async function* each(entries: readonly Entry[]): AsyncGenerator<Entry> {
  yield* entries;
}

const judged = async (commits: readonly PastCommit[], base?: State, from = 0) =>
  judgePast(
    { base: base ?? initialState(machine.initialSettings), entries: each(machine.log.slice(from)) },
    commits,
  );

const refusedOf = async (...asked: Parameters<typeof judged>): Promise<readonly string[]> =>
  (await judged(...asked)).refused.map(
    ({ name, locks }) => `${name} by ${locks.map((lock) => lock.agent).join()}`,
  );

/** Al has api/a.ts from 1,010,500 to 1,020,500 ms, and web as a whole from then on. */
beforeEach(() => {
  machine = new Machine({ freePaths: ['*.lock'] });
  machine.define({ api: [], web: [] });
  machine.join('al');
  machine.join('bo');
  machine.advance(10_500);
  machine.acquire('al', { files: ['api/a.ts'] });
  tokenOfAl = machine.log.length;
  machine.advance(10_000);
  machine.release('al');
  machine.acquire('al', 'web');
});

describe('a commit of a file that another agent had then', () => {
  test('is refused, and one from before the grant or after the end is not', async () => {
    const at = [1_009_000, 1_015_000, 1_021_000];
    expect(await refusedOf(at.map((atMs) => commit(atMs, 'api/a.ts')))).toEqual(['api/a.ts by al']);
    expect(await refusedOf(at.map((atMs) => commit(atMs, 'web/x')))).toEqual(['web/x by al']);
    expect(await refusedOf([commit(1_021_000, 'web/x'), commit(1_021_000, 'web/a\nb')])).toEqual([
      'web/x by al',
      'web/a\nb by al',
    ]);
  });

  test('is not refused in the second in which it was granted or given back', async () => {
    expect(await refusedOf([commit(1_010_000, 'api/a.ts'), commit(1_020_000, 'api/a.ts')])).toEqual([]);
    expect(await refusedOf([commit(1_011_000, 'api/a.ts'), commit(1_019_000, 'api/a.ts')])).toHaveLength(2);
  });

  test('is not refused where its agent has started the holder, and names the token of just that lock', async () => {
    const agent = 'cy' as AgentId;
    const metadata = { startedBy: 'bo' };
    machine.say({ kind: 'AgentJoin', agent, session: asSessionId('session of cy'), metadata });
    machine.acquire('cy', { files: ['api/c.ts'] });
    const token = machine.log.length;
    const by = (over: Partial<PastCommit>) => refusedOf([commit(1_025_000, 'api/c.ts', over)]);
    expect(await by({ agent: 'bo', tokens: [token] })).toEqual([]);
    expect(await by({ agent: 'bo', tokens: [token + 1] })).toEqual(['api/c.ts by cy']);
    expect(await by({ agent: 'al', tokens: [token] })).toEqual(['api/c.ts by cy']);
  });

  test('is judged by the end of the log where it is from after that, until the lease ends', async () => {
    expect(await refusedOf([commit(1_030_000, 'web/x')])).toEqual(['web/x by al']);
    expect(await refusedOf([commit(9_000_000, 'web/x')])).toEqual([]);
  });

  test('passes where it is free, in no scope, or another file', async () => {
    const paths = ['web/x.lock', 'docs/x', 'api/a.tsx'];
    expect(await refusedOf(paths.map((path) => commit(1_021_000, path)))).toEqual([]);
    expect(await refusedOf([commit(1_015_000, 'api/b.ts')])).toEqual([]);
  });
});

describe('the trailers of a commit', () => {
  const by = (agent: string, ...tokens: number[]) => [commit(1_015_000, 'api/a.ts', { agent, tokens })];

  test('let it pass under its own locks only', async () => {
    machine.acquire('bo', { files: ['api/b.ts'] });
    const other = { agent: 'al', tokens: [tokenOfAl], files: ['web/x', 'api/b.ts'] };
    expect(await refusedOf([commit(1_021_000, 'api/b.ts', other)])).toEqual(['api/b.ts by bo']);
  });

  test('let its agent pass by a token that the log has granted it, and nobody else', async () => {
    expect(await refusedOf(by('al', tokenOfAl))).toEqual([]);
    expect(await refusedOf(by('al', 1, tokenOfAl))).toEqual([]);
    for (const other of [by('al'), by('al', 1), by('bo', tokenOfAl), by('al', tokenOfAl + 1)])
      expect(await refusedOf(other)).toEqual(['api/a.ts by al']);
  });
});

describe('where a lock is asked for', () => {
  const unlocked = async (...commits: readonly PastCommit[]): Promise<readonly string[]> => {
    const log = { base: initialState(machine.initialSettings), entries: each(machine.log) };
    const { refused } = await judgePast(log, commits, { isStrict: true });
    return refused.map(({ name, locks }) => `${name} by ${locks.map(({ agent }) => agent).join()}`);
  };
  const of = (file: string, ...tokens: number[]) => commit(1_015_000, file, { agent: 'al', tokens });

  test('a commit needs a token of a lock of each file, or of its scope, whenever that was', async () => {
    const tokenOfWeb = machine.log.length;
    expect(await unlocked(of('api/a.ts', tokenOfAl), of('web/x', tokenOfWeb), of('web/x.lock'))).toEqual([]);
    expect(await unlocked(of('api/b.ts', tokenOfAl), of('web/x', tokenOfAl))).toEqual([
      'api/b.ts by ',
      'web/x by ',
    ]);
    expect(await unlocked(commit(1_015_000, 'web/x', { agent: 'bo', tokens: [tokenOfWeb] }))).toEqual([
      'web/x by ',
    ]);
    expect(await unlocked(commit(1_015_000, 'web/x'), commit(1_015_000, 'docs/x'))).toEqual(['web/x by ']);
  });

  test('a token of a subagent counts for who has started it, and what others had is still in the way', async () => {
    const agent = 'cy' as AgentId;
    machine.say({
      kind: 'AgentJoin',
      agent,
      session: asSessionId('session of cy'),
      metadata: { startedBy: 'al' },
    });
    machine.acquire('cy', { files: ['api/c.ts'] });
    expect(await unlocked(of('api/c.ts', machine.log.length))).toEqual([]);
    expect(await unlocked(commit(1_015_000, 'api/a.ts', { agent: 'bo', tokens: [2] }))).toEqual([
      'api/a.ts by al',
    ]);
  });

  test('a token from before the log is not judged', async () => {
    const base = initialState(machine.initialSettings);
    const { evolve } = await import('../core/index.ts');
    for (const entry of machine.log) evolve(base, entry);
    machine.advance(1_000);
    machine.release('al');
    const log = { base, entries: each(machine.log.slice(-1)) };
    const late = (token: number) => commit(1_030_000, 'api/b.ts', { agent: 'al', tokens: [token] });
    const { refused } = await judgePast(log, [late(tokenOfAl), late(machine.log.length)], { isStrict: true });
    expect(refused.map(({ commit: { tokens } }) => tokens)).toEqual([[machine.log.length]]);
  });
});

describe('of a time from before the log', () => {
  test('nothing is known, and it is said', async () => {
    const commits = [commit(900_000, 'api/a.ts'), commit(1_015_000, 'api/a.ts')];
    expect((await judged(commits)).older).toEqual([commits[0]]);
  });

  test('that was compacted neither, but what was held then is known from its end on', async () => {
    const kept = machine.log.findIndex(({ events }) => events.some(({ kind }) => kind === 'lock.released'));
    const before = new Machine({ freePaths: ['*.lock'] });
    const base = decodeState(encodeState(initialState(before.initialSettings)));
    const { evolve } = await import('../core/index.ts');
    for (const entry of machine.log.slice(0, kept)) evolve(base, entry);
    const commits = [commit(1_005_000, 'api/a.ts'), commit(1_015_000, 'api/a.ts')];
    const { older, refused } = await judged(commits, base, kept);
    expect(older).toEqual([commits[0]]);
    expect(refused.map(({ commit: { id } }) => id)).toEqual([commits[1]?.id]);
  });
});
