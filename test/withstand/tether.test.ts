/** The process that ends the command of a killed `rhema run`, in the moments that no other test can hit on purpose. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const tetherFile = resolve('dist/cli/tether-main.js');

it.skipIf(process.platform !== 'linux')(
  'a command that began just before run was killed is ended, though the tether was never told which it is',
  async () => {
    const mark = `${process.pid}-untold;`;
    const begins = `begins ${JSON.stringify({ leads: true, session: null, mark })}`;
    const tether = spawn(process.execPath, [tetherFile, begins, 'grace 500'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: {},
    });
    const command = spawn('sleep', ['100'], {
      stdio: 'ignore',
      detached: true,
      env: { ...process.env, RHEMA_RUN: mark },
    });
    const ended = once(command, 'exit');
    await once(command, 'spawn');
    // As the system does it for a process that was killed.
    tether.stdin.end();
    try {
      expect(await ended).toEqual([null, 'SIGTERM']);
    } finally {
      tether.kill();
      command.kill();
    }
  },
);
