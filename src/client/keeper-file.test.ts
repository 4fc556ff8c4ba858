import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentId } from '../core/index.ts';
import { isPipeHeld } from '../files/index.ts';
import { claimName, deadKeeper, livingKeeper, releaseName } from './keeper-file.ts';
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

const keepers = (): string => join(paths.directory, 'keepers');
/** Without the pipes, of which each process has one. */
const claims = (): string[] =>
  readdirSync(keepers())
    .filter((name) => !name.endsWith('.pipe'))
    .sort();

/** As another process would have claimed the name. */
function claimedBy(process: ProcessIdentity, number: number): void {
  mkdirSync(keepers(), { recursive: true, mode: 0o700 });
  writeFileSync(join(keepers(), `alice#${number}`), JSON.stringify({ process, sinceMs: 5 }));
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

it('a free name is claimed, and claiming it again changes nothing', () => {
  expect(claimName(paths, alice, 7)).toBeNull();
  const [claim = ''] = claims();
  expect(claim).toBe('alice#1');
  expect(JSON.parse(readFileSync(join(keepers(), claim), 'utf8'))).toEqual({
    process: thisProcess(),
    sinceMs: 7,
    folder: String(statSync(keepers()).ino),
    ...(process.platform === 'linux' ? { pipe: expect.stringMatching(/\.pipe$/) as string } : {}),
  });
  expect(statSync(join(keepers(), claim)).mode & 0o077).toBe(0);
  expect(claimName(paths, alice, 8)).toBeNull();
  expect(claims()).toEqual(['alice#1']);
});

it('a live keeper is not succeeded, a dead one is', async () => {
  await withOtherProcess((other) => {
    claimedBy(other, 3);
    expect(claimName(paths, alice, 7)).toEqual({ process: other, sinceMs: 5 });
    releaseName(paths, alice);
    expect(claims()).toEqual(['alice#3']);
  });
  expect(claimName(paths, alice, 7)).toBeNull();
  expect(claims()).toEqual(['alice#4']);
});

it('a process that got the number of a dead one is not taken for it', () => {
  claimedBy({ ...thisProcess(), start: 'before' }, 1);
  expect(claimName(paths, alice, 7)).toBeNull();
  expect(claims()).toEqual(['alice#2']);
});

it('a keeper in another container cannot be looked at, and counts as alive', () => {
  const elsewhere = { pid: 1, start: 'then', namespace: 'pid:[1]' };
  claimedBy(elsewhere, 1);
  expect(claimName(paths, alice, 7)).toEqual({ process: elsewhere, sinceMs: 5, isUnseen: true });
});

it('a keeper in another container is succeeded by whoever knows that its agent is gone', () => {
  claimedBy({ pid: 1, start: 'then', namespace: 'pid:[1]' }, 1);
  expect(claimName(paths, alice, 7, ({ isUnseen }) => isUnseen !== true)).toBeNull();
  expect(claims()).toEqual(['alice#2']);
});

describe.runIf(process.platform === 'linux')('a keeper in another container that holds its pipe', () => {
  const pipe = '.0123456789ab.pipe';
  const elsewhere = { pid: 1, start: 'then', namespace: 'pid:[1]' };
  /** A process that holds the pipe until it is killed. */
  async function heldWhile(use: () => void): Promise<void> {
    mkdirSync(keepers(), { recursive: true, mode: 0o700 });
    const path = join(keepers(), pipe);
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
      const claim = { process: elsewhere, sinceMs: 5, pipe };
      writeFileSync(join(keepers(), 'alice#1'), JSON.stringify(claim));
      expect(claimName(paths, alice, 7)).toEqual({ process: elsewhere, sinceMs: 5 });
      expect(livingKeeper(paths, alice)).toEqual({ process: elsewhere, sinceMs: 5 });
    });
    expect(livingKeeper(paths, alice)).toBeNull();
    expect(deadKeeper(paths, alice)).toEqual({ process: elsewhere, sinceMs: 5 });
    expect(claimName(paths, alice, 7)).toBeNull();
    expect(claims()).toEqual(['alice#2']);
    expect(readdirSync(keepers())).not.toContain(pipe);
  });

  it('is what a process of ours is, seen from there', () => {
    claimName(paths, alice, 7);
    const claim = JSON.parse(readFileSync(join(keepers(), 'alice#1'), 'utf8')) as { readonly pipe: string };
    expect(isPipeHeld(join(keepers(), claim.pipe))).toBe(true);
  });

  it('names no other file by it', () => {
    const victim = join(paths.directory, 'victim');
    claimedBy(elsewhere, 1);
    writeFileSync(victim, '');
    const claim = { process: elsewhere, sinceMs: 5, pipe: '../victim' };
    writeFileSync(join(keepers(), 'alice#1'), JSON.stringify(claim));
    expect(claimName(paths, alice, 7)).toBeNull();
    expect(readFileSync(victim, 'utf8')).toBe('');
  });
});

it('a claim in a copy of the repository keeps nobody out there, and goes on to count where it was made', async () => {
  await withOtherProcess((other) => {
    mkdirSync(keepers(), { recursive: true, mode: 0o700 });
    const madeIn = String(statSync(keepers()).ino);
    const claim = JSON.stringify({ process: other, sinceMs: 5, folder: madeIn });
    writeFileSync(join(keepers(), 'alice#1'), claim);
    const copied = join(folder.path, 'copy');
    mkdirSync(copied);
    cpSync(paths.directory, join(copied, 'rhema'), { recursive: true });
    const copy = statePaths(copied);
    expect(deadKeeper(copy, alice)).toBeNull();
    expect(claimName(copy, alice, 8)).toBeNull();
    expect(readdirSync(join(copy.directory, 'keepers'))).toContain('alice#2');
    expect(claimName(paths, alice, 8)).toEqual({ process: other, sinceMs: 5 });
  });
});

it('the latest claim counts; an unreadable one is succeeded', () => {
  claimedBy({ ...thisProcess(), start: 'before' }, 9);
  writeFileSync(join(keepers(), 'alice#10'), 'half a cl');
  expect(claimName(paths, alice, 7)).toBeNull();
  expect(claims()).toEqual(['alice#11']);
});

it('names do not share claims, and a name that was let go of is free', () => {
  claimName(paths, alice, 7);
  claimName(paths, 'alice2' as AgentId, 7);
  releaseName(paths, alice);
  expect(claims()).toEqual(['alice2#1']);
});

describe('claims that cannot be kept are a failure that names the file and what to do', () => {
  const refusal = (path: string): unknown =>
    expect.objectContaining({
      code: 'PERMISSION',
      message: expect.stringContaining('let this user write there') as string,
      details: { path: join(keepers(), path), system: 'EACCES' },
    });

  beforeEach(() => {
    for (const path of [folder.path, paths.directory]) {
      mkdirSync(path, { recursive: true });
      chmodSync(path, 0o755);
    }
  });

  it('when a name is claimed', () => {
    mkdirSync(keepers());
    withReadOnly(keepers(), () =>
      expect(() => claimName(paths, alice, 7)).toThrowError(refusal('alice#1') as Error),
    );
  });

  it('when a name is let go of', () => {
    claimName(paths, alice, 7);
    chmodSync(join(keepers(), 'alice#1'), 0o644);
    withReadOnly(keepers(), () =>
      expect(() => releaseName(paths, alice)).toThrowError(refusal('alice#1') as Error),
    );
  });

  it('when something else lies in the place of a claim', () => {
    mkdirSync(join(keepers(), 'alice#1'), { recursive: true });
    expect(() => claimName(paths, alice, 7)).toThrowError(
      expect.objectContaining({
        code: 'PERMISSION',
        message: expect.stringContaining('move away what is in its place') as string,
      }),
    );
  });
});
