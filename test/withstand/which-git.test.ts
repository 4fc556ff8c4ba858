/** Which programs the checks of a repository start: never one that the repository brings along. */
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { start, type Ended } from './support/cli.ts';
import { cliMain } from './support/paths.ts';
import { Sandbox } from './support/sandbox.ts';

let sandbox: Sandbox;

beforeEach(() => (sandbox = new Sandbox({})));
afterEach(() => sandbox.clear());

/** A program called git that leaves a trace, and tells a version. Gives its folder. */
function plantGit(folder: string): string {
  const script = `#!/bin/sh\ntouch '${join(sandbox.folder, 'planted-git-ran')}'\necho git version 9.9.9\n`;
  const file = sandbox.write(join(folder, 'git'), script);
  chmodSync(file, 0o755);
  return join(file, '..');
}

const plantedGitRan = (): boolean => existsSync(join(sandbox.folder, 'planted-git-ran'));
const doctor = (path: string | undefined): Promise<Ended> =>
  start(sandbox, process.execPath, [cliMain, '--direct', 'doctor'], { PATH: path }).ended;
const lineOfGit = ({ stdout, stderr }: Ended): string | undefined =>
  `${stdout}${stderr}`.split('\n').find((line) => line.includes(' git: '));

it('doctor runs no program out of the repository, nor out of a folder above it', async () => {
  plantGit('repository/node_modules/.bin');
  plantGit('node_modules/.bin');
  const asked = await doctor(process.env['PATH']);
  expect(plantedGitRan()).toBe(false);
  expect(lineOfGit(asked)).toMatch(/ok +git: version /);
  expect(lineOfGit(asked)).not.toContain('9.9.9');
});

it('doctor asks the first Git on the PATH, as every other command does', async () => {
  const first = plantGit('first');
  expect(lineOfGit(await doctor(`${first}:${process.env['PATH']}`))).toMatch(/ok +git: version 9\.9\.9/);
});

it('doctor finds no Git where the PATH has none', async () => {
  expect(lineOfGit(await doctor(join(sandbox.folder, 'empty')))).toContain('git: git was not found');
});
