import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { claude } from '../../src/demo/clients/coding-clients.ts';
import { fetched } from '../../src/demo/clients/install.ts';
import { folderOfTest } from '../support/folder.ts';
import { packageRoot } from '../withstand/support/paths.ts';

/** `npm start -- --clients` fetches it, and keeps it. */
const program = fetched(claude.package);

/** What Claude Code itself says of a plugin. It writes into its home, which is another one here. */
function validate(plugin: string): readonly [number | null, string] {
  const home = folderOfTest('rhema-plugin-home-');
  const env = { PATH: process.env['PATH'], HOME: home, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };
  const words = ['plugin', 'validate', '--strict', plugin];
  const { status, stdout, stderr } = spawnSync(program ?? '', words, { cwd: home, env, encoding: 'utf8' });
  return [status, stdout + stderr];
}

it.runIf(program !== null)('Claude Code finds no fault with the plugin, and would with a broken one', () => {
  expect(validate(join(packageRoot, 'plugin'))).toEqual([
    0,
    expect.stringMatching(/PreToolUse[^]*SessionEnd[^]*rhema:rhema[^]*Validation passed/) as string,
  ]);
  const copy = join(folderOfTest('rhema-plugin-'), 'plugin');
  mkdirSync(copy);
  cpSync(join(packageRoot, 'plugin'), copy, { recursive: true });
  writeFileSync(join(copy, 'hooks/hooks.json'), '{ "hooks": { "PreToolUse": "rhema" } }');
  expect(validate(copy)[0]).toBe(1);
});
