import { setTimeout as sleep } from 'node:timers/promises';
import { carriesVariable, listProcesses, type Listed } from '../process-list.ts';

export type EndingSignal = 'SIGTERM' | 'SIGKILL';

/** How what belongs to a command is recognised. */
export interface Root {
  readonly pid: number;
  /** Whether it leads a session, and with it a group, of its own. */
  readonly leads: boolean;
  /** Of a command that leads none: the session that it works in; null where the system does not tell. */
  readonly session: number | null;
  /** How the value of {@link markVariable} begins in the environment of all that it starts; null: it has no mark. */
  readonly mark: string | null;
}

/**
 * By this a command on a terminal is recognised in all that it has started. It shares the session and the group of the shell's
 * job, which are not ours to end, and whose parent has ended has no other tie to it.
 */
export const markVariable = 'RHEMA_RUN';

/** What is known of a command before it has begun. */
export type ToBegin = Omit<Root, 'pid'>;

/** A command that has begun, by the mark that it carries; null where there is none, or the system shows no marks. */
export function findBegun(begins: ToBegin): Root | null {
  const { mark } = begins;
  if (mark === null) return null;
  const marked = listProcesses().filter(({ pid }) => carriesVariable(pid, markVariable, mark));
  const first = marked.find(({ parent }) => !marked.some(({ pid }) => pid === parent));
  if (first === undefined) return null;
  // It may have ended already, and have left something in its session.
  return { ...begins, pid: begins.leads ? (first.session ?? first.pid) : first.pid };
}

/** With a pause of 10 ms after each, some seconds: one that has not ended by then waits for a device. */
const roundsMax = 300;

/**
 * A command and all that it has started in turn: what is in its session (elsewhere than on Linux in its group), whatever
 * groups it made there and whether or not its parent still lives, and what has left that but descends from a member that lives.
 */
export class ProcessTree {
  readonly #root: Root;
  /** When each process that belongs here started. What it starts later belongs here, too, also once it is gone. */
  readonly #members = new Map<number, string>();

  constructor(root: Root) {
    this.#root = root;
    const listed = listProcesses().find(({ pid }) => pid === root.pid);
    if (listed !== undefined) this.#members.set(root.pid, listed.started);
  }

  /** To each of them once. */
  signal(name: EndingSignal): void {
    this.#sendToAll(name);
  }

  /** Ends them by force, and looks again until there is none: what is ended may have started something a moment before. */
  async endAll(): Promise<void> {
    for (let round = 0; round < roundsMax && this.#sendToAll('SIGKILL'); round += 1) await sleep(10);
  }

  /** What is still in the session, or the group, of a command that has ended. What has left it is not waited for. */
  left(): readonly Listed[] {
    const all = listProcesses();
    return all.filter((one) => one.pid !== this.#root.pid && this.#isInSession(one, all));
  }

  /** Whether there was one that could be reached. */
  #sendToAll(name: EndingSignal): boolean {
    const all = listProcesses();
    this.#takeIn(all);
    const { pid, leads } = this.#root;
    const toGroup = leads && !this.#isNumberReused(all) && send(-pid, name);
    const toMembers = all
      .filter((one) => this.#isMember(one) && !(toGroup && one.group === pid))
      .map((one) => send(one.pid, name));
    return toMembers.includes(true) || all.some((one) => toGroup && one.group === pid);
  }

  /** Also what has started since it was last looked at, down to the leaves. */
  #takeIn(all: readonly Listed[]): void {
    const byPid = new Map(all.map((one) => [one.pid, one]));
    const isOurs = (one: Listed): boolean => {
      if (this.#isMember(one) || this.#isInSession(one, all)) return true;
      const parent = byPid.get(one.parent);
      return parent !== undefined && isOurs(parent);
    };
    for (const one of all.filter(isOurs)) this.#members.set(one.pid, one.started);
  }

  #isMember({ pid, started }: Listed): boolean {
    return this.#members.get(pid) === started;
  }

  #isInSession({ pid, group, session }: Listed, all: readonly Listed[]): boolean {
    const { leads, mark } = this.#root;
    if (leads) return (session ?? group) === this.#root.pid && !this.#isNumberReused(all);
    const isThere = session !== null && session === this.#root.session;
    return isThere && mark !== null && carriesVariable(pid, markVariable, mark);
  }

  /** Whether the number of the root, which has ended, has been given to a stranger: then so may that of its session. */
  #isNumberReused(all: readonly Listed[]): boolean {
    const listed = all.find(({ pid }) => pid === this.#root.pid);
    return listed !== undefined && !this.#isMember(listed);
  }
}

/** Whether it was reached. That it has ended meanwhile, or became somebody else's, is no trouble. */
function send(pid: number, name: EndingSignal): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
