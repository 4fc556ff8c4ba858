import { spawn } from 'node:child_process';
import { entryFile } from './entry-files.ts';

/** Ties a command to this process; see `tether-main.ts`. */
export interface Tether {
  /** The command has begun. */
  hold(pid: number, ownGroup: boolean): void;
  /** Has the command ended by force so long from now; replaces what was said before. */
  endBy(leftMs: number): void;
  /** The command has ended: there is nothing left to end. */
  untie(): void;
}

/** To be called before the command begins: it must not be able to work for a moment without its tether, and an end. */
export function startTether(endInMs: number): Tether {
  // In a group of its own: what kills us as a group must leave it alone.
  const holder = spawn(process.execPath, [entryFile('tether-main')], {
    detached: true,
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without it the command runs as it would have run, and ends with its lease as long as we live.
  holder.on('error', () => undefined);
  holder.stdin.on('error', () => undefined);
  holder.unref();
  (holder.stdin as unknown as { readonly unref: () => void }).unref();
  const say = (...words: readonly (string | number)[]): void =>
    void holder.stdin.write(`${words.join(' ')}\n`);
  const endBy = (leftMs: number): void => say('end', monotonicMs() + leftMs);
  endBy(endInMs);
  return {
    hold: (pid, ownGroup) => say('command', pid, ownGroup ? 'group' : 'tree'),
    endBy,
    untie: () => {
      say('done');
      holder.stdin.end();
    },
  };
}

/** The same clock in all processes of this host. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
