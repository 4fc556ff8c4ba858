/** Leaving at a question, on a real terminal: keys are read by the process itself there, and no signal is sent. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { makeRepository } from '../../src/context/testing/fixture.ts';
import { cliMain } from '../withstand/support/places.ts';
import { json } from './support.ts';

const terminal = fileURLToPath(new URL('./terminal.py', import.meta.url));
const hasTerminal = spawnSync('python3', ['-c', 'import os, pty; os.waitstatus_to_exitcode']).status === 0;

it.skipIf(!hasTerminal).each([
  ['Ctrl-C ends with 130', '\x03', 130, 'interrupted: nothing was written (INTERRUPTED)'],
  ['Ctrl-D ends with 2, since nobody could be asked', '\x04', 2, 'CONFIRMATION_NEEDED'],
  ['Escape ends with 0, as a no does', '\x1b', 0, 'nothing was written'],
])('at a question of init, %s', (_title, keys, code, told) => {
  const root = makeRepository({ 'package.json': json({ name: 'acme' }) });
  const command = [process.execPath, cliMain, '-C', root, '--no-color', 'init'];
  const { status, stdout } = spawnSync('python3', [terminal, 'Write 1 file?', keys, ...command], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect([status, stdout]).toEqual([code, expect.stringContaining(told)]);
  expect(existsSync(join(root, 'rhema.yaml'))).toBe(false);
});
