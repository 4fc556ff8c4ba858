import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rhema, type Ended } from '../withstand/support/cli.ts';
import { Stage } from './support.ts';

const stage = new Stage();

beforeAll(() => stage.prepare());
afterAll(() => stage.sandbox.clear());

let count = 0;
beforeEach(() => {
  count += 1;
  for (const file of ['api/a.ts', 'web/b.ts', 'web/c é\n.ts']) stage.put(file, `of ${count}\n`);
  stage.sandbox.git('add', '.');
});

const commit = (...words: readonly string[]): Promise<Ended> => rhema(stage.sandbox, 'commit', ...words);
const staged = (): string[] =>
  stage.sandbox.git('diff', '--cached', '--name-only', '-z').split('\0').filter(Boolean);
const head = (): string => stage.sandbox.git('rev-parse', 'HEAD');

describe('rhema commit', () => {
  it('commits the files that are named alone, as their agent, and what others have staged stays so', async () => {
    const { code, stdout } = await commit('-m', 'page', '--agent', 'bob', '--', 'web/b.ts');
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('page') as string });
    expect(stage.message()).toBe('page\n\nRhema-Agent: bob');
    expect(staged()).toEqual(['api/a.ts', 'web/c é\n.ts']);
    expect((await commit('-m', 'odd', '--agent', 'bob', '--', 'web/c é\n.ts')).code).toBe(0);
    expect(staged()).toEqual(['api/a.ts']);
  });

  it('commits for nobody without a name that was made up for the command', async () => {
    expect((await commit('-m', 'nobody', '--', 'web/b.ts')).code).toBe(0);
    expect(stage.message()).toBe('nobody');
  });

  it('refuses a file that another agent has, and offers the rest as a line', async () => {
    const before = head();
    const { code, stderr } = await commit('-m', 'all', '--agent', 'bob', '--', 'api', 'web/b.ts');
    expect(code).toBe(3);
    expect(stderr).toContain('api/a.ts is held by alice');
    expect(stderr).toContain('to commit the rest: rhema commit --agent bob -- web/b.ts');
    expect(head()).toBe(before);
  });

  it('names agent and token, also where Git has no hooks of ours, and passes on what Git ends with', async () => {
    await stage.ask('hooks', 'uninstall', 'git', '--yes');
    expect((await commit('--message=mine', '--agent', 'alice', '--', 'api/a.ts')).code).toBe(0);
    expect(stage.message()).toMatch(/^mine\n\nRhema-Agent: alice\nRhema-Token: \d+$/);
    const none = await commit('-m', 'x', '--agent', 'bob', '--', 'nothing');
    expect(none).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("pathspec 'nothing' did not match") as string,
    });
    writeFileSync(join(stage.sandbox.folder, 'message'), 'from a file\n');
    const file = await commit(
      '-F',
      join(stage.sandbox.folder, 'message'),
      '-q',
      '--agent',
      'bob',
      '--',
      'web',
    );
    expect({ ...file, message: stage.message() }).toMatchObject({
      code: 0,
      stdout: '',
      message: 'from a file\n\nRhema-Agent: bob',
    });
  });

  it('waits no longer than it is told for whoever commits', async () => {
    await stage.ask('lock', 'acquire', '@git', '--agent', 'alice');
    const before = head();
    const { code, stderr } = await commit('-m', 'x', '--wait', '10ms', '--agent', 'bob', '--', 'web/b.ts');
    expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringContaining('@git') as string });
    expect(head()).toBe(before);
    await stage.ask('lock', 'release', '@git', '--agent', 'alice');
  });

  it('asks for the files, after --', async () => {
    for (const words of [
      ['-m', 'x'],
      ['-m', 'x', 'web/b.ts'],
      ['-m', 'x', '--'],
    ])
      expect(await commit(...words)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('after --') as string,
      });
  });

  it('just commits where coordination is disabled', async () => {
    const file = join(stage.root, 'rhema.yaml');
    stage.sandbox.git('commit', '-qm', 'all');
    await stage.ask('daemon', 'stop');
    writeFileSync(
      file,
      stage.sandbox
        .git('show', 'HEAD:rhema.yaml')
        .replace('agent_coordination:', 'agent_coordination:\n  enabled: false'),
    );
    stage.put('web/b.ts', 'free\n');
    expect(await commit('-m', 'free', '--', 'web/b.ts')).toMatchObject({ code: 0 });
    expect(stage.message()).toBe('free');
    rmSync(file);
  });
});
