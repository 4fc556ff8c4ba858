import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { runCli } from '../program.ts';
import { treeWith } from '../testing/context-tree.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness } from '../testing/harness.ts';
import { agentView, scopeView, statusAnswer } from '../testing/samples.ts';
import type { World } from '../world/world.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

const status = statusAnswer({ agents: [agentView()] });
const scopes = { revision: asRevision(7), scopes: [scopeView('src/core')], problems: [] };
const coordinator = new FakeCoordinator({ answers: { status: () => status, scopes: () => scopes } });

describe('completion', () => {
  const words = async (...typed: readonly string[]): Promise<string[]> => {
    const { stdout } = await new Harness({ coordinator }).run('__complete', '--', ...typed);
    return stdout.split('\n').flatMap((text) => (text === '' ? [] : [text.split('\t')[0] ?? '']));
  };

  it.each(['bash', 'zsh', 'fish'])('has a script for %s that asks the program itself', async (shell) => {
    expect((await new Harness({ coordinator }).run('completion', shell)).stdout).toContain(
      `rhema __complete --shell ${shell} `,
    );
  });

  it('completes the id of an entry of the file that is named', async () => {
    const text = 'todos: [{id: login}, {id: logout}, {id: "x\\e[2J"}]';
    const inspection = treeWith(['.'], { '.rhema/todos.yaml': text });
    const { stdout } = await new Harness({ coordinator, inspection }).run(
      '__complete',
      '--',
      'context',
      'show',
      'todos',
      '',
    );
    expect(stdout).toBe('login\t\nlogout\t\n');
  });

  it.each<[readonly string[], readonly string[]]>([
    [
      ['add', 'todos', '--under', ''],
      ['todos', 'tasks', 'active', 'completed'],
    ],
    [['set', 'todos', 'login', 'st'], ['status']],
    [['set', 'todos', 'login', '--unset', 'completed'], ['completed_at']],
    [['add', 'README.md', '--under', ''], []],
  ])('completes what a context file of that kind may have: %j', async (words, expected) => {
    const inspection = treeWith(['.'], { '.rhema/todos.yaml': 'todos: [{id: login}]' });
    const { stdout } = await new Harness({ coordinator, inspection }).run(
      '__complete',
      '--',
      'context',
      ...words,
    );
    expect(stdout.split('\n').flatMap((text) => text.split('\t')[0] || [])).toEqual(expected);
  });

  it('has none for another shell', async () => {
    expect((await new Harness({ coordinator }).run('completion', 'csh')).code).toBe(2);
  });

  it.each<[readonly string[], readonly string[]]>([
    [['lo'], ['lock', 'log', 'login', 'logout']],
    [
      ['lock', 'r'],
      ['release', 'renew', 'revoke'],
    ],
    [['lock', 'acquire', ''], ['src/core']],
    [['lock', 'acquire', 'src/core', 's'], ['src/core']],
    [['lock', 'acquire', '--agent', ''], ['alice']],
    [['lock', 'acquire', '--re'], ['--reason']],
    [['run', '--scope', 'src/core', 's'], ['src/core']],
    [['run', '--scope', 'src/core', '--', 'n'], []],
    [['run', '--scope', 'src/core', '--js'], ['--json']],
    [['run', '--scope', '--js'], []],
    [['lock', 'acquire', '--wait', '--re'], ['--reason']],
    [['lock', 'acquire', '--reason', '--wait', 's'], ['src/core']],
    [['agent', 'set', 'b'], ['blocked']],
    [['lock', 'acquire', '--json', 'src'], ['src/core']],
    [
      ['why', ''],
      ['src/core', 'alice'],
    ],
    [
      ['config', 'explain', 'lock_timeout'],
      ['lock_timeout', 'lock_timeout_max'],
    ],
    [['help', 'ex'], ['exit-codes']],
    [['help', 'lock', 'ac'], ['acquire']],
    [['help', 'lock', 'acquire', ''], []],
    [['help', 'nosuch', ''], []],
    [['config', 'explain', 'agent_coordination.lock_timeout_'], ['agent_coordination.lock_timeout_max']],
    [
      ['mcp', '--client-config', 'c'],
      ['claude', 'codex', 'cursor'],
    ],
    [['context', 'show', 't'], ['todos']],
    [['context', 'show', '.rhema/t'], []],
    [['context', 'check', 's'], ['src/core']],
    [['context', 'show', 'todos', '--scope', 's'], ['src/core']],
    [['__comp'], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['init', '--stage', ''],
      ['optional', 'default', 'strict'],
    ],
    [['init', '--stage=str'], ['--stage=strict']],
    [
      ['mcp', '--client-config=c'],
      ['--client-config=claude', '--client-config=codex', '--client-config=cursor'],
    ],
    [['lock', 'acquire', '--agent=al'], ['--agent=alice']],
    [['lock', 'acquire', '--agent=alice', 's'], ['src/core']],
    [['lock', 'acquire', '--no-such=a'], []],
    [['why', 'x', '--as', 's'], ['scope']],
    [['lock', 'acquire', '--he'], ['--help']],
    [['--ve'], ['--version']],
    [['--dir'], ['--direct', '--directory']],
    [['-C', '/elsewhere', 'lock', 'acq'], ['acquire']],
    [['-C/elsewhere', 'lock', 'acq'], ['acquire']],
    [['nosuch', ''], []],
    [['nosuch', 'l'], []],
    [['lock', 'nosuch', ''], []],
    [['lock', 'acquire', '--', 's'], ['src/core']],
    [['lock', 'acquire', '--', '-'], []],
    [['agent', 'set', 'blocked', ''], []],
  ])('after %j come %j', async (typed, expected) => {
    expect(await words(...typed)).toEqual(expected);
  });

  it.each([
    [['-C', '../other'], '/other'],
    [['-C../other'], '/other'],
    [['--directory=/other'], '/other'],
    [['-C', '/first', '-C', '/other'], '/other'],
    [['-C', '~/other'], '/home/olga/other'],
    [[], '/repo'],
  ])('after %j asks in %s', async (typed, folder) => {
    const asked: string[] = [];
    const { ports } = new Harness({ coordinator, env: { HOME: '/home/olga' } });
    const locate: World['locate'] = (cwd, env, isChosen) => {
      asked.push(cwd);
      return ports.world.locate(cwd, env, isChosen);
    };
    const words = ['__complete', '--', ...typed, 'lock', 'acquire', ''];
    await runCli(words, { ...ports, world: { ...ports.world, locate } });
    expect(asked).toEqual([folder]);
  });

  it.each<[readonly string[], string]>([
    [['lock', 'acquire', 's'], 'words\nsrc/core\tcore\n'],
    [['lock', 'acquire', 'elsewhere'], 'files\n'],
    [['-C', ''], 'folders\n'],
    [['--directory=x'], 'folders\n'],
    [['verify-log', ''], 'files\n'],
    [['run', '--scope', 'src/core', '--', ''], 'command\n'],
    [['run', '--scope', 'src/core', '--', 'npm', 'te'], 'command\n'],
    [['init', '--stage', 'x'], 'words\n'],
    [['nosuch', ''], 'words\n'],
  ])('after %j tells a shell %j', async (typed, told) => {
    const { stdout } = await new Harness({ coordinator }).run('__complete', '--shell', 'zsh', '--', ...typed);
    expect(stdout).toBe(told);
  });

  it('tells bash what to put in at the cursor, as it has to be typed', async () => {
    const answer = { ...scopes, scopes: [scopeView('packages/my:own pkg')] };
    const harness = new Harness({ coordinator: new FakeCoordinator({ answers: { scopes: () => answer } }) });
    const line = 'rhema lock acquire packages/my:o';
    const { stdout } = await harness.run('__complete', '--shell', 'bash', '--breaks', ' :', '--', line);
    expect(stdout).toBe('words\nown\\ pkg\n');
  });

  it('says nothing when nobody can be asked', async () => {
    const failing = new Harness({ coordinator: new Error('gone') });
    expect(await failing.run('__complete', '--', 'lock', 'acquire', '')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });
});

/** How each shell is brought to complete the words `rhema lock acquire s` without a person at the keyboard. */
const shells = {
  bash: `source SCRIPT
COMP_LINE='rhema lock acquire src and more' COMP_POINT=20
_rhema 2>/dev/null
printf '%s\\n' "\${COMPREPLY[@]}"
complete -p rhema`,
  zsh: `autoload -Uz compinit && compinit -u -d FOLDER/dump
source SCRIPT
_describe() { print -rl -- "\${(@P)2}" }
words=(rhema lock acquire s) CURRENT=4 PREFIX=s
_rhema
print -r -- "complete $_comps[rhema]"`,
  fish: `source SCRIPT
complete --do-complete 'rhema lock acquire s'
echo complete (complete -c rhema | string match -r '__rhema_complete')`,
} as const;
type Shell = keyof typeof shells;

const isInstalled = (shell: Shell): boolean => spawnSync(shell, ['--version']).error === undefined;

describe('the script in a real shell', () => {
  let folder: string;
  beforeEach(() => {
    folder = folderOfTest('rhema-completion-');
    const program = `#!/bin/sh
printf '%s\\n' "$@" > '${folder}/asked'
if [ "$3" = bash ]
then printf 'words\\nsrc/core\\nsrc/store\\n'
else printf 'words\\nsrc/core\\tthe core\\nsrc/store\\tthe store: disks\\n'
fi
`;
    writeFileSync(join(folder, 'rhema'), program, { mode: 0o755 });
  });

  async function completed(shell: Shell): Promise<string[]> {
    const { stdout } = await new Harness({ coordinator }).run('completion', shell);
    writeFileSync(join(folder, 'script'), stdout);
    const commands = shells[shell].replace('SCRIPT', join(folder, 'script')).replace('FOLDER', folder);
    const env = { ...process.env, HOME: folder, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    return execFileSync(shell, ['-c', commands], { env, encoding: 'utf8' }).trimEnd().split('\n');
  }
  const asked = (): string[] => readFileSync(join(folder, 'asked'), 'utf8').trimEnd().split('\n');

  it.skipIf(!isInstalled('bash'))('bash offers the words that the program answers to the line', async () => {
    expect(await completed('bash')).toEqual(['src/core', 'src/store', 'complete -F _rhema rhema']);
    const told = asked().join('\n');
    expect(told).toMatch(/^__complete\n--shell\nbash\n--breaks\n[^]*[:][^]*\n--\nrhema lock acquire s$/);
  });

  it.skipIf(!isInstalled('zsh'))('zsh offers them with their help', async () => {
    expect(await completed('zsh')).toEqual([
      'src/core:the core',
      'src/store:the store: disks',
      'complete _rhema',
    ]);
    expect(asked()).toEqual(['__complete', '--shell', 'zsh', '--', 'lock', 'acquire', 's']);
  });

  it.skipIf(!isInstalled('fish'))('fish offers them with their help', async () => {
    expect(await completed('fish')).toEqual([
      'src/core\tthe core',
      'src/store\tthe store: disks',
      'complete __rhema_complete',
    ]);
    expect(asked()).toEqual(['__complete', '--shell', 'fish', '--', 'lock', 'acquire', 's']);
  });
});
