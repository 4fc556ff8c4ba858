/** The process that ends the command of a `rhema run` that was killed or stands still, in the moments that no other test can hit on purpose. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { monotonicMs } from '../../src/cli/process/tether.ts';

const tetherFile = resolve('dist/cli/tether-main.js');

describe.skipIf(process.platform !== 'linux')(
  'a command that began just before, so that the tether was never told which it is, is ended when run',
  () => {
    const ends = (inMs: number): string[] => ['grace 400', `end ${monotonicMs() + inMs}`];
    it.each<[string, string[], (tether: ChildProcess) => void, string]>([
      // As the system does it for a process that was killed.
      ['was killed', ['grace 500'], (tether) => tether.stdin?.end(), 'SIGTERM'],
      ['stands still: it is told in time', ends(3_000), () => undefined, 'SIGTERM'],
      ['stands still: by force at its time', [...ends(2_000), 'told'], () => undefined, 'SIGKILL'],
    ])('%s', async (_when, said, act, signal) => {
      const mark = `${process.pid}-untold-${signal}-${said.length};`;
      const begins = `begins ${JSON.stringify({ leads: true, session: null, mark })}`;
      const command = spawn('sleep', ['100'], {
        stdio: 'ignore',
        detached: true,
        env: { ...process.env, RHEMA_RUN: mark },
      });
      const ended = once(command, 'exit');
      await once(command, 'spawn');
      const tether = spawn(process.execPath, [tetherFile, begins, ...said], {
        stdio: ['pipe', 'ignore', 'ignore'],
        env: {},
      });
      act(tether);
      try {
        expect(await ended).toEqual([null, signal]);
      } finally {
        tether.kill();
        command.kill();
      }
    });
  },
);
