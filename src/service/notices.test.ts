import { expect, it } from 'vitest';
import {
  asRevision,
  asTimeMs,
  encodeState,
  evolve,
  initialState,
  noticeEntriesMax,
  type State,
} from '../core/index.ts';
import type { ToldUpTo } from '../protocol/index.ts';
import {
  acquire,
  join,
  openBench,
  release,
  scopePath,
  settled,
  submit,
  type Bench,
  type Identity,
} from './testing.ts';

/** `web` depends on `core`; ann holds web. */
async function open() {
  const bench = await openBench();
  const { service } = bench;
  const scopes = [
    { path: scopePath('core'), name: 'core', type: 'package', dependencies: [] },
    { path: scopePath('web'), name: 'web', type: 'package', dependencies: [scopePath('core')] },
  ];
  await service.submitInternal({ kind: 'DefineScopes', by: 'service', scopes });
  const [ann, bob] = [await join(service, 'ann'), await join(service, 'bob')];
  await acquire(service, ann, 'web');
  return { ...bench, ann, bob };
}

const tell = (
  { service }: Pick<Bench, 'service'>,
  { agent, epoch }: Identity,
  after: ToldUpTo | null = null,
) => service.query({ kind: 'notices', agent, epoch, after });

async function change({
  service,
  bob,
}: {
  readonly service: Bench['service'];
  readonly bob: Identity;
}): Promise<void> {
  await acquire(service, bob, 'core');
  await release(service, bob);
}

it('what happened since the agent was told last is told, up to the newest entry, and then no more', async () => {
  const bench = await open();
  await change(bench);
  const first = await tell(bench, bench.ann);
  expect(first).toMatchObject({
    notices: [
      {
        kind: 'changed',
        scope: 'core',
        dependents: { names: ['web'] },
        change: { agent: 'bob', reason: null },
      },
    ],
    left: 0,
    unread: null,
    upTo: { revision: first.revision, logMs: first.nowMs },
  });
  expect(await tell(bench, bench.ann, first.upTo)).toMatchObject({ notices: [], upTo: first.upTo });
  await change(bench);
  const { upTo, notices } = await tell(bench, bench.ann, first.upTo);
  expect(notices).toHaveLength(1);
  expect(upTo.revision).toBe(first.revision + 2);
});

it('who is not known, and an incarnation that is over, is told nothing of the one that there is', async () => {
  const bench = await open();
  await change(bench);
  expect(await tell(bench, { ...bench.ann, epoch: asRevision(1) })).toMatchObject({ notices: [] });
  expect(await tell(bench, { ...bench.ann, agent: 'zoe' as Identity['agent'] })).toMatchObject({
    notices: [],
  });
});

it('of too much that happened the newest is looked at, and what was not is told as unread', async () => {
  const bench = await open();
  for (let round = 1; round < noticeEntriesMax; round += 1) await change(bench);
  const { notices, unread, revision } = await tell(bench, bench.ann);
  expect(notices).toMatchObject([{ kind: 'changed', times: noticeEntriesMax - 1 }]);
  expect(unread).toBeNull();
  await change(bench);
  await change(bench);
  const more = await tell(bench, bench.ann);
  expect(more.notices).toMatchObject([{ kind: 'changed', times: noticeEntriesMax, revision: revision + 4 }]);
  expect(more.unread).toMatchObject({ from: bench.ann.epoch + 1 });
});

it('what the log keeps no more is told as unread, and the rest as it is', async () => {
  const bench = await open();
  await change(bench);
  const { store, service } = bench;
  const { last } = await store.bounds();
  await store.saveSnapshot(await snapshotAt(bench, last));
  await store.compact(asRevision(last));
  await change(bench);
  await settled();
  const answer = await tell(bench, bench.ann);
  expect(answer.unread).toEqual({ from: bench.ann.epoch + 1, to: last - 1 });
  expect(answer.notices).toMatchObject([{ kind: 'changed', times: 2 }]);
  await submit(service, { kind: 'Heartbeat', ...bench.ann });
  expect((await tell(bench, bench.ann, answer.upTo)).unread).toBeNull();
  expect((await tell(bench, bench.ann, { revision: last, logMs: asTimeMs(0) })).unread).toBeNull();
});

async function snapshotAt({ store }: Pick<Bench, 'store'>, revision: number) {
  const page = await store.read(asRevision(1), revision);
  const entries = page.kind === 'entries' ? page.entries : [];
  const state: State = initialState();
  for (const entry of entries) evolve(state, entry);
  return { revision: state.revision, atMs: state.timeMs, body: encodeState(state) };
}
