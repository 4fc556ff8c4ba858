import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Writable } from 'node:stream';
import { entryFile } from '../entry-files.ts';
import type { Root, ToBegin } from './process-tree.ts';

/** Ties a command to this process; see `tether-main.ts`. */
export interface Tether {
  /** The command has begun. */
  hold(root: Root): void;
  /** Has the command ended by force so long from now, and told so long before; replaces what was said before. */
  endBy(leftMs: number, graceMs: number): void;
  /** The command was told to end: it need not be told again, and is ended by force at that time. */
  told(): void;
  /** The command has ended, with all that it left behind: there is nothing left to end. */
  untie(): void;
}

/**
 * To be called before the command begins: it must not be able to work for a moment without its tether, and an end. One that
 * ends before it is untied, as the system may end it for want of memory, is followed by another, which is told the same.
 */
export function startTether(endInMs: number, graceMs: number, begins: ToBegin): Tether {
  // By this it finds the command also where we are killed before we can say which it is.
  const said = new Map<What, string>([['begins', `begins ${JSON.stringify(begins)}`]]);
  let isUntied = false;
  let followersLeft = followersMax;
  const follow = (): void => {
    if (isUntied || followersLeft === 0) return;
    followersLeft -= 1;
    holder = startHolder([...said.values()], follow);
  };
  let holder = startHolder([...said.values()], follow);
  const say = (what: What, ...words: readonly (string | number)[]): void => {
    const text = [what, ...words].join(' ');
    said.set(what, text);
    tell(holder, text);
  };
  const endBy = (leftMs: number, grace: number): void => {
    say('grace', grace);
    say('end', monotonicMs() + leftMs);
  };
  endBy(endInMs, graceMs);
  return {
    hold: (root) => say('command', JSON.stringify(root)),
    endBy,
    told: () => say('told'),
    untie: () => {
      isUntied = true;
      tell(holder, 'done');
      holder.stdin.end();
    },
  };
}

/** Of each the tether knows the last that was said. */
type What = 'begins' | 'command' | 'grace' | 'end' | 'told';

/** What ends each of so many is no accident. */
const followersMax = 20;

type Holder = ChildProcessByStdio<Writable, null, null>;

/** `said`: what it knows from its first moment on, so that none is there that does not know what it is to end. */
function startHolder(said: readonly string[], onEnd: () => void): Holder {
  // In a group of its own: what kills us as a group must leave it alone.
  const holder = spawn(process.execPath, [entryFile('tether-main'), ...said], {
    detached: true,
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without it the command runs as it would have run, and ends with its lease as long as we live.
  holder.on('error', () => undefined);
  holder.on('exit', onEnd);
  holder.stdin.on('error', () => undefined);
  holder.unref();
  (holder.stdin as unknown as { readonly unref: () => void }).unref();
  return holder;
}

const tell = ({ stdin }: Holder, text: string): void => void stdin.write(`${text}\n`);

/** The same clock in all processes of this host. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
