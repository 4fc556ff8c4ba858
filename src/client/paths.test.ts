import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deepFolder, temporaryFolder } from './testing/folder.ts';
import { accessError, ensurePrivateDirectory, socketAddress, statePaths, withAccess } from './paths.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

it('uses the socket as it is when its path is short enough', () => {
  const paths = statePaths(folder.path);
  expect(socketAddress(paths)).toBe(join(folder.path, 'rhema', 'coordinator.sock'));
});

it('reaches a socket with a long path through a short link to its folder', () => {
  const paths = statePaths(deepFolder(folder.path));
  const address = socketAddress(paths, [join(folder.path, 'x'.repeat(90)), folder.path]);
  expect(Buffer.byteLength(address)).toBeLessThanOrEqual(103);
  expect(readlinkSync(dirname(address))).toBe(paths.directory);
  expect(socketAddress(paths, [folder.path])).toBe(address);
});

it('corrects a link that leads elsewhere', () => {
  const paths = statePaths(deepFolder(folder.path));
  const link = dirname(socketAddress(paths, [folder.path]));
  unlinkSync(link);
  symlinkSync(folder.path, link);
  socketAddress(paths, [folder.path]);
  expect(readlinkSync(link)).toBe(paths.directory);
});

it('gives the same paths however the folder is spelled', () => {
  const real = join(folder.path, 'real');
  mkdirSync(real);
  symlinkSync(real, join(folder.path, 'alias'));
  expect(statePaths(join(folder.path, 'alias'))).toEqual(statePaths(real));
});

describe('a place for short links', () => {
  const address = (): string => {
    const [bad, good] = [join(folder.path, 'bad'), join(folder.path, 'good')];
    mkdirSync(good);
    const found = socketAddress(statePaths(deepFolder(folder.path)), [bad, good]);
    expect(found.startsWith(`${good}/rhema-`)).toBe(true);
    return bad;
  };
  const user = `rhema-${process.geteuid?.() ?? 0}`;

  it.each<[string, (bad: string) => void]>([
    ['does not exist', () => undefined],
    ['is a file', (bad) => writeFileSync(bad, '')],
    [
      'lets others move away what is ours',
      (bad) => {
        mkdirSync(bad);
        chmodSync(bad, 0o777);
      },
    ],
    [
      'has a folder of our name that others may write to',
      (bad) => {
        mkdirSync(join(bad, user), { recursive: true });
        chmodSync(join(bad, user), 0o777);
      },
    ],
    [
      'has a symbolic link of our name',
      (bad) => {
        mkdirSync(bad);
        symlinkSync(folder.path, join(bad, user));
      },
    ],
  ])('that %s is gone around', (_, make) => {
    make(join(folder.path, 'bad'));
    const before = existsSync(join(folder.path, 'bad')) ? lstatSync(join(folder.path, 'bad')).mtimeMs : null;
    const bad = address();
    expect(existsSync(bad) ? lstatSync(bad).mtimeMs : null).toBe(before);
  });

  it.runIf(process.geteuid?.() === 0)("whose folder of our name is somebody else's is gone around", () => {
    const bad = join(folder.path, 'bad');
    mkdirSync(join(bad, user), { recursive: true });
    lchownSync(join(bad, user), 54_322, 54_322);
    address();
  });

  it('has to be named by the user where there is none; each is told with what is wrong', () => {
    const [gone, open, taken, long] = ['gone', 'open', 'taken', 'x'.repeat(90)].map((name) =>
      join(folder.path, name),
    ) as [string, string, string, string];
    for (const path of [open, taken]) mkdirSync(path);
    chmodSync(open, 0o777);
    mkdirSync(join(taken, user));
    chmodSync(join(taken, user), 0o777);
    const paths = statePaths(deepFolder(folder.path));
    const problem = (): string => {
      try {
        return socketAddress(paths, [gone, open, taken, long]);
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(problem()).toContain(`stat '${gone}'; `);
    expect(problem()).toContain(`; ${open} lets others move away what is put there: chmod +t ${open}; `);
    const own = join(taken, user);
    expect(problem()).toContain(`; ${own} can be written by others: chmod 700 ${own}; `);
    expect(problem()).toContain(`; ${long} is too long. Set TMPDIR to a folder of your own`);
  });

  it.runIf(process.geteuid?.() === 0)('that another user has taken is told with whose it is', () => {
    const own = join(folder.path, user);
    mkdirSync(own);
    chownSync(own, 12_345, 12_345);
    const paths = statePaths(deepFolder(folder.path));
    expect(() => socketAddress(paths, [folder.path])).toThrowError(
      `${own} belongs to another user (uid 12345)`,
    );
    chownSync(folder.path, 12_345, 12_345);
    expect(() => socketAddress(paths, [folder.path])).toThrowError(`${folder.path} belongs to user 12345`);
  });
});

it('says what is wrong with a folder that is a file', () => {
  const path = join(folder.path, 'file');
  writeFileSync(path, '');
  const refusal = expect.objectContaining({ code: 'PERMISSION', details: { path } });
  expect(() => ensurePrivateDirectory(path)).toThrowError(refusal);
});

const refusedWith = (code: string): Error =>
  Object.assign(new Error(`${code}: so it is`), { code, syscall: 'open' });

it.each([
  ['EACCES', 'PERMISSION', /^\/x: EACCES: so it is; let this user write there/],
  ['EPERM', 'PERMISSION', /^\/x: EPERM: so it is; let this user write there/],
  ['EROFS', 'PERMISSION', /^\/x: EROFS: so it is; mount that file system for writing$/],
  ['ELOOP', 'PERMISSION', /^\/x: it is a symbolic link; move away/],
  ['ENOTDIR', 'PERMISSION', /^\/x: ENOTDIR: so it is; move away what is in its place$/],
  ['ENOSPC', 'STORE_FAILURE', /^\/x: ENOSPC: so it is; make room on that disk, then do the same again$/],
  ['EDQUOT', 'STORE_FAILURE', /^\/x: EDQUOT: so it is; make room on that disk/],
  ['EIO', 'STORE_FAILURE', /^\/x: EIO: so it is; look after that disk$/],
  ['EMFILE', 'UNAVAILABLE', /^\/x: EMFILE: so it is$/],
])('says of %s, as %s, which file is meant and what to do', (system, code, message) => {
  expect(accessError('/x', refusedWith(system))).toMatchObject({
    code,
    retryable: false,
    message: expect.stringMatching(message) as string,
    details: { path: '/x', system },
  });
});

it('a step that fails for another reason than the system fails as it is', () => {
  const bug = new TypeError('a bug');
  expect(() =>
    withAccess('/x', () => {
      throw bug;
    }),
  ).toThrow(bug);
});
