import { expect, test } from 'vitest';
import { rejectionCodes, retryAdvice, type RetryAdvice } from './rejection-codes.ts';

const codesWith = (advice: RetryAdvice): string[] =>
  rejectionCodes.filter((code) => retryAdvice[code] === advice);

test('what others do may help against what is taken, full, running or too soon', () => {
  expect(codesWith('afterOthersAct')).toEqual([
    'AGENT_ALREADY_JOINED',
    'AGENT_LIMIT_REACHED',
    'SETTINGS_IN_USE',
    'LOCK_HELD',
    'RESERVED_FOR_WAITER',
    'CONCURRENCY_LIMIT',
    'WAITER_LIMIT_REACHED',
    'NO_RECIPIENT',
    'MESSAGE_LIMIT_REACHED',
    'VIOLATION_LIMIT_REACHED',
    'SYNC_IN_PROGRESS',
    'DEPENDENCY_NOT_SYNCED',
    'RETRY_TOO_SOON',
  ]);
});

test('nothing helps against what is stale, forged, beyond a bound or done already', () => {
  expect(codesWith('never')).toEqual([
    'REQUEST_ID_REUSED',
    'REQUEST_FORGOTTEN',
    'STALE_EPOCH',
    'SESSION_MISMATCH',
    'SETTINGS_INVALID',
    'LOCK_LIMIT_REACHED',
    'TTL_TOO_LONG',
    'STALE_FENCING_TOKEN',
    'VIOLATION_NOT_FOUND',
    'SYNC_ALREADY_COMPLETED',
    'STALE_SYNC_RUN',
    'SYNC_NOT_FAILED',
  ]);
});

test('against everything else the caller can do something itself', () => {
  const others = rejectionCodes.length - codesWith('afterOthersAct').length - codesWith('never').length;
  expect(codesWith('afterYouAct')).toHaveLength(others);
});
