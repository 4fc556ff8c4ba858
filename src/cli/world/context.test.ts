import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { rhemaIn, type Answered } from '../testing/direct.ts';
import { ContextRepository, inCore, todos } from '../testing/context-repository.ts';

/** `rhema context` on real files, against the real service and store, opened in this process. */
const repository = new ContextRepository();
const { write, read, rhema, context } = repository;
const resolveBy = (way: string): void =>
  write('rhema.yaml', `name: root\nagent_coordination:\n  sync_settings:\n    conflict_resolution: ${way}\n`);

async function digests(): Promise<readonly string[]> {
  const { stdout } = await context('history', todos, '--json');
  const { versions } = JSON.parse(stdout) as { versions: readonly { digest: string }[] };
  return versions.map(({ digest }) => digest);
}

describe('entries', () => {
  it('are added, changed and removed, each under a lock and in the log', async () => {
    expect(await context('add', 'todos', 'title=Rename the session', ...inCore)).toEqual({
      code: 0,
      stdout: `${todos}: added rename-the-session\n`,
      stderr: '',
    });
    expect(read()).toMatch(
      /^todos:\n {2}- id: rename-the-session\n {4}title: Rename the session\n {4}status: pending\n {4}priority: medium\n {4}created_at: "?\d{4}-/,
    );
    expect((await context('set', 'todos', 'rename-the-session', 'status=completed', ...inCore)).code).toBe(0);
    expect(read()).toMatch(/status: completed\n[^]*completed_at: /);
    expect(
      (await context('set', todos, 'rename-the-session', 'status=blocked', '--unset', 'priority')).code,
    ).toBe(3);
    expect((await context('set', todos, 'rename-the-session', 'status=blocked')).code).toBe(0);
    expect(read()).not.toContain('completed_at');
    expect((await context('remove', todos, 'rename-the-session')).stdout).toBe(
      `${todos}: removed rename-the-session\n`,
    );
    expect(read()).toBe('todos: []\n');
    const { stdout } = await rhema('log', '--event', 'context', '--json');
    expect((JSON.parse(stdout) as { entries: readonly unknown[] }).entries).toHaveLength(4);
    expect((await rhema('status', '--json')).stdout).toContain('"locks":[]');
  });

  it('that would not be sound are refused, and nothing is written', async () => {
    const { code, stderr } = await context('add', 'todos', 'title=T', 'status=lost', ...inCore);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^rhema: nothing was written: .*status.*\(CONTEXT_INVALID\)\n$/);
    expect(existsSync(join(repository.path, todos))).toBe(false);
    expect(await digests()).toEqual([]);
  });

  it('that would better be written otherwise are written, with a warning', async () => {
    const { code, stderr } = await context('add', 'todos', 'title=T', 'status=review', ...inCore);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^rhema: warning: todo "t": `status` is "review".*in_progress\n$/) as string,
    ]);
  });

  it.each([
    [['add', 'todos', ...inCore], 2, 'say what the entry is'],
    [['add', 'todos', 'title', ...inCore], 2, 'is no assignment'],
    [['add', 'todos', 'title:=x', ...inCore], 2, 'is no JSON'],
    [['add', 'rhema.yaml', 'title=x'], 2, 'has no entries'],
    [['set', 'todos', 'none', 'title=x', ...inCore], 1, 'ENTRY_NOT_FOUND'],
    [['set', 'todos', 'x', '--unset', 'a', 'b=c', ...inCore], 2, 'before --unset'],
    [['remove', 'todos', 'none', ...inCore], 1, 'ENTRY_NOT_FOUND'],
    [['add', 'todo', 'title=x'], 1, 'todos'],
  ])('%j is refused', async (words, code, said) => {
    const answered = await context(...words);
    expect({ ...answered, said: answered.stderr.includes(said) }).toMatchObject({ code, said: true });
  });

  it('are written by an agent under what it holds, and by nobody else meanwhile', async () => {
    await rhema('agent', 'join', 'alice');
    await rhema('lock', 'acquire', 'src/core', '--agent', 'alice');
    const refused = await context('add', 'todos', 'title=T', '--wait=0s', ...inCore);
    expect({ code: refused.code, held: refused.stderr.includes('alice') }).toEqual({ code: 3, held: true });
    expect((await context('add', 'todos', 'title=T', '--agent', 'alice', ...inCore)).code).toBe(0);
    expect((await rhema('status', '--json')).stdout).toMatch(
      /"locks":\[\{"scope":"src\/core","agent":"alice"/,
    );
  });

  it('of a file that leads out of the repository are not touched', async () => {
    mkdirSync(join(repository.path, 'src/core/.rhema'));
    symlinkSync('/etc/hostname', join(repository.path, todos));
    const { code, stderr } = await context('add', todos, 'title=T');
    expect([code, stderr]).toEqual([2, expect.stringContaining('INVALID_INPUT') as string]);
  });
});

describe('a file that somebody changed and told nobody of', () => {
  beforeEach(async () => {
    await context('add', 'todos', 'id=one', 'title=One', ...inCore);
    write(todos, read().replace('One', 'Uno'));
  });

  it('is not written over, until it is recorded', async () => {
    const { code, stderr } = await context('add', todos, 'id=two', 'title=Two');
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/nobody recorded that.*rhema .*context record.*CONTEXT_CONFLICT/) as string,
    ]);
    expect(read()).toContain('Uno');
    expect((await context('record', todos)).stdout).toBe(`${todos}: recorded\n`);
    expect((await context('add', todos, 'id=two', 'title=Two')).code).toBe(0);
    expect(read()).toMatch(/Uno[^]*Two/);
  });

  it.each(['merge', 'latest'])('is changed all the same where that is chosen: %s', async (way) => {
    resolveBy(way);
    expect((await context('add', todos, 'id=two', 'title=Two')).code).toBe(0);
    expect(read()).toMatch(/Uno[^]*Two/);
  });

  it('is put back as it was recorded', async () => {
    expect((await context('restore', todos)).stdout).toBe(`${todos}: restored\n`);
    expect(read()).toContain('One');
    rmSync(join(repository.path, todos));
    expect((await context('restore', todos)).code).toBe(0);
    expect(read()).toContain('One');
  });
});

describe('what a killed writer has recorded, and not put in its place', () => {
  it('is put there by the next restore, which goes no further back', async () => {
    const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
    await context('add', 'todos', 'id=one', 'title=One', ...inCore);
    const before = read();
    await context('set', todos, 'one', 'title=Two');
    const after = read();
    write(todos, before);
    const mark = `${digest(before).slice(0, 16)}-${digest(after).slice(0, 16)}-7`;
    write(`src/core/.rhema/.todos.yaml.${mark}`, after);
    expect((await context('restore', todos)).stdout).toBe(`${todos}: restored\n`);
    expect(read()).toBe(after);
    expect(existsSync(join(repository.path, `src/core/.rhema/.todos.yaml.${mark}`))).toBe(false);
    expect((await context('restore', todos)).code).toBe(0);
    expect(read()).toBe(before);
  });
});

describe('in a subfolder', () => {
  it('a kind is that of the scope, and a path is as one types it there', async () => {
    const inFolder = (...words: readonly string[]): Promise<Answered> =>
      rhemaIn(join(repository.path, 'src/core'), 'context', ...words);
    expect(await inFolder('add', 'todos', 'id=one', 'title=One')).toEqual({
      code: 0,
      stdout: `${todos}: added one\n`,
      stderr: '',
    });
    expect((await inFolder('set', '.rhema/todos.yaml', 'one', 'title=Uno')).code).toBe(0);
    expect((await inFolder('restore', 'todos')).code).toBe(0);
    expect(read()).toContain('One');
  });
});

describe('commands of one agent at the same time', () => {
  it.each([[[]], [['src/core']]])(
    'are carried out one after the other, also while it holds %j',
    async (held) => {
      await rhema('agent', 'join', 'alice');
      if (held.length > 0) await rhema('lock', 'acquire', ...held, '--agent', 'alice');
      const ids = ['a', 'b', 'c', 'd'];
      const all = await Promise.all(
        ids.map((id) => context('add', 'todos', `id=${id}`, 'title=T', '--agent', 'alice', ...inCore)),
      );
      expect(all.map(({ code, stderr }) => [code, stderr])).toEqual(ids.map(() => [0, '']));
      for (const id of ids) expect(read()).toContain(`- id: ${id}\n`);
    },
  );
});

describe('where nobody can read which scopes there are', () => {
  it.each(['', '<<<<<<< HEAD\n'])('nothing is passed over: %j', async (text) => {
    write('rhema.yaml', 'name: root\nagent_coordination:\n  scopes:\n    src/web:\n');
    await context('add', 'todos', 'title=T', ...inCore);
    write('rhema.yaml', text);
    for (const words of [
      ['check'],
      ['search', 'T'],
      ['show', 'todos', ...inCore],
      ['add', 'todos', 'title=U', ...inCore],
    ]) {
      const { code, stderr } = await context(...words);
      expect([code, stderr]).toEqual([
        3,
        expect.stringMatching(/^rhema: rhema.yaml.*SCOPES_UNSOUND/) as string,
      ]);
    }
  });
});

describe('a file that two write as a whole', () => {
  let [base, begun] = ['', ''];
  beforeEach(async () => {
    await context('add', 'todos', 'id=one', 'title=One', ...inCore);
    await context('add', todos, 'id=two', 'title=Two');
    [base = ''] = await digests();
    begun = read();
    await context('set', todos, 'one', 'title=Uno');
  });
  const mine = (from: string, to: string, by = base): Promise<Answered> => {
    write('mine', begun.replace(from, to));
    return context('write', todos, '--from', 'mine', '--base', by);
  };

  it('is refused to the later one, whose text is kept', async () => {
    const { code, stderr } = await mine('Two', 'Zwei');
    expect([code, stderr]).toEqual([3, expect.stringContaining('since then: one changed (title') as string]);
    expect(read()).toMatch(/Uno[^]*Two/);
    const history = await context('history', todos);
    expect(history.stdout).toMatch(
      /two changed \(title\).* refused\n[0-9a-f]{12} .* one changed \(title\) +now\n/,
    );
    const [kept = ''] = await digests();
    expect((await context('history', todos, kept)).stdout).toBe(begun.replace('Two', 'Zwei'));
    await context('restore', todos);
    expect(read()).toBe(begun);
    const again = (await context('history', todos)).stdout
      .split('\n')
      .filter((line) => line.includes(' now'));
    expect(again).toHaveLength(1);
  });

  it('is merged entry by entry where that is chosen, and refused where they clash', async () => {
    resolveBy('merge');
    expect((await mine('Two', 'Zwei')).code).toBe(0);
    expect(read()).toMatch(/Uno[^]*Zwei/);
    const { code, stderr } = await mine('One', 'Een');
    expect([code, stderr]).toEqual([3, expect.stringContaining('both changed one.title') as string]);
    expect(read()).toMatch(/Uno[^]*Zwei/);
  });

  it('is the later one’s where that is chosen, and the earlier can be put back', async () => {
    resolveBy('latest');
    expect((await mine('Two', 'Zwei')).code).toBe(0);
    expect(read()).toMatch(/One[^]*Zwei/);
    expect((await context('restore', todos)).code).toBe(0);
    expect(read()).toMatch(/Uno[^]*Two/);
  });

  it('is written by who says what it began with', async () => {
    const [now = ''] = await digests();
    expect((await mine('Two', 'Zwei', now)).stdout).toBe(`${todos}: written\n`);
    write('mine', read());
    expect((await context('write', todos, '--from', 'mine')).stdout).toContain('nothing to do');
    expect((await context('write', todos, '--from', 'nowhere', '--base', now)).code).toBe(2);
    write('mine', 'x: 1\n');
    expect((await context('write', todos, '--from', 'mine')).stderr).toContain('--base');
  });
});

it('a history says who recorded what, and what is in the file now', async () => {
  await context('add', 'todos', 'id=one', 'title=One', ...inCore);
  await context('set', todos, 'one', 'title=Uno');
  const { stdout } = await context('history', todos);
  expect(stdout).toMatch(
    /^DIGEST .*\n[0-9a-f]{12} .* one changed \(title\) +now\n[0-9a-f]{12} .* one added\n/,
  );
  expect((await context('restore', todos, '--digest', 'ffff')).stderr).toContain('CONTEXT_NOT_KEPT');
  expect((await context('history', 'src/core/.rhema/knowledge.yaml')).stdout).toContain('nothing is kept');
});

it('where nothing is kept, restore says so without waiting for the file', async () => {
  await rhema('agent', 'join', 'al');
  write(todos, 'todos: []\n');
  await rhema('lock', 'acquire', todos, '--agent', 'al');
  const restored = await context('restore', todos, '--wait', '1ms', '--agent', 'bo');
  expect([restored.code, restored.stderr]).toEqual([
    1,
    expect.stringContaining('(CONTEXT_NOT_KEPT)') as string,
  ]);
});

describe('what is known', () => {
  beforeEach(async () => {
    write('rhema.yaml', 'name: root\n');
    write('src/web/rhema.yaml', 'name: web\ndependencies:\n  - path: ../core\n');
    await context('add', 'knowledge', 'title=Tokens', 'content=They are revisions.', ...inCore);
    await context(
      'add',
      'decisions',
      'title=Forms',
      'description=Plain forms hold no tokens.',
      '--scope',
      'src/web',
    );
  });

  it('is found by words, the nearest first', async () => {
    const titles = async (...words: readonly string[]): Promise<readonly string[]> => {
      const { stdout } = await context('search', ...words, '--json');
      return (JSON.parse(stdout) as { found: readonly { title: string }[] }).found.map(({ title }) => title);
    };
    expect(await titles('tokens', '--for', 'src/core')).toEqual(['Tokens', 'Forms']);
    expect(await titles('tokens', '--only', 'decisions')).toEqual(['Forms']);
    expect(await titles('--for', 'src/web/app.ts')).toEqual(['Forms', 'Tokens']);
    expect(await titles('--for', 'src/core/a.ts')).toEqual(['Tokens']);
    expect(await titles('tokens', '--limit', '1')).toHaveLength(1);
  });

  it('is shown with its place and what it says', async () => {
    expect((await context('search', 'revisions')).stdout).toBe(
      'Tokens  knowledge tokens\n  src/core/.rhema/knowledge.yaml:2\n  They are revisions.\n',
    );
    expect((await context('search', 'unheard')).stdout).toBe('none of 2 entries has that\n');
    expect((await context('search', 'x', '--only', 'todo')).code).toBe(2);
    expect((await context('search', 'x', '--limit', '0')).code).toBe(2);
  });
});

it('where coordination is disabled a file is just written, and what it was is kept', async () => {
  write('rhema.yaml', 'name: root\nagent_coordination:\n  enabled: false\n');
  const added = await context('add', 'todos', 'title=One', '--scope', '.', '--json');
  expect(JSON.parse(added.stdout)).toMatchObject({ ok: true, revision: null, id: 'one', changed: true });
  expect((await context('set', 'todos', 'one', 'status=blocked')).stdout).toBe(
    '.rhema/todos.yaml: changed one\n',
  );
  expect((await context('history', 'todos')).stdout).toMatch(/one changed \(status\) +now\n/);
  expect((await context('restore', 'todos')).code).toBe(0);
  expect(read('.rhema/todos.yaml')).toContain('status: pending');
  expect((await context('set', 'todos', 'one', 'status=lost')).code).toBe(3);
});
