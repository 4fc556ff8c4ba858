import { beforeEach, expect, it, vi } from 'vitest';
import { StoreError } from '../errors.ts';
import { asStoreError, readOnlyError } from './failures.ts';
import * as trial from './trial-write.ts';

vi.mock(import('./trial-write.ts'), async (original) => ({ ...(await original()), whyNoFile: vi.fn() }));

const whyNoFile = vi.mocked(trial.whyNoFile);
beforeEach(() => void whyNoFile.mockReset());

const ofSqlite = (errcode: number): Error => Object.assign(new Error('of SQLite'), { errcode });
const ofSystem = (code: string): Error => Object.assign(new Error(code), { code, syscall: 'stat' });

const [ioErrorOnSharedMemory, ioErrorOnWrite, cannotOpen, full, readOnly] = [4_874, 778, 14, 13, 8];

it.each([
  [ioErrorOnSharedMemory, 'ENOSPC', 'DISK_FULL'],
  [ioErrorOnWrite, 'EDQUOT', 'DISK_FULL'],
  [ioErrorOnWrite, 'EFBIG', 'DISK_FULL'],
  [cannotOpen, 'ENOSPC', 'DISK_FULL'],
  [cannotOpen, 'EMFILE', 'TOO_MANY_FILES'],
  [cannotOpen, 'EACCES', 'READ_ONLY'],
  [ioErrorOnWrite, 'EROFS', 'READ_ONLY'],
])(
  'a failure %s of SQLite where %s keeps any file from being written is told as %s',
  (errcode, system, code) => {
    whyNoFile.mockReturnValue(system);
    expect(asStoreError(ofSqlite(errcode), '/r/log.db')).toMatchObject({ code, retryable: false });
    expect(whyNoFile).toHaveBeenCalledWith('/r', 1);
  },
);

it.each([ofSqlite(ioErrorOnWrite), ofSqlite(readOnly), ofSystem('EROFS')])(
  'where the file system may only be read the remedy is to mount it for writing: %o',
  (failure) => {
    whyNoFile.mockReturnValue('EROFS');
    expect(asStoreError(failure, '/r/log.db')).toMatchObject({
      code: 'READ_ONLY',
      message: expect.stringContaining('mount it for writing') as string,
    });
    expect(readOnlyError('/r/log.db', ofSystem('EROFS')).message).toContain('mount it for writing');
  },
);

it('a file that may not be written is told as that', () => {
  whyNoFile.mockReturnValue('EACCES');
  const told = asStoreError(ofSqlite(readOnly), '/r/log.db') as StoreError;
  expect([told.code, told.message]).toEqual(['READ_ONLY', expect.stringContaining('write permission')]);
});

it('a failure of SQLite stays what it is where files can be written', () => {
  whyNoFile.mockReturnValue(null);
  expect(asStoreError(ofSqlite(ioErrorOnWrite), '/r/log.db')).toMatchObject({ code: 'IO', retryable: true });
  expect(asStoreError(ofSqlite(cannotOpen), '/r/log.db')).toMatchObject({ code: 'CANNOT_OPEN' });
});

it('a full disk that SQLite finds itself is told at once, without a trial', () => {
  expect(asStoreError(ofSqlite(full), '/r/log.db')).toMatchObject({ code: 'DISK_FULL', retryable: false });
  expect(whyNoFile).not.toHaveBeenCalled();
});

it.each([
  ['EMFILE', 'TOO_MANY_FILES', false],
  ['ENOSPC', 'DISK_FULL', false],
  ['EACCES', 'IO', true],
  ['EIO', 'IO', true],
  ['ESTALE', 'IO', true],
])('%s, said by the system itself, is %s and no bug', (system, code, retryable) => {
  const told = asStoreError(ofSystem(system), '/r/log.db');
  expect(told).toBeInstanceOf(StoreError);
  expect(told).toMatchObject({ code, retryable });
});

it.each([
  ['database disk image is malformed', 'CORRUPT_STORE', false],
  ['database is locked', 'BUSY', true],
  ['file is not a database', 'CANNOT_OPEN', false],
  ['unsupported file format', 'IO', false],
])('of a failure without its number SQLite says what it is: %s', (message, code, retryable) => {
  const failure = Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR' });
  expect(asStoreError(failure, '/r/log.db')).toMatchObject({
    code,
    retryable,
    message: expect.stringContaining('/r/log.db'),
  });
});

it('what is of neither is passed on', () => {
  const bug = new TypeError('x is not a function');
  expect(asStoreError(bug, '/r/log.db')).toBe(bug);
});
