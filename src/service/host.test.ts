import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readHostIdentity } from './host.ts';

describe('the identity of this host', () => {
  it('is the same for every process of one boot where the system tells its boot', async () => {
    const [first, second] = [await readHostIdentity(), await readHostIdentity()];
    expect(second.hostId).toBe(first.hostId);
    expect(second.bootId === first.bootId).toBe(existsSync('/proc/sys/kernel/random/boot_id'));
  });
});
