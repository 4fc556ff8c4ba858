/** What a patch shows around its changes lies in the repository, whoever wrote it there. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhema } from './support/cli.ts';
import { Sandbox } from './support/sandbox.ts';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox({})));
afterEach(() => sandbox.clear());

/** Turns what follows around, clears the screen, shows nothing. */
const hidden = '\u202e\u009b2J\u200b';
const hides = /[\u202e\u009b\u200b]/;

it.each([
  ['init', '--dry-run'],
  ['migrate', '--dry-run'],
  ['hooks', 'install', 'claude', '--dry-run'],
  ['hooks', 'install', 'claude'],
  ['init', '--client', 'claude'],
])('a patch shows nothing that hides, nor drives a terminal: rhema %s %s', async (...words) => {
  sandbox.write('repository/.claude/settings.json', `{\n  "model": "${hidden}"\n}\n`);
  sandbox.write('repository/CLAUDE.md', `${hidden}\n`);
  sandbox.write('repository/rhema.yaml', `name: root # ${hidden}\nscope_type: service\nversion: 1.0.0\n`);
  sandbox.write(`repository/part${hidden[0]}/package.json`, '{ "name": "part" }');
  const { stdout, stderr } = await rhema(sandbox, ...words);
  expect(stdout + stderr).not.toMatch(hides);
  expect(stdout + stderr).toMatch(/^[+-]|\\u202e/m);
});
