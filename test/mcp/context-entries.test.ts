/** Entries of context files, written by the tool. */
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { auth, contenders, web } from './support/contenders.ts';
import type { Told } from './support/stage.ts';

const path = `${auth}/.rhema/todos.yaml`;

async function begun() {
  const pair = await contenders();
  const put = (entry: object, by: 'alice' | 'bob' = 'alice', at = path): Promise<Told> =>
    pair[by].call('context_record', { agent: by, path: at, entry });
  const todos = (): unknown => (parse(pair.stage.texts.get(path) ?? '') as { todos: unknown }).todos;
  await pair.alice.acquire('alice', auth);
  return { ...pair, put, todos };
}

it('an entry is added, changed and taken out under a lock that is held', async () => {
  const { alice, put, todos } = await begun();
  const added = await put({ title: 'Rename it', priority: 'high', tags: ['auth'] });
  expect(added).toMatchObject({ isError: false, facts: { id: 'rename-it', file: path } });
  expect(added.text).toContain(`WRITTEN "rename-it" in "${path}", and recorded.`);
  expect(todos()).toMatchObject([
    { id: 'rename-it', title: 'Rename it', priority: 'high', status: 'pending' },
  ]);
  await put({ id: 'rename-it', status: 'completed', tags: null });
  expect(todos()).toMatchObject([{ status: 'completed', completed_at: expect.any(String) as string }]);
  expect(todos()).not.toMatchObject([{ tags: expect.anything() as string }]);
  expect((await put({ id: 'rename-it', title: 'Rename it' })).text).toContain('UNCHANGED');
  const removed = await alice.call('context_record', { agent: 'alice', path, remove: 'rename-it' });
  expect(removed.text).toContain('REMOVED "rename-it"');
  expect(todos()).toEqual([]);
});

it('what another has written since is there, too: nobody has to read the file before', async () => {
  const { alice, bob, put, todos } = await begun();
  await put({ id: 'one', title: 'One' });
  await alice.call('lock_release', { agent: 'alice' });
  await bob.acquire('bob', auth);
  await put({ id: 'two', title: 'Two' }, 'bob');
  expect(todos()).toMatchObject([{ id: 'one' }, { id: 'two' }]);
});

it('calls of one agent at the same time are carried out one after the other', async () => {
  const { put, todos } = await begun();
  const all = await Promise.all(['a', 'b', 'c'].map((id) => put({ id, title: 'T' })));
  expect(all.map(({ isError }) => isError)).toEqual([false, false, false]);
  expect(todos()).toHaveLength(3);
});

it('nothing is written without a lock, or under one of another scope', async () => {
  const { bob, put, stage } = await begun();
  const refused = await put({ title: 'T' }, 'bob');
  expect(refused).toMatchObject({ isError: true, facts: { code: 'LOCK_NOT_HELD' } });
  expect(refused.text).toContain(`Next: lock_acquire "${path}"`);
  await bob.acquire('bob', web);
  expect((await put({ title: 'T' }, 'bob')).facts).toMatchObject({ code: 'LOCK_NOT_HELD' });
  expect((await put({ title: 'T' }, 'alice', 'nowhere/todos.yaml')).facts).toMatchObject({
    code: 'LOCK_NOT_HELD',
    scope: '.',
  });
  expect(stage.texts.size).toBe(0);
});

it('a file that has no entries is refused before a lock of it is asked for', async () => {
  const { put } = await begun();
  for (const at of ['knowledge', 'src/notes.md'])
    expect((await put({ title: 'x' }, 'bob', at)).text).toMatch(/^INVALID_INPUT: path: it has no entries/);
});

it('what would not be sound is refused, and what would better be otherwise is told', async () => {
  const { alice, put, stage } = await begun();
  const refused = await put({ title: 'T', status: 'lost' });
  expect(refused).toMatchObject({ isError: true, facts: { code: 'CONTEXT_INVALID' } });
  expect(stage.texts.size).toBe(0);
  expect((await put({ title: 'T', status: 'review' })).text).toMatch(/WRITTEN .*\nNote: .*in_progress/);
  const none = await alice.call('context_record', { agent: 'alice', path, remove: 'none' });
  expect(none).toMatchObject({ isError: true, facts: { code: 'ENTRY_NOT_FOUND' } });
  expect((await put({ title: 'T' }, 'alice', `${auth}/notes.md`)).text).toContain('has no entries');
  const both = await alice.call('context_record', {
    agent: 'alice',
    path,
    entry: { title: 'T' },
    remove: 't',
  });
  expect(both.text).toContain('either entry or remove');
});

it('what somebody wrote and told nobody of is not written over, unless that is chosen', async () => {
  const { put, stage, todos } = await begun();
  await put({ id: 'one', title: 'One' });
  stage.texts.set(path, (stage.texts.get(path) ?? '').replace('One', 'Uno'));
  const refused = await put({ id: 'two', title: 'Two' });
  expect(refused.facts).toMatchObject({ code: 'CONTEXT_CONFLICT' });
  expect(refused.text).toContain('told nobody. Nothing was written.');
  stage.mergesForeign = true;
  expect((await put({ id: 'two', title: 'Two' })).isError).toBe(false);
  expect(todos()).toMatchObject([{ title: 'Uno' }, { title: 'Two' }]);
});

it('what is known is a resource', async () => {
  const { alice } = await begun();
  const read = async (uri: string): Promise<unknown> => (await alice.client.readResource({ uri })).contents;
  expect(await read('rhema://context?path=services%2Fauth%2Fa.ts&words=session')).toMatchObject([
    { text: 'known near services/auth/a.ts: session' },
  ]);
  expect(await read('rhema://context?words=session')).toMatchObject([
    { text: 'known near the top: session' },
  ]);
  expect(await read('rhema://context?path=web')).toMatchObject([{ text: 'known near web: ' }]);
});
