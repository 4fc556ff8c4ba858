import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SecretHasher } from './secrets.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('a secret', () => {
  it('becomes its SHA-256, however many secrets were seen since', () => {
    const hasher = new SecretHasher();
    for (let round = 0; round < 2; round += 1)
      for (let secret = 0; secret < 5_000; secret += 1)
        expect(hasher.sessionOf(`secret ${secret}`)).toBe(sha256(`secret ${secret}`));
  });
});
