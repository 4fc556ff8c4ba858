import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { SystemClock } from '../time/index.ts';
import { readHostIdentity, type HostFiles } from './host.ts';
import { folderOfTest } from '../../test/support/folder.ts';

describe('the identity of this host', () => {
  it('is the same for every process of one boot where the system tells its boot', async () => {
    const [first, second] = [await readHostIdentity(), await readHostIdentity()];
    expect(second.hostId).toBe(first.hostId);
    expect(second.bootId === first.bootId).toBe(existsSync('/proc/sys/kernel/random/boot_id'));
  });
});

describe('the clock of a container', () => {
  let folder: string;
  let files: HostFiles;
  beforeEach(() => {
    folder = folderOfTest('rhema-host-');
    const at = (name: string): string => join(folder, name);
    files = {
      bootId: at('boot_id'),
      machineId: at('machine-id'),
      timeNamespace: at('time'),
      timeNamespaceOfChildren: at('time_for_children'),
      timeOffsets: at('timens_offsets'),
    };
    writeFileSync(files.bootId, 'boot-1\n');
  });

  function inNamespace(own: string, ofChildren: string, monotonic: string): void {
    symlinkSync(own, files.timeNamespace);
    symlinkSync(ofChildren, files.timeNamespaceOfChildren);
    writeFileSync(files.timeOffsets, `monotonic ${monotonic}\nboottime           0         0\n`);
  }

  it('is the clock of the boot, less what its namespace is ahead', async () => {
    inNamespace('time:[2]', 'time:[2]', '      3600 500000000');
    const host = await readHostIdentity(files);
    expect(host).toMatchObject({ bootId: 'boot-1', clockAheadMs: 3_600_500 });
    const [behind, plain] = [new SystemClock(host), new SystemClock({ clockAheadMs: 0 })];
    expect(Math.abs(plain.monotonicMs() - behind.monotonicMs() - 3_600_500)).toBeLessThan(1_000);
  });

  it('may be behind as well', async () => {
    inNamespace('time:[2]', 'time:[2]', '-2 500000000');
    expect(await readHostIdentity(files)).toMatchObject({ bootId: 'boot-1', clockAheadMs: -1_500 });
  });

  it('is another clock where its offset is not told', async () => {
    inNamespace('time:[2]', 'time:[3]', '3600 0');
    expect(await readHostIdentity(files)).toMatchObject({ bootId: 'boot-1/time:[2]', clockAheadMs: 0 });
  });

  it('is the clock of the boot where there are no such namespaces', async () => {
    expect(await readHostIdentity(files)).toMatchObject({ bootId: 'boot-1', clockAheadMs: 0 });
  });
});
