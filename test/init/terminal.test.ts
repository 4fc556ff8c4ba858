/** Leaving at a question, on a real terminal: keys are read by the process itself there, and no signal is sent. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRepository } from '../../src/repository/testing/fixture.ts';
import { hasTerminal, runOnTerminal } from '../support/terminal.ts';
import { cliMain } from '../withstand/support/paths.ts';
import { json } from './support.ts';

const questions = [
  ['How many agents', []],
  ['Write 1 file?', ['--agents', '8']],
] as const;

describe.skipIf(!hasTerminal).each(questions)('at the question %s', (prompt, options) => {
  it.each([
    ['Ctrl-C ends with 130', '\x03', 130, 'interrupted: nothing was written (INTERRUPTED)'],
    ['Ctrl-D ends with 2, since nobody could be asked', '\x04', 2, 'CONFIRMATION_NEEDED'],
    ['Escape ends with 0, as a no does', '\x1b', 0, 'nothing was written'],
  ])('%s', (_title, keys, code, told) => {
    const root = makeRepository({ 'package.json': json({ name: 'acme' }) });
    const command = [process.execPath, cliMain, '-C', root, '--no-color', 'init', ...options];
    const { status, stdout } = runOnTerminal({ command, prompt, keys });
    expect([status, stdout]).toEqual([code, expect.stringContaining(told)]);
    expect(existsSync(join(root, 'rhema.yaml'))).toBe(false);
  });
});
