import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connect, type OwnerCommand, type SocketCoordinator } from '../../src/client/index.ts';
import type { CommandRequest } from '../../src/protocol/index.ts';
import { agentId } from '../support/machine.ts';
import { rhemaJson, start } from './support/cli.ts';
import { LogAudit } from './support/log-audit.ts';
import { cliMain, version } from './support/paths.ts';
import { killAllOf, ownersOf } from './support/processes.ts';
import { Sandbox } from './support/sandbox.ts';
import { until } from './support/until.ts';

let sandbox: Sandbox;
let mounted: string[];

beforeEach(() => {
  sandbox = new Sandbox({ api: [], web: ['api'] });
  mounted = [];
});

afterEach(async () => {
  await killAllOf(sandbox.folder);
  for (const folder of mounted) execFileSync('umount', ['--lazy', folder]);
  await sandbox.clear();
});

/** A disk of its own for the state folder, on which something was joined and no room is left. */
async function onFullDisk(): Promise<string> {
  mkdirSync(sandbox.paths.directory, { mode: 0o700 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'tmpfs', sandbox.paths.directory]);
  mounted.push(sandbox.paths.directory);
  await rhemaJson(sandbox, 'agent', 'join', 'alice');
  const filler = join(sandbox.paths.directory, 'filler');
  fill(filler);
  return filler;
}

const full = { exitCode: 1, envelope: { code: 'STORE_FAILURE', details: { store: 'DISK_FULL' } } };

/** Renews until the room that the log had of its own is used up. */
async function heartbeatsUntilFull(): ReturnType<typeof rhemaJson> {
  for (;;) {
    const answer = await rhemaJson(sandbox, 'agent', 'heartbeat', 'alice');
    if (answer.exitCode !== 0) return answer;
  }
}

it.skipIf(!canMount())(
  'fails clearly on a full disk, with an owner and without, and goes on when there is room',
  async () => {
    const filler = await onFullDisk();
    const answers = [
      await heartbeatsUntilFull(),
      await rhemaJson(sandbox, '--direct', 'agent', 'heartbeat', 'alice'),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject(full);
      expect(answer.envelope['message']).toMatch(/disk that is full.*; nothing was written$/);
    }
    // Of a join it is the secret that finds no room: it is kept before anything is asked for.
    for (const way of [[], ['--direct']]) {
      const answer = await rhemaJson(sandbox, ...way, 'agent', 'join', 'bob');
      expect(answer).toMatchObject({ exitCode: 1, envelope: { code: 'STORE_FAILURE' } });
      expect(answer.envelope['message']).toMatch(/ENOSPC.*; make room on that disk, then do the same again$/);
    }
    rmSync(filler);
    await expectAgents('alice');
    expect(await rhemaJson(sandbox, 'agent', 'join', 'bob')).toMatchObject({ exitCode: 0 });
    await expectAgents('alice', 'bob');
  },
);

it.skipIf(!canMount())(
  'a dry run of init fails where init would, on a disk that may only be read',
  async () => {
    sandbox.git('rm', '-r', '--quiet', '.');
    sandbox.write('repository/package.json', '{"name":"top","private":true,"workspaces":["lib"]}');
    sandbox.write('repository/lib/package.json', '{"name":"lib"}');
    execFileSync('mount', ['--bind', sandbox.worktree, sandbox.worktree]);
    mounted.push(sandbox.worktree);
    execFileSync('mount', ['-o', 'remount,ro,bind', sandbox.worktree]);
    for (const option of ['--dry-run', '--yes']) {
      const { exitCode, envelope } = await rhemaJson(sandbox, 'init', option);
      expect([exitCode, envelope.code]).toEqual([1, 'READ_ONLY']);
      expect(envelope.message).toContain('nothing was written, its folder is on a read-only file system');
    }
  },
);

it.skipIf(!canMount())('leaves when told to although nothing can be written', async () => {
  await onFullDisk();
  await heartbeatsUntilFull();
  expect(await rhemaJson(sandbox, 'daemon', 'stop')).toMatchObject({
    exitCode: 0,
    envelope: { stopped: true, forced: false },
  });
  expect(ownersOf(sandbox.folder)).toEqual([]);
});

it.skipIf(!canMount())('finds a full disk when it is asked for what is wrong', async () => {
  await onFullDisk();
  await heartbeatsUntilFull();
  const { exitCode, envelope } = await rhemaJson(sandbox, 'doctor');
  expect(exitCode).toBe(1);
  expect(JSON.stringify(envelope)).toMatch(/no room/);
});

it.skipIf(!canMount()).each([
  ['.git/hooks', ['hooks', 'install', 'git'], 'STORE_FAILURE'],
  ['.claude', ['hooks', 'install', 'claude'], 'WRITE_FAILED'],
] as const)(
  'what is written beside the log says how it finds room, and leaves nothing half: in %s',
  async (folder, words, code) => {
    const place = join(sandbox.worktree, folder);
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place]);
    mounted.push(place);
    fill(join(place, 'filler'));
    const { exitCode, envelope } = await rhemaJson(sandbox, ...words, '--yes');
    expect([exitCode, envelope.code]).toEqual([1, code]);
    expect(envelope.message).toMatch(/ENOSPC.*make some on that disk \(df, .*\), then do the same again$/);
    expect(readdirSync(place)).toEqual(['filler']);
  },
);

it('loses nothing that was acknowledged before files could not grow, and does once what was not', async () => {
  await rhemaJson(sandbox, 'daemon', 'stop');
  const run = `ulimit -f ${fileBlocksMax}; exec "${process.execPath}" "${cliMain}" daemon run`;
  const owner = start(sandbox, 'sh', ['-c', run]);
  await until('the owner listens', () => owner.said.stderr.includes('"listening"'));
  const joined = await joinUntilFull();
  await killAllOf(sandbox.folder);
  const [last] = joined.splice(-1);
  await withClient(sandbox.ownerCommand, async (client) => {
    const reply = await client.submit(joinRequest(last ?? ''));
    expect(reply.ok).toBe(true);
    // The first answer, at a later time.
    const again = await client.submit(joinRequest(last ?? ''));
    expect({ ...again, atMs: reply.atMs }).toEqual(reply);
  });
  await expectAgents(...joined, last ?? '');
});

/** Blocks of 512 bytes: enough for SQLite's shared memory, and for some commands in its write-ahead log. */
const fileBlocksMax = 160;

/** Joins one agent after the other until that fails; the last name returned is the one that was not acknowledged. */
async function joinUntilFull(): Promise<string[]> {
  const names: string[] = [];
  const join = async (client: SocketCoordinator): Promise<never> => {
    for (;;) {
      names.push(`agent-${String(names.length).padStart(3, '0')}`);
      await client.submit(joinRequest(names.at(-1) ?? ''));
    }
  };
  await expect(withClient(null, join)).rejects.toMatchObject({
    ...full.envelope,
    message: expect.stringContaining('ulimit -f') as string,
  });
  expect(names.length).toBeGreaterThan(2);
  return names;
}

function joinRequest(name: string): CommandRequest {
  const command = { kind: 'AgentJoin', agent: agentId(name), secret: 'ab'.repeat(16), metadata: {} } as const;
  return { requestId: `join-${name}`, command };
}

async function withClient<T>(
  startOwner: OwnerCommand | null,
  use: (client: SocketCoordinator) => Promise<T>,
): Promise<T> {
  const client = await connect({ commonDir: sandbox.commonDir, version, startOwner });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

async function expectAgents(...names: readonly string[]): Promise<void> {
  const { agents } = (await rhemaJson(sandbox, 'status')).envelope as unknown as {
    agents: { agent: string }[];
  };
  expect(agents.map(({ agent }) => agent)).toEqual(names);
  const audit = new LogAudit();
  await audit.readFrom(sandbox.paths.database);
  expect(audit.faults).toEqual([]);
}

/** Takes all the room that is left on a file's disk. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(4_096));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  } finally {
    closeSync(file);
  }
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'rhema-mount-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status === 0;
  if (isMounted) execFileSync('umount', ['--lazy', folder]);
  rmdirSync(folder);
  return isMounted;
}
