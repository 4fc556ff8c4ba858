import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process as the system lists it. */
interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** In the words of the system; a later process of the same number has another one. */
  readonly started: string;
}

export type EndingSignal = 'SIGTERM' | 'SIGKILL';

/**
 * A command and all that it has started in turn, wherever that went: what it started may lead a group of its own, and on
 * a terminal the command shares the group of the shell's job, which is not ours to end.
 */
export class ProcessTree {
  readonly #root: number;
  /** Whether the root leads a group of its own. */
  readonly #ownGroup: boolean;
  /** When each process that belongs here started. What it starts later belongs here, too, also once it is gone. */
  readonly #members = new Map<number, string>();

  constructor(root: number, ownGroup: boolean) {
    this.#root = root;
    this.#ownGroup = ownGroup;
    const listed = listProcesses().find(({ pid }) => pid === root);
    if (listed !== undefined) this.#members.set(root, listed.started);
  }

  signal(name: EndingSignal): void {
    const all = listProcesses();
    this.#takeIn(all);
    if (this.#ownGroup && !this.#isNumberReused(all)) send(-this.#root, name);
    for (const listed of all)
      if (this.#isMember(listed) && !this.#isReachedByGroup(listed)) send(listed.pid, name);
  }

  /** Also what has started since it was last looked at, down to the leaves. */
  #takeIn(all: readonly Listed[]): void {
    const byPid = new Map(all.map((one) => [one.pid, one]));
    const isOurs = (one: Listed): boolean => {
      if (this.#isMember(one)) return true;
      if (this.#isReachedByGroup(one) && !this.#isNumberReused(all)) return true;
      const parent = byPid.get(one.parent);
      return parent !== undefined && isOurs(parent);
    };
    for (const one of all.filter(isOurs)) this.#members.set(one.pid, one.started);
  }

  #isMember({ pid, started }: Listed): boolean {
    return this.#members.get(pid) === started;
  }

  #isReachedByGroup({ group }: Listed): boolean {
    return this.#ownGroup && group === this.#root;
  }

  /** Whether the number of the root, which has ended, has been given to a stranger: then so may that of its group. */
  #isNumberReused(all: readonly Listed[]): boolean {
    const listed = all.find(({ pid }) => pid === this.#root);
    return listed !== undefined && !this.#isMember(listed);
  }
}

/** That it has ended meanwhile, or became somebody else's, is no trouble. */
function send(pid: number, name: EndingSignal): void {
  try {
    process.kill(pid, name);
  } catch {
    // There is nothing more that could be done.
  }
}

function listProcesses(): Listed[] {
  return process.platform === 'linux' ? listOnLinux() : listByPs();
}

function listOnLinux(): Listed[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      // The name of the program, in parentheses, may hold anything.
      const fields = statOf(name)
        ?.replace(/^.*\) /s, '')
        .split(' ');
      const [state, parent, group, started] = [fields?.[0], fields?.[1], fields?.[2], fields?.[19]];
      if (started === undefined || state === 'Z' || state === 'X') return [];
      return [{ pid: Number(name), parent: Number(parent), group: Number(group), started }];
    });
}

function statOf(pid: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
}

function listByPs(): Listed[] {
  try {
    const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,lstart='], { encoding: 'utf8' });
    return text.split('\n').flatMap((row) => {
      const [pid, parent, group, ...started] = row.trim().split(/\s+/);
      if (started.length === 0) return [];
      return [{ pid: Number(pid), parent: Number(parent), group: Number(group), started: started.join(' ') }];
    });
  } catch {
    return [];
  }
}
