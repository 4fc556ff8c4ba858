import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process as the system lists it. One that has ended is not listed, though its parent may not have noticed yet. */
export interface Listed {
  readonly pid: number;
  /** Of its program, as far as the system keeps it; anything may be in it. */
  readonly name: string;
  readonly parent: number;
  readonly group: number;
  /** Null where the system does not tell. */
  readonly session: number | null;
  /** In the words of the system; a later process of the same number has another one. */
  readonly started: string;
}

/** All of them; none where the system does not tell. */
export function listProcesses(): readonly Listed[] {
  return isLinux ? listOnLinux() : listByPs();
}

/** Null where the system does not tell. */
export function sessionOf(pid: number): number | null {
  return isLinux ? (readListed(String(pid))?.session ?? null) : null;
}

/** Whether a process began with a variable in its environment, or was forked by one that did. Linux only; elsewhere none did. */
export function carriesVariable(pid: number, name: string, valueStart: string): boolean {
  const environment = isLinux ? readOrNull(`/proc/${pid}/environ`) : null;
  return environment !== null && `\0${environment}`.includes(`\0${name}=${valueStart}`);
}

const isLinux = process.platform === 'linux';

function listOnLinux(): Listed[] {
  return numbersIn('/proc').flatMap((pid) => readListed(pid) ?? []);
}

function numbersIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function readListed(pid: string): Listed | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  // The name of the program, in parentheses, may hold anything.
  const [, name = '', rest = ''] = /^\d+ \((.*)\) (.*)/s.exec(stat ?? '') ?? [];
  const fields = rest.split(' ');
  const [state, parent, group, session] = fields;
  const started = fields[19];
  if (started === undefined || state === 'Z' || state === 'X') return null;
  return {
    pid: Number(pid),
    name,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    started,
  };
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function listByPs(): Listed[] {
  try {
    const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,lstart=,comm='], {
      encoding: 'utf8',
    });
    return text.split('\n').flatMap((row) => {
      const [pid, parent, group, state = 'Z', ...rest] = row.trim().split(/\s+/);
      // `Mon Nov 30 21:48:51 2026`, then the name.
      const started = rest.slice(0, 5).join(' ');
      if (state.startsWith('Z') || rest.length < 5) return [];
      const name = rest.slice(5).join(' ');
      return [
        { pid: Number(pid), name, parent: Number(parent), group: Number(group), session: null, started },
      ];
    });
  } catch {
    return [];
  }
}
