import { beforeAll, expect, it } from 'vitest';
import { againstDocument, type Checked } from './testing/against-document.ts';
import { acquiring, bodyOf, joined, jsonOf, openStage, type Stage } from './testing.ts';

let faultsOf: Checked['faultsOf'];

beforeAll(async () => {
  ({ faultsOf } = await againstDocument());
});

/** `src/web` stands on `src/core`; alice and bob take part. */
async function open(): Promise<{ stage: Stage; alice: object; bob: object }> {
  const stage = await openStage();
  const scopes = [
    { path: 'src/core', name: 'core', type: 'package', dependencies: [] },
    { path: 'src/web', name: 'web', type: 'package', dependencies: ['src/core'] },
  ];
  await done(stage, 'DefineScopes', { by: 'ops', scopes });
  return { stage, alice: await joined(stage, 'alice'), bob: await joined(stage, 'bob') };
}

async function done(stage: Stage, kind: string, body: object): Promise<void> {
  const response = await stage.say(kind, body);
  expect([kind, response.status, response.ok ? null : await response.text()]).toEqual([kind, 200, null]);
}

/** What the answer has under `list`, held against the document. */
async function asked(stage: Stage, kind: string, body: object, list: string): Promise<readonly object[]> {
  const path = `/api/v1/queries/${kind}`;
  const response = await stage.call(path, jsonOf(body));
  expect(response.status).toBe(200);
  expect(await faultsOf(response.clone(), path, 'post')).toEqual([]);
  return (await bodyOf(response))[list] as readonly object[];
}

const told = (stage: Stage, who: object): Promise<readonly object[]> => {
  const { agent, epoch } = who as { agent: string; epoch: number };
  return asked(stage, 'notices', { agent, epoch, after: null }, 'notices');
};

const web = 'src/web';
const file = (who: object, name: string): object => ({ ...acquiring(who, name), scopes: [], files: [name] });
const broken = {
  by: 'ops',
  type: 'ContextConsistency',
  rule: 'DigestMatches',
  subject: `${web}/knowledge.yaml`,
  path: web,
  evidence: 'it is another',
  remedy: 'record it',
};
const minuteMs = 60_000;

type Said = (stage: Stage, alice: object, bob: object) => Promise<unknown>;

const dialogues: Readonly<Record<string, Said>> = {
  lost: async (stage, alice) => {
    await done(stage, 'AcquireLock', acquiring(alice, web));
    await done(stage, 'RevokeLock', { scope: web, by: 'ops', reason: 'it is urgent' });
  },
  waitEnded: async (stage, alice, bob) => {
    await done(stage, 'AcquireLock', acquiring(bob, web));
    await done(stage, 'AcquireLock', { ...acquiring(alice, web), wait: { kind: 'queue', forMs: 1_000 } });
    stage.time.advance(2_000);
  },
  waitServed: async (stage, alice, bob) => {
    await done(stage, 'AcquireLock', acquiring(bob, web));
    await done(stage, 'AcquireLock', acquiring(alice, web, true));
    await done(stage, 'ReleaseLock', { ...bob, scopes: null, token: null });
  },
  leaseEnding: async (stage, alice) => {
    await done(stage, 'AcquireLock', acquiring(alice, web));
    stage.time.advance(minuteMs - 1_000);
  },
  wanted: async (stage, alice, bob) => {
    await done(stage, 'AcquireLock', acquiring(alice, web));
    await done(stage, 'AcquireLock', acquiring(bob, web, true));
  },
  changed: async (stage, alice, bob) => {
    await done(stage, 'AcquireLock', acquiring(alice, web));
    await done(stage, 'AcquireLock', acquiring(bob, 'src/core'));
    const changed = [{ scope: 'src/core', files: ['src/core/a.ts'], count: 1 }];
    await done(stage, 'ReleaseLock', { ...bob, scopes: null, token: null, changed });
  },
  broken: async (stage, alice) => {
    await done(stage, 'AcquireLock', acquiring(alice, web));
    await done(stage, 'ReportViolation', broken);
  },
  beside: async (stage, alice, bob) => {
    await done(stage, 'AcquireLock', file(alice, `${web}/a.ts`));
    await done(stage, 'AcquireLock', file(bob, `${web}/b.ts`));
  },
};

it.each(Object.entries(dialogues))('a notice of the kind %s is as the document says', async (kind, say) => {
  const { stage, alice, bob } = await open();
  await say(stage, alice, bob);
  expect(await told(stage, alice)).toEqual([expect.objectContaining({ kind })]);
});

const core = 'src/core';

it('so is one of a scope that Git, its holder or somebody’s word has changed', async () => {
  const { stage, alice, bob } = await open();
  await done(stage, 'AcquireLock', acquiring(alice, web));
  await done(stage, 'GitOperation', { by: 'ops', operation: 'checkout main', scopes: [core] });
  const written = {
    scope: core,
    file: `${core}/todos.yaml`,
    token: null,
    digest: 'a'.repeat(64),
    baseDigest: null,
  };
  await done(stage, 'ContextModify', { ...bob, ...written });
  const started = await bodyOf(await stage.say('StartSync', { ...bob, scope: core }));
  const { run } = started['result'] as { run: number };
  await done(stage, 'CompleteSync', { ...bob, scope: core, run, digest: null, syncedAgainst: {} });
  await done(stage, 'InvalidateSync', { by: 'ops', scope: core, reason: 'the schema' });
  const changes = (await told(stage, alice)) as { change: { kind: string } }[];
  expect(changes.map(({ change }) => change.kind).sort()).toEqual(['git', 'said', 'written']);
});

it('who had a lock before is told as the document says, however it ended', async () => {
  const { stage, alice, bob } = await open();
  await done(stage, 'AcquireLock', acquiring(bob, web));
  await done(stage, 'ReleaseLock', { ...bob, scopes: null, token: null });
  const carol = await joined(stage, 'carol');
  await done(stage, 'AcquireLock', acquiring(carol, web));
  await done(stage, 'RevokeLock', { scope: web, by: 'ops', reason: null });
  const dave = await joined(stage, 'dave');
  await done(stage, 'AcquireLock', acquiring(dave, web));
  stage.time.advance(minuteMs + 1_000);
  const { agent, epoch } = alice as { agent: string; epoch: number };
  const got = await stage.say('AcquireLock', acquiring(alice, web));
  const { result } = (await bodyOf(got)) as { result: { locks: { token: number }[] } };
  const lock = { scope: web, token: result.locks[0]?.token };
  const [of] = await asked(stage, 'formerHolders', { agent, epoch, locks: [lock] }, 'locks');
  const kinds = (of as { holders: { end: { kind: string } }[] }).holders.map(({ end }) => end.kind);
  expect(kinds).toEqual(['lock.expired', 'lock.revoked', 'lock.released']);
});
