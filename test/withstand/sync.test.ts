/** Syncs with real processes: commands that fail, hang and are killed, and a Git that moves underneath. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rhema, rhemaJson, startRhema, type Envelope } from './support/cli.ts';
import { kill, ownersOf, processesOf } from './support/processes.ts';
import { Sandbox, type CoordinationBlock } from './support/sandbox.ts';
import { until } from './support/until.ts';

let sandbox: Sandbox;
afterEach(() => sandbox.clear());

const byHand = { sync_settings: { auto_sync: false } };

/** `web` stands on `api`, `docs` on nothing. Each has a file. */
function open(block: CoordinationBlock = byHand): void {
  sandbox = new Sandbox({ api: [], web: ['api'], docs: [] }, { dead_grace: '1s', ...block });
  for (const scope of ['api', 'web', 'docs']) change(scope, 'one');
}

/** What a scope runs; `NAME` leads to a file outside of the repository, by which a test and a command speak. */
function declare(scope: string, run: string, timeout = '60s'): void {
  const text = JSON.stringify(run.replaceAll('$OUT', sandbox.folder));
  const file = join(sandbox.worktree, scope, 'rhema.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8')}sync: { run: ${text}, timeout: ${timeout} }\n`);
}

const out = (name: string): string => join(sandbox.folder, name);
const said = (name: string): string[] =>
  existsSync(out(name)) ? readFileSync(out(name), 'utf8').trim().split('\n') : [];
const change = (scope: string, text: string): void =>
  writeFileSync(join(sandbox.worktree, scope, 'a.txt'), `${text}\n`);

function commit(message = 'x'): void {
  sandbox.git('add', '--all');
  sandbox.git('commit', '--quiet', '--message', message);
}

async function statuses(): Promise<Record<string, string>> {
  const { envelope } = await rhemaJson(sandbox, 'sync', 'status');
  const syncs = envelope['syncs'] as readonly { readonly scope: string; readonly status: string }[];
  return Object.fromEntries(syncs.map(({ scope, status }) => [scope, status]));
}

/** What became of each scope. */
async function sync(...words: readonly string[]): Promise<[number | null, Record<string, string>]> {
  const { exitCode, envelope } = await rhemaJson(sandbox, 'sync', 'run', ...words);
  return [exitCode, outcomesIn(envelope)];
}

function outcomesIn(envelope: Envelope): Record<string, string> {
  const data = (envelope.ok ? envelope : envelope.details) as {
    readonly scopes: readonly { readonly scope: string; readonly outcome: string }[];
  };
  return Object.fromEntries(data.scopes.map(({ scope, outcome }) => [scope, outcome]));
}

const allSynced = { '.': 'synced', api: 'synced', web: 'synced', docs: 'synced' };
const completed = { '.': 'completed', api: 'completed', web: 'completed', docs: 'completed' };

describe('commands', () => {
  it('are run when they were allowed, in the order of the dependencies, and not again where nothing was changed', async () => {
    open();
    declare('api', 'echo api >> $OUT/ran');
    declare('web', 'echo web >> $OUT/ran');
    commit();
    expect(await sync()).toEqual([3, { ...allSynced, api: 'notAllowed', web: 'heldBack' }]);
    expect(said('ran')).toEqual([]);
    expect((await rhema(sandbox, 'sync', 'allow')).code).toBe(2);
    expect((await rhema(sandbox, 'sync', 'allow', '--yes')).code).toBe(0);
    expect(await sync()).toEqual([0, { api: 'synced', web: 'synced' }]);
    expect(said('ran')).toEqual(['api', 'web']);
    expect(await sync()).toEqual([0, {}]);
    change('web', 'two');
    expect(await sync()).toEqual([0, { web: 'synced' }]);
    expect(said('ran')).toEqual(['api', 'web', 'web']);
  });

  it('of which one word is another have to be allowed anew', async () => {
    open();
    declare('api', 'echo one >> $OUT/ran');
    commit();
    await rhema(sandbox, 'sync', 'allow', '--yes');
    const file = join(sandbox.worktree, 'api/rhema.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('echo one', 'echo two'));
    expect((await sync())[1]).toMatchObject({ api: 'notAllowed' });
    expect(said('ran')).toEqual([]);
  });

  it('that fail hold back what depends on them, and what they said can be read', async () => {
    open();
    declare('api', 'echo it is broken >&2; exit 7');
    commit();
    expect(await sync('--allow-commands', '--no-retry')).toEqual([
      3,
      { ...allSynced, api: 'failed', web: 'heldBack' },
    ]);
    expect((await rhema(sandbox, 'sync', 'output', 'api')).stdout).toBe('it is broken\n');
    expect(await statuses()).toMatchObject({ api: 'failed', docs: 'completed' });
  });

  it('that hang are ended in time, with all that they have started', async () => {
    open();
    declare('api', 'echo $$ >> $OUT/pids; sleep 600 & sleep 600', '1s');
    commit();
    const before = processesOf(sandbox.worktree).length;
    const { envelope } = await rhemaJson(sandbox, 'sync', 'run', '--allow-commands', '--no-retry');
    expect(JSON.stringify(envelope)).toContain('its command took longer than 1s, and was ended');
    await until('nothing of the command is left', () => sleepers().length === 0);
    expect(before).toBe(0);
  });

  const sleepers = (): unknown[] =>
    processesOf(sandbox.worktree).filter(({ command }) => command[0] === 'sleep');

  it('go with a sync that is interrupted, which leaves no run behind', async () => {
    open();
    declare('api', 'touch $OUT/begun; sleep 600');
    commit();
    const running = startRhema(sandbox, 'sync', 'run', '--allow-commands');
    await until('the command has begun', () => existsSync(out('begun')));
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect(sleepers()).toEqual([]);
    expect(await statuses()).toMatchObject({ api: 'idle' });
  });

  it('end with a sync that is killed; the next one goes on with what is left', async () => {
    open();
    declare('web', 'touch $OUT/begun; test -e $OUT/go || sleep 600');
    commit();
    const running = startRhema(sandbox, 'sync', 'run', '--allow-commands');
    await until('the command has begun', () => existsSync(out('begun')));
    running.child.kill('SIGKILL');
    await until('the command has ended', () => sleepers().length === 0);
    writeFileSync(out('go'), '');
    expect(await sync('--allow-commands')).toEqual([0, { web: 'synced' }]);
    expect(await statuses()).toEqual(completed);
  });

  it('go on when the coordinator is killed meanwhile', async () => {
    open();
    declare('api', 'touch $OUT/begun; until test -e $OUT/go; do sleep 0.1; done');
    commit();
    const running = startRhema(sandbox, 'sync', 'run', '--allow-commands', '--json');
    await until('the command has begun', () => existsSync(out('begun')));
    kill(ownersOf(sandbox.worktree).map(({ pid }) => pid));
    writeFileSync(out('go'), '');
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(await statuses()).toEqual(completed);
  });

  it('whose scope Git changes meanwhile are ended and begun anew; others are not touched', async () => {
    open();
    declare('api', 'echo api >> $OUT/ran; test -e $OUT/go || sleep 600');
    declare('docs', 'echo docs >> $OUT/ran');
    commit();
    const running = startRhema(sandbox, 'sync', 'run', '--allow-commands', '--json');
    await until('both have begun', () => said('ran').length === 2);
    writeFileSync(out('go'), '');
    // Only what was seen before can be seen to change in the middle of a run.
    await until('the coordinator has looked', async () => (await rhema(sandbox, 'status')).code === 0);
    change('api', 'two');
    commit();
    await rhema(sandbox, 'status');
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(said('ran').filter((scope) => scope === 'docs')).toHaveLength(1);
    expect(said('ran').filter((scope) => scope === 'api')).toHaveLength(2);
    expect(await sync('--allow-commands')).toEqual([0, {}]);
  });
});

describe('definitions that cannot be used', () => {
  it.each(['sync: { run: [make] }', 'sync: { run: make, timeout: soon }', '}{'])(
    'fail the sync of their scope: %s',
    async (text) => {
      open();
      commit();
      expect(await sync()).toEqual([0, allSynced]);
      const file = join(sandbox.worktree, 'api/rhema.yaml');
      writeFileSync(file, `${readFileSync(file, 'utf8')}${text}\n`);
      expect(await sync()).toEqual([3, { api: 'failed', web: 'heldBack' }]);
    },
  );

  it('fail it also where the scope was never a sound one', async () => {
    open();
    declare('docs', '');
    commit();
    expect((await sync())[0]).toBe(3);
  });
});

describe('context files that are broken', () => {
  const breakTodos = (): void => {
    writeFileSync(join(sandbox.worktree, 'api/todos.yaml'), 'todos: [{ title: without an id }]\n');
    commit();
  };

  it('fail a sync in strict mode', async () => {
    open({ ...byHand, safety_validation: { strict_mode: true } });
    breakTodos();
    expect(await sync()).toEqual([3, { ...allSynced, api: 'failed', web: 'heldBack' }]);
  });

  it('are told of in any other', async () => {
    open();
    breakTodos();
    const { code, stdout } = await rhema(sandbox, 'sync', 'run');
    expect([code, stdout]).toEqual([0, expect.stringContaining('api/todos.yaml:1:')]);
  });
});

describe('Git', () => {
  beforeEach(async () => {
    open();
    commit('one');
    sandbox.git('checkout', '--quiet', '-b', 'other');
    change('docs', 'other');
    commit('other');
    sandbox.git('checkout', '--quiet', 'main');
    expect(await sync()).toEqual([0, allSynced]);
  });

  const undone = async (): Promise<string[]> =>
    Object.entries(await statuses())
      .filter(([, status]) => status === 'idle')
      .map(([scope]) => scope);

  it.each<[string, string[], () => void]>([
    ['a commit', ['api', 'web'], () => (change('api', 'two'), commit())],
    ['a commit of nothing', [], () => sandbox.git('commit', '--quiet', '--allow-empty', '-m', 'x')],
    ['a checkout', ['docs'], () => sandbox.git('checkout', '--quiet', 'other')],
    ['a merge', ['docs'], () => sandbox.git('merge', '--quiet', 'other')],
    ['a rebase', ['docs'], () => sandbox.git('rebase', '--quiet', 'other')],
    ['a reset', ['docs'], () => sandbox.git('reset', '--quiet', '--hard', 'other')],
    ['a new branch', [], () => sandbox.git('checkout', '--quiet', '-b', 'new')],
    ['a file that is added', ['web'], () => (change('web', 'two'), sandbox.git('add', 'web'))],
    ['a file that is removed', ['docs'], () => sandbox.git('rm', '--quiet', 'docs/a.txt')],
  ])('undoes by %s the syncs of %j', async (_what, scopes, act) => {
    act();
    expect(await undone()).toEqual(scopes);
  });

  it('is seen also when nobody asked meanwhile, and the coordinator is another one by then', async () => {
    await rhema(sandbox, 'daemon', 'stop');
    change('docs', 'two');
    commit();
    expect(await undone()).toEqual(['docs']);
    const { stdout } = await rhema(sandbox, 'log');
    expect(stdout).toMatch(/told of an operation of Git:\n +commit changed docs/);
  });

  it('does not undo what an edit alone has changed; a sync finds that', async () => {
    change('docs', 'two');
    expect(await undone()).toEqual([]);
    expect(await sync()).toEqual([0, { docs: 'synced' }]);
  });
});

describe('auto_sync', () => {
  const isAllSynced = async (): Promise<boolean> =>
    Object.values(await statuses()).every((status) => status === 'completed');

  it('syncs again by itself what a commit has undone, in order, and runs what was allowed', async () => {
    open({});
    declare('api', 'echo api >> $OUT/ran');
    declare('web', 'echo web >> $OUT/ran');
    commit();
    await rhema(sandbox, 'sync', 'allow', '--yes', '--auto');
    expect(await sync()).toEqual([0, allSynced]);
    change('api', 'two');
    commit();
    await rhema(sandbox, 'status');
    await until('both were run again', () => said('ran').length === 4);
    expect(said('ran')).toEqual(['api', 'web', 'api', 'web']);
    await until('all is synced', isAllSynced);
  });

  it('runs nothing of what nobody has allowed', async () => {
    open({});
    commit();
    expect(await sync()).toEqual([0, allSynced]);
    declare('docs', 'touch $OUT/ran');
    change('api', 'two');
    commit();
    await rhema(sandbox, 'status');
    await until('what can be synced is', async () => {
      const now = await statuses();
      return now['web'] === 'completed' && now['api'] === 'completed';
    });
    expect(await statuses()).toMatchObject({ docs: 'idle' });
    expect(existsSync(out('ran'))).toBe(false);
  });

  it('runs nothing that was allowed only for when somebody asks', async () => {
    open({});
    declare('api', 'echo api >> $OUT/ran');
    commit();
    await rhema(sandbox, 'sync', 'allow', '--yes');
    expect(await sync()).toEqual([0, allSynced]);
    change('api', 'two');
    change('docs', 'two');
    commit();
    await until('what runs nothing is synced', async () => (await statuses())['docs'] === 'completed');
    expect(await statuses()).toMatchObject({ api: 'idle', web: 'idle' });
    expect(said('ran')).toEqual(['api']);
  });

  it('needs nobody to ask: a commit is seen by itself', async () => {
    open({});
    commit();
    expect(await sync()).toEqual([0, allSynced]);
    change('docs', 'two');
    commit();
    const log = (): string => sandbox.paths.log;
    await until('it was synced', () => readFileSync(log(), 'utf8').includes('synced what was due'));
    expect(await statuses()).toEqual(completed);
  });

  it('leaves what somebody has aborted', async () => {
    open({});
    declare('api', 'touch $OUT/begun; sleep 600');
    commit();
    const running = startRhema(sandbox, 'sync', 'run', '--allow-commands', '--json');
    await until('the command has begun', () => existsSync(out('begun')));
    await rhema(sandbox, 'sync', 'abort', 'api');
    expect(JSON.parse((await running.ended).stdout)).toMatchObject({ code: 'SYNC_INCOMPLETE' });
    expect(await statuses()).toMatchObject({ api: 'idle' });
  });

  it('syncs nothing that was never synced', async () => {
    open({});
    commit();
    await rhema(sandbox, 'status');
    change('api', 'two');
    commit();
    await rhema(sandbox, 'status');
    expect(await statuses()).toEqual({});
  });
});
