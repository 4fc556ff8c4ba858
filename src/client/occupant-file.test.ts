import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentId } from '../core/index.ts';
import { isPipeHeld } from '../files/index.ts';
import { occupyName, deadOccupant, livingOccupant, releaseName } from './occupant-file.ts';
import { statePaths, type StatePaths } from './paths.ts';
import { identityOf, thisProcess, type ProcessIdentity } from './process-identity.ts';
import { temporaryFolder, withReadOnly } from './testing/folder.ts';

const alice = 'alice' as AgentId;
let folder: ReturnType<typeof temporaryFolder>;
let paths: StatePaths;

beforeEach(() => {
  folder = temporaryFolder();
  paths = statePaths(folder.path);
});
afterEach(() => folder.remove());

const occupants = (): string => join(paths.directory, 'keepers');
/** Without the pipes, of which each process has one. */
const notes = (): string[] =>
  readdirSync(occupants())
    .filter((name) => !name.endsWith('.pipe'))
    .sort();

/** As another process would have occupied the name. */
function occupiedBy(process: ProcessIdentity, number: number): void {
  mkdirSync(occupants(), { recursive: true, mode: 0o700 });
  writeFileSync(join(occupants(), `alice#${number}`), JSON.stringify({ process, sinceMs: 5 }));
}

async function withOtherProcess(use: (other: ProcessIdentity) => void): Promise<ProcessIdentity> {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const other = identityOf(child.pid ?? 0);
  try {
    use(other);
    return other;
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

it('a free name is occupied, and occupying it again changes nothing', () => {
  expect(occupyName(paths, alice, 7)).toBeNull();
  const [note = ''] = notes();
  expect(note).toBe('alice#1');
  expect(JSON.parse(readFileSync(join(occupants(), note), 'utf8'))).toEqual({
    process: thisProcess(),
    sinceMs: 7,
    folder: String(statSync(occupants()).ino),
    ...(process.platform === 'linux' ? { pipe: expect.stringMatching(/\.pipe$/) as string } : {}),
  });
  expect(statSync(join(occupants(), note)).mode & 0o077).toBe(0);
  expect(occupyName(paths, alice, 8)).toBeNull();
  expect(notes()).toEqual(['alice#1']);
});

it('a live occupant is not succeeded, a dead one is', async () => {
  await withOtherProcess((other) => {
    occupiedBy(other, 3);
    expect(occupyName(paths, alice, 7)).toEqual({ process: other, sinceMs: 5 });
    releaseName(paths, alice);
    expect(notes()).toEqual(['alice#3']);
  });
  expect(occupyName(paths, alice, 7)).toBeNull();
  expect(notes()).toEqual(['alice#4']);
});

it('a process that got the number of a dead one is not taken for it', () => {
  occupiedBy({ ...thisProcess(), start: 'before' }, 1);
  expect(occupyName(paths, alice, 7)).toBeNull();
  expect(notes()).toEqual(['alice#2']);
});

it('an occupant in another container cannot be looked at, and counts as alive', () => {
  const elsewhere = { pid: 1, start: 'then', namespace: 'pid:[1]' };
  occupiedBy(elsewhere, 1);
  expect(occupyName(paths, alice, 7)).toEqual({ process: elsewhere, sinceMs: 5, isUnseen: true });
});

it('an occupant in another container is succeeded by whoever knows that its agent is gone', () => {
  occupiedBy({ pid: 1, start: 'then', namespace: 'pid:[1]' }, 1);
  expect(occupyName(paths, alice, 7, ({ isUnseen }) => isUnseen !== true)).toBeNull();
  expect(notes()).toEqual(['alice#2']);
});

it('a process that has names in many folders listens for its end once', () => {
  const before = process.listenerCount('exit');
  for (let n = 0; n < 12; n += 1) {
    const one = join(folder.path, `${n}`);
    mkdirSync(one);
    expect(occupyName(statePaths(one), alice, 7)).toBeNull();
  }
  expect(process.listenerCount('exit')).toBeLessThanOrEqual(before + 1);
});

describe.runIf(process.platform === 'linux')('an occupant in another container that holds its pipe', () => {
  const pipe = '.0123456789ab.pipe';
  const elsewhere = { pid: 1, start: 'then', namespace: 'pid:[1]' };
  /** A process that holds the pipe until it is killed. */
  async function heldWhile(use: () => void): Promise<void> {
    mkdirSync(occupants(), { recursive: true, mode: 0o700 });
    const path = join(occupants(), pipe);
    const hold = `fs.openSync(${JSON.stringify(path)}, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK); console.log('held')`;
    execFileSync('mkfifo', [path]);
    const child = spawn(process.execPath, ['-e', `${hold}; setInterval(() => {}, 1e6)`]);
    await once(child.stdout, 'data');
    use();
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  it('lives for as long as it does, and is succeeded however it ends', async () => {
    await heldWhile(() => {
      const note = { process: elsewhere, sinceMs: 5, pipe };
      writeFileSync(join(occupants(), 'alice#1'), JSON.stringify(note));
      expect(occupyName(paths, alice, 7)).toEqual({ process: elsewhere, sinceMs: 5 });
      expect(livingOccupant(paths, alice)).toEqual({ process: elsewhere, sinceMs: 5 });
    });
    expect(livingOccupant(paths, alice)).toBeNull();
    expect(deadOccupant(paths, alice)).toEqual({ process: elsewhere, sinceMs: 5 });
    expect(occupyName(paths, alice, 7)).toBeNull();
    expect(notes()).toEqual(['alice#2']);
    expect(readdirSync(occupants())).not.toContain(pipe);
  });

  it('is what a process of ours is, seen from there', () => {
    occupyName(paths, alice, 7);
    const note = JSON.parse(readFileSync(join(occupants(), 'alice#1'), 'utf8')) as { readonly pipe: string };
    expect(isPipeHeld(join(occupants(), note.pipe))).toBe(true);
  });

  it('names no other file by it', () => {
    const victim = join(paths.directory, 'victim');
    occupiedBy(elsewhere, 1);
    writeFileSync(victim, '');
    const note = { process: elsewhere, sinceMs: 5, pipe: '../victim' };
    writeFileSync(join(occupants(), 'alice#1'), JSON.stringify(note));
    expect(occupyName(paths, alice, 7)).toBeNull();
    expect(readFileSync(victim, 'utf8')).toBe('');
  });
});

it('a note in a copy of the repository keeps nobody out there, and goes on to count where it was made', async () => {
  await withOtherProcess((other) => {
    mkdirSync(occupants(), { recursive: true, mode: 0o700 });
    const madeIn = String(statSync(occupants()).ino);
    const note = JSON.stringify({ process: other, sinceMs: 5, folder: madeIn });
    writeFileSync(join(occupants(), 'alice#1'), note);
    const copied = join(folder.path, 'copy');
    mkdirSync(copied);
    cpSync(paths.directory, join(copied, 'rhema'), { recursive: true });
    const copy = statePaths(copied);
    expect(deadOccupant(copy, alice)).toBeNull();
    expect(occupyName(copy, alice, 8)).toBeNull();
    expect(readdirSync(join(copy.directory, 'keepers'))).toContain('alice#2');
    expect(occupyName(paths, alice, 8)).toEqual({ process: other, sinceMs: 5 });
  });
});

it('the latest note counts; an unreadable one is succeeded', () => {
  occupiedBy({ ...thisProcess(), start: 'before' }, 9);
  writeFileSync(join(occupants(), 'alice#10'), 'half a cl');
  expect(occupyName(paths, alice, 7)).toBeNull();
  expect(notes()).toEqual(['alice#11']);
});

it('names do not share notes, and a name that was let go of is free', () => {
  occupyName(paths, alice, 7);
  occupyName(paths, 'alice2' as AgentId, 7);
  releaseName(paths, alice);
  expect(notes()).toEqual(['alice2#1']);
});

describe('notes that cannot be kept are a failure that names the file and what to do', () => {
  const refusal = (path: string): unknown =>
    expect.objectContaining({
      code: 'PERMISSION',
      message: expect.stringContaining('let this user write there') as string,
      details: { path: join(occupants(), path), system: 'EACCES' },
    });

  beforeEach(() => {
    for (const path of [folder.path, paths.directory]) {
      mkdirSync(path, { recursive: true });
      chmodSync(path, 0o755);
    }
  });

  it('when a name is occupied', () => {
    mkdirSync(occupants());
    withReadOnly(occupants(), () =>
      expect(() => occupyName(paths, alice, 7)).toThrowError(refusal('alice#1') as Error),
    );
  });

  it('when a name is let go of', () => {
    occupyName(paths, alice, 7);
    chmodSync(join(occupants(), 'alice#1'), 0o644);
    withReadOnly(occupants(), () =>
      expect(() => releaseName(paths, alice)).toThrowError(refusal('alice#1') as Error),
    );
  });

  it('when something else has the path of a note', () => {
    mkdirSync(join(occupants(), 'alice#1'), { recursive: true });
    expect(() => occupyName(paths, alice, 7)).toThrowError(
      expect.objectContaining({
        code: 'PERMISSION',
        message: expect.stringContaining('move away what is in its place') as string,
      }),
    );
  });
});
