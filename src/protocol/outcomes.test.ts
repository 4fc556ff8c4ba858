import { expect, it } from 'vitest';
import { CoordinatorError } from './errors.ts';
import { isOpen, mayBeWritten, nothingWritten } from './outcomes.ts';

const full = new CoordinatorError('STORE_FAILURE', 'the disk is full', { details: { store: 'DISK_FULL' } });

it('a failure says whether anything was written, and keeps all else', () => {
  expect(nothingWritten(full).toJSON()).toEqual({
    code: 'STORE_FAILURE',
    message: 'the disk is full; nothing was written',
    retryable: false,
    details: { store: 'DISK_FULL', outcome: 'nothing' },
  });
  expect(isOpen(nothingWritten(full))).toBe(false);
});

it('what is open is not said to be unwritten, and is said to be open once', () => {
  const open = mayBeWritten(nothingWritten(full));
  expect(open.message).toBe(
    'the disk is full; the request may still have taken effect, or do so: look before asking for the same again',
  );
  expect(isOpen(open)).toBe(true);
  expect(mayBeWritten(open)).toBe(open);
  expect(isOpen(CoordinatorError.fromJSON(JSON.parse(JSON.stringify(open)) as never))).toBe(true);
});

it('a message that ends as a sentence goes on as one', () => {
  const damaged = new CoordinatorError('STORE_FAILURE', 'The log is damaged. Restore it.');
  expect(nothingWritten(damaged).message).toBe('The log is damaged. Restore it; nothing was written');
  expect(mayBeWritten(damaged).message).toContain('Restore it; the request may still');
});
