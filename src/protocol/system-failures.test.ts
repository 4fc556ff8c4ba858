import { expect, it } from 'vitest';
import { lastingFailure, systemFailure } from './system-failures.ts';

const refused = (code: string): Error =>
  Object.assign(new Error(`${code}: as the system says it`), { code, syscall: 'open' });

it.each([
  ['ENOSPC', 'STORE_FAILURE', /no room.*df -i/],
  ['EDQUOT', 'STORE_FAILURE', /no room/],
  ['EFBIG', 'STORE_FAILURE', /ulimit -f/],
  ['EMFILE', 'STORE_FAILURE', /ulimit -n/],
  ['ENFILE', 'STORE_FAILURE', /ulimit -n/],
  ['EACCES', 'PERMISSION', /chmod/],
  ['EROFS', 'PERMISSION', /mount/],
  ['EIO', 'STORE_FAILURE', /disk/],
  ['ESTALE', 'UNAVAILABLE', /try again/],
])('%s is no bug of this program: %s, with a remedy', (system, code, remedy) => {
  expect(systemFailure(refused(system))).toMatchObject({
    code,
    message: expect.stringMatching(remedy) as string,
    details: { system },
  });
});

it('any other error may be a bug', () => {
  expect(systemFailure(new Error('x is not a function'))).toBeNull();
  expect(systemFailure(Object.assign(new Error('of a library'), { code: 'E_LIBRARY' }))).toBeNull();
});

it('only what lasts is told with how it is mended', () => {
  expect(lastingFailure(refused('ENOSPC'))).toMatchObject({ code: 'STORE_FAILURE' });
  expect(lastingFailure(refused('ENOENT'))).toBeNull();
  expect(lastingFailure(refused('EAGAIN'))).toBeNull();
});
