import { beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings } from '../core/index.ts';
import { scopePath, settled } from '../service/testing.ts';
import { treeDigest } from './digest.ts';
import type { SyncProblem } from './news.ts';
import { SyncStage } from '../../test/support/sync-stage.ts';

/** `web` and `api` stand on `lib`, which stands on `base`; `docs` on nothing. */
const graph = { base: [], lib: ['base'], api: ['lib'], web: ['lib'], docs: [] };
const all = Object.keys(graph);

let stage: SyncStage;
beforeEach(async () => {
  stage = await SyncStage.open(graph);
  stage.write('base/a', 'lib/a', 'api/a', 'web/a', 'docs/a');
  stage.command(...all);
});

const everyone = (what: string): Record<string, string> =>
  Object.fromEntries(all.map((scope) => [scope, what]));

const brokenTodos: SyncProblem = {
  file: 'lib/todos.yaml',
  line: 3,
  column: 5,
  severity: 'error',
  rule: 'ID_MISSING',
  message: 'has no id',
};

describe('a sync', () => {
  it('takes each scope after what it depends on', async () => {
    expect(await stage.sync()).toEqual(everyone('synced'));
    const order = ['base', 'lib', 'api'].map((scope) => stage.ran.indexOf(scope));
    expect(order).toEqual([...order].sort((one, other) => one - other));
    expect((await stage.statusOf('web'))?.status).toBe('completed');
  });

  it('takes what does not depend on each other side by side, up to a bound', async () => {
    await stage.sync({ jobs: 2 });
    expect(stage.mostAtOnce).toBe(2);
    stage.write('api/a', 'web/a', 'docs/a');
    stage.mostAtOnce = 0;
    await stage.sync({ jobs: 1 });
    expect(stage.mostAtOnce).toBe(1);
  });

  it('leaves out what is as it was, and asks the log for nothing', async () => {
    await stage.sync();
    const before = await stage.events();
    expect(await stage.sync()).toEqual(everyone('as it was'));
    expect(await stage.events()).toEqual(before);
  });

  it('takes again what was changed and what stands on it, and nothing else', async () => {
    await stage.sync();
    stage.ran.length = 0;
    stage.write('lib/a');
    expect(await stage.sync()).toEqual({
      ...everyone('synced'),
      base: 'as it was',
      docs: 'as it was',
    });
    expect([...stage.ran].sort()).toEqual(['api', 'lib', 'web']);
  });

  it('takes a scope again whose command is another one now', async () => {
    await stage.sync();
    stage.ran.length = 0;
    stage.commands.set(scopePath('docs'), { run: 'other', timeoutMs: 1 });
    expect(await stage.sync()).toEqual({ ...everyone('as it was'), docs: 'synced' });
    expect(stage.ran).toEqual(['other']);
  });

  it('runs no command of what is as it was when it was synced, though somebody said that it had changed', async () => {
    await stage.sync();
    stage.ran.length = 0;
    await stage.submit({ kind: 'InvalidateSync', scope: scopePath('lib'), by: 'somebody', reason: null });
    expect(await stage.sync()).toMatchObject({ lib: 'synced', api: 'synced', base: 'as it was' });
    expect(stage.ran).toEqual([]);
  });

  it('of some scopes takes these and what they depend on', async () => {
    expect(await stage.sync({ scopes: [scopePath('api')] })).toEqual({
      base: 'synced',
      lib: 'synced',
      api: 'synced',
    });
  });

  it('believes whoever has said that it is synced, and presents a digest of his own', async () => {
    const { session } = stage;
    const scope = scopePath('docs');
    const started = await stage.submit({ kind: 'StartSync', ...session, scope });
    const digest = 'd'.repeat(64);
    await stage.submit({
      kind: 'CompleteSync',
      ...session,
      scope,
      run: started.revision,
      digest,
      syncedAgainst: {},
    });
    expect(await stage.sync()).toMatchObject({ docs: 'as it was' });
  });
});

describe('a failure', () => {
  beforeEach(() => stage.acts.set('lib', async () => ({ kind: 'exited', code: 2 })));

  it('holds back what stands on it, and nothing else', async () => {
    expect(await stage.sync()).toEqual({
      base: 'synced',
      lib: 'failed: its command ended with 2',
      api: 'held back by lib',
      web: 'held back by lib',
      docs: 'synced',
    });
    expect(stage.ran).not.toContain('api');
  });

  it('holds nothing back where dependencies are not checked', async () => {
    const settings = { ...defaultSettings, dependencyChecking: false };
    const reply = await stage.bench.service.submitInternal({ kind: 'Configure', by: 'service', settings });
    expect(reply).toMatchObject({ ok: true });
    expect(await stage.sync()).toMatchObject({ api: 'synced', web: 'synced' });
  });

  it('is tried again after a pause, as often as is configured, and then stays', async () => {
    const { settings } = await stage.bench.service.query({ kind: 'status', at: null });
    const syncing = stage.sync({ retries: true, scopes: [scopePath('lib')] });
    for (let tries = 0; tries < settings.maxRetries; tries += 1) await stage.pass(120_000);
    expect(await syncing).toMatchObject({ lib: 'failed: its command ended with 2' });
    expect(stage.ran.filter((scope) => scope === 'lib')).toHaveLength(settings.maxRetries + 1);
    expect(stage.news.filter(({ kind }) => kind === 'retries')).toHaveLength(settings.maxRetries);
  });

  it('is over when the command ends well at last', async () => {
    let tries = 0;
    stage.acts.set('lib', async () => ({ kind: 'exited', code: (tries += 1) < 2 ? 1 : 0 }));
    const syncing = stage.sync({ retries: true });
    await stage.pass(120_000);
    expect(await syncing).toEqual(everyone('synced'));
  });

  it('of before is taken back by who asks for a sync, and by nobody else', async () => {
    await stage.sync({ retries: false });
    stage.acts.clear();
    expect(await stage.sync({ resets: false })).toMatchObject({
      lib: expect.stringContaining('failed') as string,
    });
    expect(await stage.sync({ resets: true })).toMatchObject({ lib: 'synced', api: 'synced' });
  });
});

describe('invalid context files', () => {
  beforeEach(() => stage.problems.set(scopePath('lib'), [brokenTodos]));

  it('fail a sync where the rules are strict, at once, and no command is run', async () => {
    expect(await stage.sync({ strict: true, retries: true })).toMatchObject({
      lib: 'failed: lib/todos.yaml:3:5: has no id (ID_MISSING)',
      api: 'held back by lib',
      docs: 'synced',
    });
    expect(stage.ran).not.toContain('lib');
  });

  it('are told of elsewhere, and the sync goes on', async () => {
    expect(await stage.sync({ strict: false })).toEqual(everyone('synced'));
    expect(stage.news).toContainEqual({ kind: 'problems', scope: 'lib', problems: [brokenTodos] });
  });
});

describe('a change in the middle of a run', () => {
  it('undoes the run of the scope, whose command is told to end, and of no other; then it is synced as it is by then', async () => {
    stage.acts.set('lib', async (signal) => {
      if (stage.ran.filter((scope) => scope === 'lib').length > 1) return { kind: 'exited', code: 0 };
      stage.write('lib/a');
      await stage.submit({
        kind: 'GitOperation',
        scopes: [scopePath('lib')],
        operation: 'checkout',
        by: 'somebody',
      });
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      return { kind: 'stopped' };
    });
    expect(await stage.sync()).toEqual(everyone('synced'));
    expect(stage.news.filter(({ kind }) => kind === 'undone')).toEqual([{ kind: 'undone', scope: 'lib' }]);
    expect(stage.ran.filter((scope) => scope === 'base' || scope === 'docs')).toHaveLength(2);
    expect(await stage.sync()).toEqual(everyone('as it was'));
  });

  it('that only the files show is found when the command has ended: a command may make files of its own', async () => {
    let text = '';
    stage.acts.set('lib', async () => {
      stage.files.set('lib/made', (text = 'made'));
      return { kind: 'exited', code: 0 };
    });
    expect(await stage.sync()).toEqual(everyone('synced'));
    expect(text).toBe('made');
    expect(stage.ran.filter((scope) => scope === 'lib')).toHaveLength(2);
    expect(stage.ran.filter((scope) => scope === 'api')).toHaveLength(1);
  });

  it('is not chased for ever', async () => {
    stage.acts.set('docs', async () => {
      stage.write('docs/a');
      return { kind: 'exited', code: 0 };
    });
    expect(await stage.sync()).toMatchObject({ docs: 'restless', api: 'synced' });
    expect(stage.ran.filter((scope) => scope === 'docs')).toHaveLength(4);
  });

  it('is found at the end where no command was run', async () => {
    stage.commands.delete(scopePath('base'));
    stage.acts.set('docs', async () => {
      if (stage.ran.filter((scope) => scope === 'docs').length === 1) stage.write('base/a');
      return { kind: 'exited', code: 0 };
    });
    expect(await stage.sync()).toEqual(everyone('synced'));
    expect((await stage.events()).filter((event) => event === 'completed base')).toHaveLength(2);
  });
});

describe('others', () => {
  it('who sync a scope are waited for', async () => {
    const other = { ...stage.session };
    const scope = scopePath('base');
    const started = await stage.submit({ kind: 'StartSync', ...other, scope });
    const syncing = stage.sync({ scopes: [scope] });
    for (let turn = 0; turn < 20; turn += 1) await settled();
    expect(stage.ran).toEqual([]);
    await stage.submit({ kind: 'FailSync', ...other, scope, run: started.revision, error: 'no' });
    expect(await syncing).toEqual({ base: 'synced' });
  });
});

describe('what is interrupted', () => {
  it('ends its commands, and leaves no run behind', async () => {
    const interrupt = new AbortController();
    stage.acts.set('base', async (signal) => {
      interrupt.abort();
      return signal.aborted ? { kind: 'stopped' } : { kind: 'exited', code: 0 };
    });
    const outcomes = await stage.sync({}, interrupt.signal);
    expect(outcomes).toMatchObject({ base: 'stopped', lib: 'stopped', api: 'stopped' });
    expect((await stage.statusOf('base'))?.status).toBe('idle');
  });
});

it('runs no command that nobody has allowed, and what stands on such a scope is held back', async () => {
  stage.isAllowed = false;
  stage.commands.delete(scopePath('base'));
  expect(await stage.sync()).toMatchObject({ base: 'synced', lib: 'notAllowed', api: 'held back by lib' });
  expect(stage.ran).toEqual([]);
});

describe('what somebody decides meanwhile', () => {
  it('to abort a run ends it for good', async () => {
    stage.acts.set('base', async (signal) => {
      await stage.submit({ kind: 'AbortSync', scope: scopePath('base'), by: 'olga', reason: null });
      if (!signal.aborted)
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      return { kind: 'stopped' };
    });
    expect(await stage.sync()).toMatchObject({
      base: 'aborted by olga',
      lib: 'held back by base',
      docs: 'synced',
    });
    expect(stage.ran.filter((scope) => scope === 'base')).toHaveLength(1);
  });

  it('to declare another command, or to mend a file, counts for the next try', async () => {
    const mended = scopePath('docs');
    stage.acts.set('docs', async () => {
      stage.commands.set(mended, { run: 'mended', timeoutMs: 1_000 });
      return { kind: 'exited', code: 1 };
    });
    const syncing = stage.sync({ retries: true, scopes: [mended] });
    await stage.pass(120_000);
    expect(await syncing).toEqual({ docs: 'synced' });
    expect(stage.ran).toEqual(['docs', 'mended']);
  });

  it('to sync a scope as it is by then is not undone by who has seen what was before', async () => {
    stage = await SyncStage.open({ base: [], top: ['base'] });
    const settings = { ...defaultSettings, dependencyChecking: false };
    await stage.bench.service.submitInternal({ kind: 'Configure', by: 'service', settings });
    stage.write('base/a', 'top/a');
    stage.command('base');
    const scope = scopePath('top');
    stage.acts.set('base', async () => {
      stage.write('top/a');
      const { own } = await stage.ports().look([scopePath('base'), scope], null);
      const ownOf = (one: string): string => own.get(scopePath(one)) ?? '';
      const base = treeDigest({ own: ownOf('base'), command: 'base', dependencies: new Map() });
      const below = new Map([[scopePath('base'), base]]);
      const digest = treeDigest({ own: ownOf('top'), command: null, dependencies: below });
      const { revision: run } = await stage.submit({ kind: 'StartSync', ...stage.session, scope });
      const ended = { run, digest, syncedAgainst: { base } };
      await stage.submit({ kind: 'CompleteSync', ...stage.session, scope, ...ended });
      return { kind: 'exited', code: 0 };
    });
    expect(await stage.sync()).toEqual({ base: 'synced', top: 'as it was' });
    expect(await stage.events()).not.toContain('invalidated top');
  });
});

it('fails a scope whose definition cannot be used, whatever the rules are', async () => {
  stage.unread.add(scopePath('lib'));
  expect(await stage.sync({ strict: false })).toMatchObject({
    lib: 'failed: its definition cannot be used: see rhema safety validate',
    api: 'held back by lib',
  });
  expect(stage.ran).not.toContain('lib');
});

it('stays present while a command runs for longer than its session lasts', async () => {
  const { sessionTtlMs } = defaultSettings;
  let end = (): void => {};
  stage.acts.set('docs', async () => {
    await new Promise<void>((resolve) => (end = resolve));
    return { kind: 'exited', code: 0 };
  });
  const syncing = stage.sync({ scopes: [scopePath('docs')] });
  await stage.pass(sessionTtlMs * 1.5);
  end();
  expect(await syncing).toEqual({ docs: 'synced' });
  expect(await stage.events()).not.toContain('failed docs');
});
