import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asRevision } from '../../core/index.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness } from '../testing/harness.ts';
import { agentView, scopeView, statusAnswer } from '../testing/samples.ts';

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
      'rhema __complete -- ',
    );
  });

  it('has none for another shell', async () => {
    expect((await new Harness({ coordinator }).run('completion', 'csh')).code).toBe(2);
  });

  it.each<[readonly string[], readonly string[]]>([
    [['lo'], ['lock', 'log']],
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
    [['agent', 'set', 'b'], ['blocked']],
    [['lock', 'acquire', '--json', 'src'], ['src/core']],
    [
      ['why', ''],
      ['src/core', 'alice'],
    ],
    [['config', 'explain', 'agent_coordination.lock_timeout_'], ['agent_coordination.lock_timeout_max']],
    [
      ['mcp', '--client-config', 'c'],
      ['claude', 'codex', 'cursor'],
    ],
    [['__comp'], []],
  ])('after %j come %j', async (typed, expected) => {
    expect(await words(...typed)).toEqual(expected);
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
COMP_WORDS=(rhema lock acquire s) COMP_CWORD=3
_rhema 2>/dev/null
printf '%s\\n' "\${COMPREPLY[@]}"
complete -p rhema`,
  zsh: `autoload -Uz compinit && compinit -u -d FOLDER/dump
source SCRIPT
_describe() { print -rl -- "\${(@P)2}" }
words=(rhema lock acquire s) CURRENT=4
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
    folder = mkdtempSync(join(tmpdir(), 'rhema-completion-'));
    const program = `#!/bin/sh
printf '%s\\n' "$@" > '${folder}/asked'
printf 'src/core\\tthe core\\nsrc/store\\tthe store: disks\\n'
`;
    writeFileSync(join(folder, 'rhema'), program, { mode: 0o755 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function completed(shell: Shell): Promise<string[]> {
    const { stdout } = await new Harness({ coordinator }).run('completion', shell);
    writeFileSync(join(folder, 'script'), stdout);
    const commands = shells[shell].replace('SCRIPT', join(folder, 'script')).replace('FOLDER', folder);
    const env = { ...process.env, HOME: folder, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    return execFileSync(shell, ['-c', commands], { env, encoding: 'utf8' }).trimEnd().split('\n');
  }
  const asked = (): string[] => readFileSync(join(folder, 'asked'), 'utf8').trimEnd().split('\n');

  it.skipIf(!isInstalled('bash'))('bash offers the words that the program answers', async () => {
    expect(await completed('bash')).toEqual(['src/core', 'src/store', 'complete -F _rhema rhema']);
    expect(asked()).toEqual(['__complete', '--', 'lock', 'acquire', 's']);
  });

  it.skipIf(!isInstalled('zsh'))('zsh offers them with their help', async () => {
    expect(await completed('zsh')).toEqual([
      'src/core:the core',
      'src/store:the store: disks',
      'complete _rhema',
    ]);
    expect(asked()).toEqual(['__complete', '--', 'lock', 'acquire', 's']);
  });

  it.skipIf(!isInstalled('fish'))('fish offers them with their help', async () => {
    expect(await completed('fish')).toEqual([
      'src/core\tthe core',
      'src/store\tthe store: disks',
      'complete __rhema_complete',
    ]);
    expect(asked()).toEqual(['__complete', '--', 'lock', 'acquire', 's']);
  });
});
