import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  existsSync,
  lchownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  changedAtMs,
  createFile,
  createIfMissing,
  fillFile,
  isOwnFolder,
  isOwnSocket,
  makeOwn,
  makeOwnFolder,
  moveContent,
  openToAppend,
  openToRead,
  openToUpdate,
  pointLink,
  readOwnText,
  refuseOther,
  removeFile,
  setChangedAt,
  removeOwnSocket,
  replaceFile,
} from './index.ts';
import { folderOfTest } from '../../test/support/folder.ts';

const asRoot = process.geteuid?.() === 0;
const stranger = 54_322;

let [folder, location, target] = ['', '', ''];
beforeEach(() => {
  folder = folderOfTest('rhema-files-');
  location = join(folder, 'place');
  target = join(folder, 'target');
});

const appendTo = (path: string): void => closeSync(openToAppend(path));
const readFrom = (path: string): void => {
  const file = openToRead(path);
  if (file !== null) closeSync(file);
};
/** What fills a place, and empties it into another. */
const moveTo = (path: string): void => {
  const source = join(folder, 'source');
  writeFileSync(source, 'x');
  moveContent(source, path);
};
const moveFrom = (path: string): void => moveContent(path, join(folder, 'moved'));

const steps: readonly (readonly [string, (path: string) => unknown])[] = [
  ['read', readFrom],
  ['read whole', readOwnText],
  ['appended to', appendTo],
  ['replaced', (path) => replaceFile(path, 'new')],
  ['moved to', moveTo],
  ['moved from', moveFrom],
  ['given to SQLite', refuseOther],
];
const refused = (problem: string): Error =>
  expect.objectContaining({
    name: 'PathRefused',
    path: location,
    message: expect.stringContaining(`${location} ${problem}`) as string,
  }) as Error;

describe.each(steps)('a file that is %s', (_, step) => {
  it('is not reached through a symbolic link, be there something behind it or not', () => {
    symlinkSync(target, location);
    expect(() => step(location)).toThrowError(refused('is a symbolic link: move away'));
    expect(existsSync(target)).toBe(false);
    writeFileSync(target, 'mine');
    expect(() => step(location)).toThrowError(refused('is a symbolic link: move away'));
    expect(readFileSync(target, 'utf8')).toBe('mine');
  });

  it('is a file: a folder, and a pipe that nobody writes to, are refused at once', () => {
    mkdirSync(location);
    expect(() => step(location)).toThrowError(refused('is not a file: move away'));
    rmSync(location, { recursive: true });
    execFileSync('sh', ['-c', 'mkfifo "$0"', location]);
    expect(() => step(location)).toThrowError(refused('is not a file: move away'));
  });

  it.runIf(asRoot)("is not another user's", () => {
    writeFileSync(location, 'theirs');
    lchownSync(location, stranger, stranger);
    expect(() => step(location)).toThrowError(
      refused(`belongs to another user (uid ${stranger}): run this as its owner`),
    );
    expect(readFileSync(location, 'utf8')).toBe('theirs');
  });
});

it('a file that has a second name is not given to SQLite, and the refusal says how it gets one of its own', () => {
  writeFileSync(target, 'mine');
  linkSync(target, location);
  expect(() => refuseOther(location)).toThrowError(refused('has a second name elsewhere'));
  expect(() => refuseOther(location)).toThrowError(`mv ${folder} ${folder}.linked && cp -a ${folder}.linked`);
});

it.each([
  ['appended to', appendTo, 'mine'],
  ['emptied', moveFrom, ''],
  ['updated', (path: string) => closeSync(openToUpdate(path)), 'mine'],
  ['made one of its own', makeOwn, 'mine'],
])('a file that has a second name is %s, and the other one keeps what it has', (_, step, left) => {
  writeFileSync(target, 'mine');
  linkSync(target, location);
  step(location);
  writeFileSync(location, ' and more', { flag: 'a' });
  expect([readFileSync(location, 'utf8'), readFileSync(target, 'utf8')]).toEqual([
    `${left} and more`,
    'mine',
  ]);
});

it('a file that has a second name is copied whole, however long it is', () => {
  writeFileSync(target, '');
  truncateSync(target, 20 * 1024 * 1024);
  linkSync(target, location);
  makeOwn(location);
  expect([statSync(location).size, statSync(location).nlink]).toEqual([20 * 1024 * 1024, 1]);
});

it('a name that is taken is not made anew, whatever leads from it', () => {
  symlinkSync(target, location);
  expect(createFile(location, 'x')).toBe(false);
  createIfMissing(location);
  expect(existsSync(target)).toBe(false);
  removeFile(location);
  expect(createFile(location, 'x')).toBe(true);
  expect(readFileSync(location, 'utf8')).toBe('x');
  expect(readdirSync(folder)).toEqual(['place']);
});

it('what is made is for its user only, and whole or not at all', () => {
  replaceFile(location, 'one');
  replaceFile(location, 'two');
  appendTo(target);
  for (const path of [location, target]) expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readOwnText(location)).toBe('two');
  expect(readOwnText(join(folder, 'gone'))).toBeNull();
  expect(readdirSync(folder).toSorted()).toEqual(['place', 'target']);
});

describe.each([0o777, 0o277, 0])('whatever a umask of %i takes away', (mask) => {
  let before = 0;
  beforeEach(() => (before = process.umask(mask)));
  afterEach(() => void process.umask(before));

  it.each<readonly [string, (path: string) => unknown]>([
    ['replaced', (path) => replaceFile(path, 'x')],
    ['filled', (path) => fillFile(path, () => true)],
    ['created', (path) => createFile(path, 'x')],
    ['made where it is missing', createIfMissing],
    ['appended to', appendTo],
    ['updated', (path) => closeSync(openToUpdate(path))],
  ])('a file that is %s can be used by its user alone', (_, make) => {
    make(location);
    expect(statSync(location).mode & 0o777).toBe(0o600);
  });

  it('a folder can be used by its user alone', () => {
    makeOwnFolder(location);
    expect(statSync(location).mode & 0o777).toBe(0o700);
  });
});

it('a file that has a second name is replaced: the other one keeps what it has', () => {
  writeFileSync(target, 'mine');
  linkSync(target, location);
  replaceFile(location, 'new');
  expect([readFileSync(location, 'utf8'), readFileSync(target, 'utf8')]).toEqual(['new', 'mine']);
});

it('a file is moved by its content, so that whoever has it open goes on with it', () => {
  writeFileSync(location, 'x'.repeat(3_000_000));
  writeFileSync(target, 'older');
  const { ino } = statSync(location);
  moveContent(location, target);
  expect([statSync(location).ino, statSync(location).size, statSync(target).size]).toEqual([
    ino,
    0,
    3_000_000,
  ]);
});

it('the time of a file is told and set, of none there is none, and no link is followed', () => {
  setChangedAt(location, 5_000);
  expect([changedAtMs(location), existsSync(location)]).toEqual([null, false]);
  writeFileSync(location, 'mine');
  setChangedAt(location, 1_700_000_000_123);
  expect(changedAtMs(location)).toBe(1_700_000_000_123);
  symlinkSync(location, target);
  for (const use of [() => changedAtMs(target), () => setChangedAt(target, 7_000)])
    expect(use).toThrow('is a symbolic link');
  expect(statSync(location).mtimeMs).toBeCloseTo(1_700_000_000_123, 0);
});

describe('a file of gigabytes', () => {
  const hugeBytes = 5 * 1024 ** 3;
  const boundBytes = 64 * 1024 ** 2;
  beforeEach(() => {
    writeFileSync(location, '');
    truncateSync(location, hugeBytes);
    appendFileSync(location, 'the last line\n');
  });
  const endOf = (path: string): string => {
    expect(statSync(path).size).toBeLessThan(boundBytes);
    return readFileSync(path, 'utf8').replaceAll('\0', '');
  };

  it('is not read as a whole', () => {
    expect(() => readOwnText(location)).toThrow(`${location} is larger than what is kept there`);
  });

  it('is moved by its end', () => {
    moveContent(location, target);
    expect(endOf(target)).toBe('the last line\n');
    expect(statSync(location).size).toBe(0);
  });

  it('is appended to by its end where it has a second name, which keeps all', () => {
    linkSync(location, target);
    appendTo(location);
    expect(endOf(location)).toBe('the last line\n');
    expect(statSync(target).size).toBeGreaterThan(hugeBytes);
  });
});

describe('a folder', () => {
  it('is made for its user only, and found again', () => {
    expect(isOwnFolder(location)).toBe(false);
    makeOwnFolder(location);
    makeOwnFolder(location);
    expect(isOwnFolder(location)).toBe(true);
    expect(statSync(location).mode & 0o777).toBe(0o700);
  });

  it.each<[string, string, () => void]>([
    ['a symbolic link', 'is a symbolic link', () => symlinkSync(folder, location)],
    ['a symbolic link to nothing', 'is a symbolic link', () => symlinkSync(target, location)],
    ['a file', 'is not a folder', () => writeFileSync(location, '')],
    [
      'a folder that others may write to',
      'can be written by others: chmod 700',
      () => {
        mkdirSync(location);
        chmodSync(location, 0o770);
      },
    ],
  ])('is refused when it is %s', (_, problem, make) => {
    make();
    for (const step of [makeOwnFolder, isOwnFolder])
      expect(() => step(location)).toThrowError(refused(problem));
    expect(existsSync(target)).toBe(false);
  });

  it.runIf(asRoot)("is refused when it is another user's", () => {
    mkdirSync(location);
    lchownSync(location, stranger, stranger);
    for (const step of [makeOwnFolder, isOwnFolder])
      expect(() => step(location)).toThrowError(refused('belongs to another user'));
  });
});

describe('a socket', () => {
  const listening = async (path: string): Promise<() => void> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return () => void server.close();
  };
  beforeEach(() => chmodSync(folder, 0o700));

  it('is dialled when it is there, and removed when it is left', async () => {
    expect(isOwnSocket(location)).toBe(false);
    const close = await listening(location);
    expect(isOwnSocket(location)).toBe(true);
    removeOwnSocket(location);
    removeOwnSocket(location);
    expect(isOwnSocket(location)).toBe(false);
    close();
  });

  it('is not dialled through a symbolic link, nor when it is a file', async () => {
    const close = await listening(target);
    symlinkSync(target, location);
    for (const step of [isOwnSocket, removeOwnSocket])
      expect(() => step(location)).toThrowError(refused('is a symbolic link'));
    rmSync(location);
    writeFileSync(location, '');
    for (const step of [isOwnSocket, removeOwnSocket])
      expect(() => step(location)).toThrowError(refused('is not a socket'));
    close();
  });

  it.runIf(asRoot)("is not dialled when it, or its folder, is another user's", async () => {
    const close = await listening(location);
    lchownSync(location, stranger, stranger);
    expect(() => isOwnSocket(location)).toThrowError(refused('belongs to another user'));
    lchownSync(location, 0, 0);
    lchownSync(folder, stranger, stranger);
    const message = expect.stringContaining(`${folder} belongs to another user`) as string;
    expect(() => isOwnSocket(location)).toThrowError(expect.objectContaining({ message }) as Error);
    close();
  });
});

it('a link of our own is pointed to another place without being followed', () => {
  mkdirSync(target);
  pointLink(location, folder);
  pointLink(location, target);
  pointLink(location, target);
  expect(readdirSync(target)).toEqual([]);
  expect(readdirSync(folder).toSorted()).toEqual(['place', 'target']);
});

describe.runIf(asRoot)('root in the folder of a user', () => {
  beforeEach(() => lchownSync(folder, stranger, stranger));

  it('gives that user all that it makes', () => {
    makeOwnFolder(location);
    const inside = (name: string): string => join(location, name);
    createIfMissing(inside('a'));
    appendTo(inside('b'));
    replaceFile(inside('c'), 'x');
    createFile(inside('d'), 'x');
    for (const path of [location, ...readdirSync(location).map(inside)])
      expect(statSync(path).uid).toBe(stranger);
  });

  it("uses what is that user's, and nobody else's", () => {
    writeFileSync(location, 'x');
    lchownSync(location, stranger, stranger);
    expect(readOwnText(location)).toBe('x');
    lchownSync(location, 54_321, 54_321);
    expect(() => readOwnText(location)).toThrowError(refused('belongs to another user'));
  });
});
