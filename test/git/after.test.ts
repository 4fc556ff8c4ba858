import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rhemaJson } from '../withstand/support/cli.ts';
import { cliMain } from '../withstand/support/paths.ts';
import { Stage } from './support.ts';

let stage: Stage;

beforeEach(async () => {
  stage = new Stage();
  await stage.prepare();
});

afterEach(() => stage.sandbox.clear());

/** As Claude Code asks before an edit; the name of the agent that it speaks for. */
async function aboutToEdit(file: string): Promise<string> {
  const payload = {
    hook_event_name: 'PreToolUse',
    session_id: 'a session',
    tool_use_id: file,
    cwd: stage.root,
    tool_name: 'Write',
    tool_input: { file_path: join(stage.root, file), content: 'x' },
  };
  const input = JSON.stringify(payload);
  const { worktree: cwd, env } = stage.sandbox;
  execFileSync(process.execPath, [cliMain, 'hook', 'claude'], { cwd, env, input });
  return (await holders()).get(file) ?? '';
}

/** Who has which file. */
async function holders(): Promise<ReadonlyMap<string, string>> {
  const { envelope } = await rhemaJson(stage.sandbox, 'lock', 'list');
  const locks = envelope['locks'] as { readonly file?: string; readonly agent: string }[];
  return new Map(locks.map(({ file = '', agent }) => [file, agent]));
}

/** A branch whose commits change some files, each in one; main stays checked out. */
function branch(name: string, ...files: readonly string[]): void {
  stage.sandbox.git('switch', '-qc', name);
  for (const file of files) {
    stage.put(file, `of ${name}\n`);
    stage.sandbox.git('add', file);
    stage.sandbox.git('-c', 'core.hooksPath=/dev/null', 'commit', '-qm', `${name} ${file}`);
  }
  stage.sandbox.git('-c', 'core.hooksPath=/dev/null', 'switch', '-q', 'main');
}

describe('after a commit', () => {
  it('what was locked for its agent and is in it goes back at once, and what is about to be written does not', async () => {
    const agent = await aboutToEdit('web/b.ts');
    stage.put('web/b.ts', '2\n');
    await aboutToEdit('web/c.ts');
    expect(agent).toMatch(/^claude-/);
    expect(await stage.git(['commit', '-qam', 'page'], { as: 'bob' })).toMatchObject({ code: 1 });
    // Not by whoever commits it instead, past the hook.
    await stage.git(['commit', '-qanm', 'unasked'], { as: 'bob' });
    expect([...(await holders()).keys()]).toContain('web/b.ts');
    stage.put('web/b.ts', '3\n');
    expect(await stage.git(['commit', '-qam', 'page'], { as: agent })).toMatchObject({ code: 0, stderr: '' });
    expect([...(await holders()).keys()].sort()).toEqual(['api/a.ts', 'web/c.ts']);
  });

  it('what its agent has locked by its own word stays', async () => {
    stage.put('api/a.ts', '2\n');
    expect(await stage.git(['commit', '-qam', 'mine'], { as: 'alice' })).toMatchObject({ code: 0 });
    expect([...(await holders()).keys()]).toEqual(['api/a.ts']);
  });
});

describe('whoever has a file locked that was changed under it is named', () => {
  const told =
    /^rhema: alice has api\/a\.ts locked \(rework\), which this has changed: \S*rhema say --to alice '?\.\.\.'?$/m;

  it('by a merge, a switch, and a rebase once for all its commits', async () => {
    branch('theirs', 'api/a.ts', 'web/b.ts');
    branch('page', 'web/c.ts', 'web/d.ts');
    expect((await stage.git(['switch', '-q', 'theirs'], { as: 'bob' })).stderr).toMatch(told);
    await stage.git(['switch', '-q', 'page']);
    const rebased = await stage.git(['rebase', '-q', 'theirs'], { as: 'bob' });
    expect(rebased).toMatchObject({ code: 0 });
    expect(rebased.stderr.match(/alice has/g)).toHaveLength(1);
    await stage.git(['switch', '-q', 'main']);
    expect((await stage.git(['merge', '-q', 'theirs'], { as: 'bob' })).stderr).toMatch(told);
  });

  it('and whoever has it is not, nor is anybody of other files, of a new branch, or of a new working tree', async () => {
    branch('theirs', 'api/a.ts');
    branch('page', 'web/b.ts');
    const linked = join(stage.sandbox.folder, 'linked');
    for (const [as, ...args] of [
      ['alice', 'switch', '-q', 'theirs'],
      ['alice', 'switch', '-q', 'main'],
      ['bob', 'switch', '-q', 'page'],
      ['bob', 'switch', '-qc', 'new'],
      ['bob', 'worktree', 'add', '-q', linked, 'theirs'],
    ] as const)
      expect(await stage.git(args, { as })).toMatchObject({ code: 0, stderr: '' });
  });

  it('and where no coordinator runs, or the program is gone, Git goes on without a word', async () => {
    branch('theirs', 'api/a.ts');
    await stage.ask('daemon', 'stop');
    expect(await stage.git(['switch', '-q', 'theirs'])).toMatchObject({ code: 0, stderr: '' });
    expect((await rhemaJson(stage.sandbox, 'daemon', 'status')).envelope).toMatchObject({ running: false });
    await stage.ask('lock', 'acquire', 'api/b.ts', '--agent', 'alice');
    const script = readFileSync(join(stage.root, '.git/hooks/rhema'), 'utf8');
    stage.put('.git/hooks/rhema', script.replaceAll('/cli/main.js', '/cli/gone.js'), 0o755);
    expect(await stage.git(['switch', '-q', 'main'])).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a commit of a context file', () => {
  const broken = 'todos:\n  - id: a\n    title: [\n';

  it('is refused where it would break it, as it is staged, and not where it was broken before', async () => {
    const sound = 'todos:\n  - id: a\n    title: Log out\n    description: of all\n    status: Pending\n';
    stage.put('web/.rhema/todos.yaml', broken);
    stage.sandbox.git('add', '.');
    stage.put('web/.rhema/todos.yaml', sound);
    const refused = await stage.git(['commit', '-qm', 'todos'], { as: 'bob' });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('web/.rhema/todos.yaml');
    expect(refused.stderr).toContain('without this check: git commit --no-verify');
    stage.put('web/.rhema/todos.yaml', broken);
    stage.put('web/todos.yaml', broken);
    expect(await stage.git(['commit', '-qnm', 'unasked'])).toMatchObject({ code: 0 });
    stage.put('web/.rhema/todos.yaml', `${broken}# more\n`);
    stage.sandbox.git('add', '.');
    expect(await stage.git(['commit', '-qm', 'as bad'], { as: 'bob' })).toMatchObject({ code: 0 });
  });
});
