import { expect, it } from 'vitest';
import { inOptionWords } from './field-words.ts';

it.each([
  ['request.command.ttlMs', '--ttl: 0s is too little'],
  ['request.command.wait.forMs', '--wait: 0s is too little'],
  ['request.command.status', 'status: 0s is too little'],
  ['request.command.syncedAgainst..', '--against .: 0s is too little'],
  ['request.command.syncedAgainst.src/api', '--against src/api: 0s is too little'],
  ['query.limit', 'query.limit: 0s is too little'],
])('what is wrong with %s is told of its option, where it has one', (path, told) => {
  expect(inOptionWords(`${path}: 0s is too little`, path)).toBe(told);
});

it('another failure is left as it is', () => {
  expect(inOptionWords('the disk is full', undefined)).toBe('the disk is full');
});
