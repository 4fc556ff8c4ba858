/** Tab in real shells: what is typed, completed and sent off is compared with the words that the program then gets. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hasTerminal, runOnTerminal } from '../support/terminal.ts';
import { cliMain } from '../withstand/support/paths.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';

const names = ['my pkg', "it's", 'do$lar', 'co:lon', 'sta*r', 'plain'];
const prompt = 'READY> ';

/** How each shell is started with a script sourced, without a person's own settings. */
const shells: Readonly<Record<string, (script: string, home: string) => readonly string[]>> = {
  bash: (_script, home) => ['bash', '--noprofile', '--rcfile', join(home, 'bashrc'), '-i'],
  zsh: () => ['zsh', '-d', '-i'],
  fish: (script) => ['fish', '-C', `source ${script}; function fish_prompt; echo -n '${prompt}'; end`],
};

let sandbox: Sandbox;

beforeEach(() => {
  sandbox = new Sandbox(Object.fromEntries(names.map((name) => [`packages/${name}`, []])));
  mkdirSync(join(sandbox.worktree, 'folder/inner'), { recursive: true });
  chmodSync(sandbox.write('repository/migrate.sh', '#!/bin/sh\n'), 0o755);
  sandbox.write('other/.git/HEAD', 'ref: refs/heads/main\n');
  for (const part of ['objects', 'refs']) mkdirSync(join(sandbox.folder, 'other/.git', part));
  sandbox.write('other/elsewhere/rhema.yaml', 'name: elsewhere\n');
  prepareShells();
});
afterEach(() => sandbox.clear());

/** A `rhema` that answers Tab as the real one does, and else only notes the words that it got. */
function prepareShells(): void {
  const program = `#!/bin/sh
if [ "$1" = __complete ]; then exec '${process.execPath}' '${cliMain}' --direct "$@"; fi
{ for word; do printf '<%s>' "$word"; done; echo; } >> '${sandbox.folder}/got'
`;
  chmodSync(sandbox.write('bin/rhema', program), 0o755);
  chmodSync(sandbox.write('bin/neighbour', '#!/bin/sh\n'), 0o755);
  for (const shell of Object.keys(shells)) {
    const { stdout } = spawnSync(process.execPath, [cliMain, 'completion', shell], { encoding: 'utf8' });
    sandbox.write(`script.${shell}`, stdout);
  }
  const script = (shell: string): string => `source '${join(sandbox.folder, `script.${shell}`)}'`;
  sandbox.write('bashrc', `PS1='${prompt}'\n${script('bash')}\n`);
  sandbox.write('.zshrc', `PS1='${prompt}'\nautoload -Uz compinit; compinit -u -D\n${script('zsh')}\n`);
}

/** The words of each line, after Tab and Enter. */
function completed(shell: string, lines: readonly string[]): string[] {
  const { folder, worktree, env } = sandbox;
  const command = shells[shell]?.(join(folder, `script.${shell}`), folder) ?? [];
  const keys = [...lines.map((line) => `${line}\t\r`), 'exit\r'].join('');
  const path = `${join(folder, 'bin')}:${process.env['PATH']}`;
  runOnTerminal({
    command,
    prompt,
    keys,
    cwd: worktree,
    env: { ...env, ZDOTDIR: folder, PATH: path, TERM: 'xterm' },
  });
  return readFileSync(join(folder, 'got'), 'utf8').trimEnd().split('\n');
}

const isInstalled = (shell: string): boolean => spawnSync(shell, ['--version']).error === undefined;

/** What is typed, and the words that come of it. */
const everywhere: readonly (readonly [string, string])[] = [
  ['rhema lock acquire packages/pl', '<lock><acquire><packages/plain>'],
  ['rhema lock acquire packages/m', '<lock><acquire><packages/my pkg>'],
  [String.raw`rhema lock acquire packages/my\ p`, '<lock><acquire><packages/my pkg>'],
  ['rhema lock acquire "packages/m', '<lock><acquire><packages/my pkg>'],
  ['rhema lock acquire "packages"/m', '<lock><acquire><packages/my pkg>'],
  ['rhema lock acquire packages/i', "<lock><acquire><packages/it's>"],
  ["rhema lock acquire 'packages/i", "<lock><acquire><packages/it's>"],
  ['rhema lock acquire packages/d', '<lock><acquire><packages/do$lar>'],
  ['rhema lock acquire "packages/d', '<lock><acquire><packages/do$lar>'],
  ['rhema lock acquire packages/co:l', '<lock><acquire><packages/co:lon>'],
  ['rhema lock acquire packages/s', '<lock><acquire><packages/sta*r>'],
  ['rhema init --stage str', '<init><--stage><strict>'],
  ['rhema init --stage=str', '<init><--stage=strict>'],
  ['rhema -C ../other scope show e', '<-C><../other><scope><show><elsewhere>'],
  ['rhema run --scope packages/plain -- ./mig', '<run><--scope><packages/plain><--><./migrate.sh>'],
  ['rhema run --scope packages/plain -- neighb', '<run><--scope><packages/plain><--><neighbour>'],
  ['rhema nosuch l', '<nosuch><l>'],
  ['true; rhema completion f', '<completion><fish>'],
];

/** Whether the slash of a folder stays when the line is sent off differs. */
const folders: readonly (readonly [string, RegExp])[] = [
  ['rhema -C fol', /^<-C><folder\/?>$/],
  ['rhema --directory=fol', /^<--directory=folder\/?>$/],
  ['rhema lock acquire fol', /^<lock><acquire><folder\/?>$/],
];

for (const shell of Object.keys(shells))
  it.skipIf(!hasTerminal || !isInstalled(shell))(
    `Tab in ${shell} gives the words that are meant, whatever has to be quoted and has been`,
    () => {
      const lines = [...everywhere, ...folders].map(([line]) => line);
      const wanted = folders.map(([, pattern]) => expect.stringMatching(pattern) as string);
      expect(completed(shell, lines)).toEqual([...everywhere.map(([, words]) => words), ...wanted]);
    },
  );
