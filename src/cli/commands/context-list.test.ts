import { describe, expect, it } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { digestOf, treeWith } from '../testing/context-tree.ts';
import { entry, renewed } from '../testing/entries.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness } from '../testing/harness.ts';
import { agentId, scopeView } from '../testing/samples.ts';

const todos = 'todos: []\n';
const record = (revision: number, text: string) => ({
  digest: digestOf(text),
  revision: asRevision(revision),
  agent: agentId('alice'),
});

const tree = treeWith(['.', 'api'], {
  '.rhema/knowledge.yaml': 'entries: []\n',
  'api/.rhema/todos.yaml': todos,
  'api/.rhema/decisions.yaml': 'decisions: some\n',
  'api/notes.md': 'notes',
});

const coordinator = new FakeCoordinator({
  answers: {
    scopes: () => ({
      revision: asRevision(7),
      problems: [],
      scopes: [
        scopeView('.'),
        scopeView('api', [], {
          contexts: {
            '.rhema/todos.yaml': record(5, todos),
            '.rhema/decisions.yaml': record(5, 'decisions: []\n'),
            'notes.md': record(3, 'notes'),
            '.rhema/patterns.yaml': record(5, 'x'),
          },
        }),
      ],
    }),
    history: ({ before }) => ({
      revision: asRevision(7),
      // What is before revision 5 is kept no more.
      entries: before === 6 ? [entry(5, renewed)] : [],
      nextBefore: null,
      first: asRevision(5),
    }),
  },
});

const harness = new Harness({ coordinator, inspection: tree });

describe('context list', () => {
  it('says of each file what is in it, and whether the log has it so', async () => {
    expect((await harness.run('context', 'list')).stdout).toMatchInlineSnapshot(`
      "FILE                       SCOPE  ENTRIES           PROBLEMS  LOG
      .rhema/knowledge.yaml      .      0 entries (list)  -         never recorded
      api/.rhema/todos.yaml      api    0 todos (list)    -         recorded by alice 1 min ago
      api/.rhema/decisions.yaml  api    none              1 error   changed since alice recorded it 1 min ago
      api/notes.md               api    -                 -         recorded by alice at revision 3
      api/.rhema/patterns.yaml   api    -                 -         gone; recorded by alice 1 min ago
      "
    `);
  });

  it('gives programs the same, and asks the log once for each time', async () => {
    const before = coordinator.queries.length;
    const { body } = await harness.json('context', 'list', 'api');
    const files = body['files'] as Record<string, unknown>[];
    expect(files.map(({ file, kind, standing }) => [file, kind, standing])).toEqual([
      ['api/.rhema/todos.yaml', 'todos', 'recorded'],
      ['api/.rhema/decisions.yaml', 'decisions', 'changed'],
      ['api/notes.md', null, 'recorded'],
      ['api/.rhema/patterns.yaml', 'patterns', 'gone'],
    ]);
    expect(files[0]).toMatchObject({
      scope: 'api',
      design: 'list',
      entries: 0,
      problems: [],
      digest: digestOf(todos),
      recorded: { agent: 'alice', revision: 5, digest: digestOf(todos) },
    });
    expect(files[0]).toMatchObject({ recorded: { at: '2026-11-22T14:04:00.005Z' } });
    expect(files[2]?.['recorded']).toMatchObject({ revision: 3, atMs: null, at: null });
    const asked = coordinator.queries.slice(before).filter(({ kind }) => kind === 'history');
    expect(asked.length).toBe(2);
  });

  it('knows the scopes', async () => {
    const { code, stderr } = await harness.run('context', 'list', 'apo');
    expect(code).toBe(3);
    expect(stderr).toContain('there is no scope "apo": did you mean api?');
  });
});
