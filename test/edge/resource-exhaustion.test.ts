/** Too little of what the system gives: no room in the working tree, while the log has some; and a client that would fill the owner's memory. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rhema, rhemaJson } from '../withstand/support/cli.ts';
import { killAllOf } from '../withstand/support/processes.ts';
import { RawPeer } from '../withstand/support/raw-peer.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';

let sandbox: Sandbox;
let mounted: string[];
beforeEach(() => {
  sandbox = new Sandbox({ api: [] });
  mounted = [];
});
afterEach(async () => {
  await killAllOf(sandbox.folder);
  for (const folder of mounted) execFileSync('umount', ['--lazy', folder]);
  await sandbox.clear();
});

it.skipIf(!canMount())(
  'a context file on a disk that is full stays as it was, and so does the lock of its scope',
  async () => {
    const folder = join(sandbox.worktree, 'api/.rhema');
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
    mounted.push(folder);
    await rhemaJson(sandbox, 'agent', 'join', 'alice');
    await rhemaJson(sandbox, 'lock', 'acquire', 'api', '--agent', 'alice', '--ttl', '10m');
    const add = (id: string) =>
      rhemaJson(
        sandbox,
        'context',
        'add',
        'todos',
        `id=${id}`,
        'title=T',
        '--scope',
        'api',
        '--agent',
        'alice',
      );
    expect((await add('one')).exitCode).toBe(0);
    const before = readFileSync(join(folder, 'todos.yaml'), 'utf8');
    fill(join(folder, 'filler'));
    const refused = await add('two');
    expect(refused.exitCode).not.toBe(0);
    expect(`${refused.envelope.code} ${refused.envelope.message}`).toMatch(/ENOSPC|no space|full/i);
    expect(readFileSync(join(folder, 'todos.yaml'), 'utf8')).toBe(before);
    expect((await rhemaJson(sandbox, 'status')).envelope).toMatchObject({
      locks: [{ scope: 'api', agent: 'alice' }],
    });
    rmSync(join(folder, 'filler'));
    expect((await add('two')).exitCode).toBe(0);
    expect(await rhema(sandbox, 'safety', 'check')).toMatchObject({ code: 0 });
  },
);

it.skipIf(process.platform !== 'linux')(
  'a client that sends without end is hung up on before the owner has grown, and the lock beside it stays',
  async () => {
    await rhemaJson(sandbox, 'agent', 'join', 'alice');
    await rhemaJson(sandbox, 'lock', 'acquire', 'api', '--agent', 'alice', '--ttl', '10m');
    const { pid, socket } = (await rhemaJson(sandbox, 'daemon', 'status')).envelope;
    const before = peakMiB(Number(pid));
    const peer = new RawPeer(String(socket));
    const chunk = 'x'.repeat(mib);
    for (let sent = 0; sent < 512; sent += 1) peer.say(chunk);
    await peer.closed();
    expect(peakMiB(Number(pid)) - before).toBeLessThan(128);
    expect((await rhemaJson(sandbox, 'status')).envelope).toMatchObject({
      locks: [{ scope: 'api', agent: 'alice' }],
    });
    expect((await rhemaJson(sandbox, 'daemon', 'status')).envelope).toMatchObject({ pid });
  },
);

const mib = 1024 * 1024;

/** The most that a process has ever had in memory. */
function peakMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

function fill(path: string): void {
  for (let bytes = 64 * 1024; bytes >= 1; bytes = Math.floor(bytes / 2))
    try {
      writeFileSync(path, Buffer.alloc(bytes), { flag: 'a' });
    } catch {
      // Half of it may find room.
    }
}

/** Only who may mount has a small disk at hand. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'rhema-mount-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]);
  if (status === 0) execFileSync('umount', [folder]);
  rmdirSync(folder);
  return status === 0;
}
