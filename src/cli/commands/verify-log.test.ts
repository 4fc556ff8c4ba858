import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processPorts } from '../process/process-ports.ts';
import { runCli } from '../program.ts';
import { realLogs } from '../world/real-logs.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness, type Ended } from '../testing/harness.ts';
import type { OpenLog } from '../world/world.ts';

/** A real repository with a short history in a real log, and its export. */
let folder = '';
const database = (): string => join(folder, '.git', 'rhema', 'coordination.db');
const exportFile = (): string => join(folder, 'export.jsonl');

async function rhema(
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly stdout: string }> {
  let stdout = '';
  const code = await runCli(words, {
    ...processPorts(),
    stdout: { isTTY: false, write: (text) => void (stdout += text) },
    stderr: { isTTY: false, write: () => undefined },
    env: { PATH: process.env['PATH'] },
    cwd: folder,
  });
  return { code, stdout };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rhema-verify-'));
  execFileSync('git', ['init', '--quiet', folder]);
  mkdirSync(join(folder, 'core'));
  writeFileSync(join(folder, 'rhema.yaml'), 'name: root\nagent_coordination: {}\n');
  writeFileSync(join(folder, 'core', 'rhema.yaml'), 'name: core\n');
  await rhema('--direct', 'agent', 'join', 'alice');
  await rhema('--direct', 'agent', 'join', 'bob');
  await rhema('--direct', 'lock', 'acquire', 'core', '--agent', 'alice', '--reason', 'rework');
  await rhema('--direct', 'lock', 'release', 'core', '--agent', 'alice');
  writeFileSync(exportFile(), (await rhema('log', '--export')).stdout);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** On a clock that stands still, so that what is printed is always the same. */
function verify(open: () => Promise<OpenLog>, ...words: readonly string[]): Promise<Ended> {
  const logs = { open, fromStandardInput: open };
  return new Harness({ coordinator: new FakeCoordinator({}), logs }).run('verify-log', ...words);
}

/** The export with another text in it. */
function changedExport(change: (text: string) => string): () => Promise<OpenLog> {
  const file = join(folder, 'changed.jsonl');
  writeFileSync(file, change(readFileSync(exportFile(), 'utf8')));
  return () => realLogs.open(file);
}

describe('a log that is sound', () => {
  const sound = [
    '6 entries verified, revisions 1 to 6: each is a step of the machine',
    '19 invariants checked at each of them, all hold',
    '0 s',
    '',
  ].join('\n');

  it('is verified from the file of the store, which stays as it is', async () => {
    const before = readFileSync(database());
    expect(await verify(() => realLogs.open(database()), 'file')).toEqual({
      code: 0,
      stdout: sound,
      stderr: '',
    });
    expect(readFileSync(database())).toEqual(before);
  });

  it('is verified from an export, also on standard input', async () => {
    expect(await verify(() => realLogs.open(exportFile()), 'file')).toMatchObject({ code: 0, stdout: sound });
    expect(await verify(() => realLogs.open(exportFile()), '-')).toMatchObject({ code: 0, stdout: sound });
  });

  it('is the repository’s own when no file is named', async () => {
    const { code, stdout } = await rhema('verify-log', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      revision: 6,
      entries: 6,
      after: 0,
      revisionsChecked: 6,
    });
  });

  it('says when the invariants were checked at some revisions only', async () => {
    const { stdout } = await verify(() => realLogs.open(exportFile()), 'file', '--every', '4');
    expect(stdout).toContain('19 invariants checked at 1 revision only, each 4th (--every), all hold');
  });
});

describe('a log that is not a behaviour of the machine', () => {
  it('is told with revision, reason, place and remedy, and ends with 3', async () => {
    const other = changedExport((text) =>
      text.replace(
        '"kind":"lock.granted","scope":"core","agent":"alice"',
        '"kind":"lock.granted","scope":"core","agent":"bob"',
      ),
    );
    const { code, stderr } = await verify(other, 'file');
    expect(code).toBe(3);
    expect(stderr).toMatchInlineSnapshot(`
      "rhema: revision 5 (AcquireLock): the machine answers otherwise (LOG_DIFFERS)
        at        events[0].agent
        expected  "alice"
        recorded  "bob"
        sound up to revision 4 (4 entries)
        the log was changed by something else than rhema, or by a bug of it: restore the file from a backup, a database with its -wal, and if no other program touched it report the entries up to this one
      "
    `);
  });

  it('is told to programs as JSON', async () => {
    const other = changedExport((text) =>
      text.replace('"released","scopes":["core"]', '"released","scopes":[]'),
    );
    const { code, stdout } = await verify(other, 'file', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      code: 'LOG_MALFORMED',
      revision: 5,
      details: {
        revision: 6,
        command: 'ReleaseLock',
        soundRevision: 5,
        entries: 5,
        remedy: expect.stringMatching('restore'),
      },
    });
  });
});

describe('what is no log', () => {
  it.each([
    ['a torn export', (text: string) => text.slice(0, -9), 'line 7 (byte'],
    ['an export that was cut short', (text: string) => text.split('\n').slice(0, 4).join('\n'), 'cut short'],
    ['another file', () => 'name: core\n', 'line 1 (byte 0): it is not JSON'],
    ['an empty file', () => '', 'line 1 (byte 0): there is nothing to read'],
  ])('is refused as input: %s', async (_case, change, problem) => {
    const { code, stderr } = await verify(changedExport(change), 'file');
    expect({ code, told: stderr.includes(problem) ? problem : stderr }).toEqual({ code: 2, told: problem });
  });

  it('is refused as input when it is a folder, is missing, or is another database', async () => {
    await expect(async () => realLogs.open(folder)).rejects.toThrow('is no file');
    await expect(async () => realLogs.open(join(folder, 'none'))).rejects.toThrow('there is no file');
    const other = join(folder, 'other.db');
    writeFileSync(other, Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(500)]));
    await expect(realLogs.open(other)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('is a failure where nothing was ever logged', async () => {
    const stateFiles = async () =>
      ({ database: '/repo/.git/rhema/coordination.db', databaseExists: false }) as never;
    const harness = new Harness({ coordinator: new FakeCoordinator({}), inspection: { stateFiles } });
    expect(await harness.run('verify-log')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('NO_LOG'),
    });
  });
});

it('an export takes no filters', async () => {
  expect((await rhema('log', '--export', '--agent', 'alice')).code).toBe(2);
});
