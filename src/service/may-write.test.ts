import { describe, expect, it } from 'vitest';
import { asRevision, defaultSettings, type AgentId } from '../core/index.ts';
import { acquire, defineScopes, join, openBench, scopePath } from './testing.ts';

describe('whether an agent may write', () => {
  it('is so of a free file, which it says, as scopesOf does, with what is claimed of the others', async () => {
    let drawn = 0;
    const bench = await openBench({ options: { chance: () => (drawn += 0.001) } });
    await defineScopes(bench.service, 'a', 'b');
    const settings = { ...defaultSettings, freePaths: ['*.lock', 'b'], claimLevel: 'scope' } as const;
    await bench.service.submitInternal({ kind: 'Configure', by: 'service', settings });
    const ann = await join(bench.service, 'ann');
    const paths = ['a/x.lock', 'b', 'c/y.lock', 'a/x.ts'].map(scopePath);
    const { agent, epoch } = ann;
    const may = await bench.service.query({ kind: 'mayWrite', agent, epoch, files: paths, token: null });
    expect(may.files).toEqual([
      { file: 'a/x.lock', scope: 'a', obstacle: null, free: true },
      { file: 'b', scope: 'b', obstacle: 'LOCK_NOT_HELD', free: false },
      { file: 'c/y.lock', scope: null, obstacle: null, free: true },
      { file: 'a/x.ts', scope: 'a', obstacle: 'LOCK_NOT_HELD', free: false },
    ]);
    const around = await bench.service.query({ kind: 'scopesOf', paths });
    expect(around).toMatchObject({
      scopes: ['a', 'b', null, 'a'],
      free: [true, false, true, false],
      claim: 'scope',
    });
  });

  it('is answered for many files at once, each by the lock of its own scope', async () => {
    const bench = await openBench();
    await defineScopes(bench.service, 'a', 'a/inner', 'b');
    const [ann, bob] = [await join(bench.service, 'ann'), await join(bench.service, 'bob')];
    const { revision: token } = await acquire(bench.service, ann, 'a');
    await acquire(bench.service, bob, 'b');
    const files = ['a/x.ts', 'b/y.ts', 'a/inner/z.ts', 'a/w.ts', 'c/v.ts'].map(scopePath);
    const ask = (presented: number | null) =>
      bench.service.query({
        kind: 'mayWrite',
        agent: ann.agent,
        epoch: ann.epoch,
        files,
        token: presented === null ? null : asRevision(presented),
      });
    const answer = await ask(null);
    expect(answer.files).toEqual([
      { file: 'a/x.ts', scope: 'a', obstacle: null, free: false },
      { file: 'b/y.ts', scope: 'b', obstacle: 'LOCK_NOT_HELD', free: false },
      { file: 'a/inner/z.ts', scope: 'a/inner', obstacle: 'LOCK_NOT_HELD', free: false },
      { file: 'a/w.ts', scope: 'a', obstacle: null, free: false },
      { file: 'c/v.ts', scope: null, obstacle: 'SCOPE_NOT_FOUND', free: false },
    ]);
    expect(answer.scopes.map((scope) => scope.path)).toEqual(['a', 'b', 'a/inner']);
    expect(answer.locks.map((lock) => [lock.scope, lock.agent])).toEqual([
      ['a', 'ann'],
      ['b', 'bob'],
    ]);
    expect(answer.agent).toMatchObject({ agent: 'ann', held: ['a'] });
    expect((await ask(token)).files[0]).toMatchObject({ obstacle: null });
    expect((await ask(token - 1)).files[0]).toMatchObject({ obstacle: 'STALE_FENCING_TOKEN' });
    bench.timers.advance(60_001);
    expect((await ask(null)).files[0]).toMatchObject({ obstacle: 'LOCK_NOT_HELD' });
  });

  it('is refused when the lease is over, though its end could not be written down', async () => {
    const bench = await openBench({ options: { commitPatienceMs: 5 } });
    await defineScopes(bench.service, 'a');
    const ann = await join(bench.service, 'ann');
    await acquire(bench.service, ann, 'a');
    bench.store.fates.push(...Array.from({ length: 10 }, () => 'diskFull' as const));
    bench.timers.advance(60_001);
    const asked = { agent: ann.agent, epoch: ann.epoch, files: [scopePath('a')], token: null };
    const answer = await bench.service.query({ kind: 'mayWrite', ...asked });
    expect(answer.files).toMatchObject([{ obstacle: 'LOCK_NOT_HELD' }]);
    expect(answer.locks).toMatchObject([{ agent: 'ann', deadlineMs: answer.nowMs - 1 }]);
  });

  it('is answered for one that nobody knows as well', async () => {
    const { service } = await openBench();
    await defineScopes(service, 'a');
    const asked = { agent: 'nobody' as AgentId, epoch: asRevision(1), files: [scopePath('a')], token: null };
    expect(await service.query({ kind: 'mayWrite', ...asked })).toMatchObject({
      files: [{ obstacle: 'AGENT_NOT_FOUND' }],
      agent: null,
    });
  });
});
