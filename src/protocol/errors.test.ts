import { expect, it } from 'vitest';
import { CoordinatorError, invalidInput, type FailureCode } from './errors.ts';

it('survives the way over the wire', () => {
  const error = new CoordinatorError('UNAVAILABLE', 'busy', { retryable: true, details: { pid: 1 } });
  const back = CoordinatorError.fromJSON(JSON.parse(JSON.stringify(error)) as never);
  expect(back).toBeInstanceOf(CoordinatorError);
  expect(back.toJSON()).toEqual(error.toJSON());
});

it('turns a code of a later version into INTERNAL that names it', () => {
  const later = { code: 'LATER' as FailureCode, message: 'new', retryable: false, details: {} };
  expect(CoordinatorError.fromJSON(later)).toMatchObject({ code: 'INTERNAL', message: 'LATER: new' });
});

it('says where the input is malformed', () => {
  expect(invalidInput('command.agent', 'too long')).toMatchObject({
    code: 'INVALID_INPUT',
    message: 'command.agent: too long',
    details: { path: 'command.agent' },
  });
});
