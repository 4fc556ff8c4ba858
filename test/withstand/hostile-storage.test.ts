import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rhema, rhemaJson, start } from './support/cli.ts';
import { cliMain } from './support/paths.ts';
import { Sandbox } from './support/sandbox.ts';
import { surroundings } from './support/surroundings.ts';

let sandbox: Sandbox;
let cleanUps: (() => void)[];

beforeEach(() => {
  sandbox = new Sandbox({ api: [], web: ['api'] });
  cleanUps = [];
});

afterEach(async () => {
  for (const cleanUp of cleanUps) cleanUp();
  await sandbox.clear();
});

/** Alice has the scope; the owner has left, so that the log is all in its file. */
async function aliceHoldsApi(): Promise<void> {
  expect((await rhemaJson(sandbox, 'agent', 'join', 'alice')).exitCode).toBe(0);
  const acquire = ['lock', 'acquire', 'api', '--agent', 'alice', '--reason', 'the long way home'];
  expect((await rhemaJson(sandbox, ...acquire)).exitCode).toBe(0);
  expect((await rhemaJson(sandbox, 'daemon', 'stop')).exitCode).toBe(0);
}

/** How a command fails, with and without an owner: alike, and with nothing changed. */
async function expectFailure(
  code: string,
  store: string | undefined,
  ...args: readonly string[]
): Promise<void> {
  const before = surroundings(sandbox.folder, sandbox.paths.directory);
  const database = existsSync(sandbox.paths.database) ? contentOf(sandbox.paths.database) : null;
  for (const way of [[], ['--direct']]) {
    const { exitCode, envelope } = await rhemaJson(sandbox, ...way, ...args);
    expect({ way, exitCode, code: envelope.code, store: envelope.details?.['store'] }).toEqual({
      way,
      exitCode: 1,
      code,
      store,
    });
  }
  expect(surroundings(sandbox.folder, sandbox.paths.directory)).toEqual(before);
  expect(existsSync(sandbox.paths.database) ? contentOf(sandbox.paths.database) : null).toEqual(database);
}

function contentOf(path: string): string {
  return readFileSync(path).toString('latin1');
}

/** Overwrites some bytes of the log's file. */
function poke(position: number, bytes: Buffer): void {
  const file = openSync(sandbox.paths.database, 'r+');
  writeSync(file, bytes, 0, bytes.length, position);
  closeSync(file);
}

describe('the log', () => {
  const status = ['status'];

  it('of a newer version is left alone', async () => {
    await aliceHoldsApi();
    // The user version in the header of every SQLite file.
    poke(60, Buffer.from([0, 0, 0, 99]));
    await expectFailure('STORE_FAILURE', 'NEWER_FORMAT', ...status);
  });

  it('that is a folder is left alone', async () => {
    mkdirSync(sandbox.paths.database, { recursive: true, mode: 0o700 });
    writeFileSync(join(sandbox.paths.database, 'kept'), 'kept');
    for (const way of [[], ['--direct']])
      expect(await rhemaJson(sandbox, ...way, ...status)).toMatchObject({
        exitCode: 1,
        envelope: { code: 'STORE_FAILURE', details: { store: 'CANNOT_OPEN' } },
      });
    expect(readFileSync(join(sandbox.paths.database, 'kept'), 'utf8')).toBe('kept');
  });

  it('of another program is left alone', async () => {
    await aliceHoldsApi();
    // The application id in the header.
    poke(68, Buffer.from('ELSE'));
    await expectFailure('STORE_FAILURE', 'CANNOT_OPEN', ...status);
  });

  it('that is no database at all is left alone', async () => {
    mkdirSync(sandbox.paths.directory, { mode: 0o700 });
    writeFileSync(sandbox.paths.database, 'to whom it may concern\n'.repeat(1_000), { mode: 0o600 });
    await expectFailure('STORE_FAILURE', 'CANNOT_OPEN', ...status);
  });

  it('with an altered entry is refused, and the entry is named', async () => {
    await aliceHoldsApi();
    poke(contentOf(sandbox.paths.database).indexOf('the long way home'), Buffer.from('the short way'));
    await expectFailure('STORE_FAILURE', 'CORRUPT_ENTRY', ...status);
    const { stderr } = await rhema(sandbox, 'status');
    expect(stderr).toMatch(/revision \d+|entry \d+/);
    expect((await rhema(sandbox, 'doctor')).code).toBe(1);
  });

  it('that was cut off is refused', async () => {
    await aliceHoldsApi();
    writeFileSync(sandbox.paths.database, readFileSync(sandbox.paths.database).subarray(0, 5_000));
    await expectFailure('STORE_FAILURE', 'CORRUPT_STORE', ...status);
  });

  it('that was put aside and comes back is not gone on with: its numbers may have been handed out anew', async () => {
    await aliceHoldsApi();
    const aside = `${sandbox.paths.database}.aside`;
    renameSync(sandbox.paths.database, aside);
    expect((await rhemaJson(sandbox, 'status')).envelope).toMatchObject({ ok: true, locks: [] });
    await rhemaJson(sandbox, 'daemon', 'stop');
    renameSync(aside, sandbox.paths.database);
    for (const suffix of ['-wal', '-shm']) rmSync(`${sandbox.paths.database}${suffix}`, { force: true });
    const { revision, locks } = (await rhemaJson(sandbox, 'status')).envelope;
    expect(locks).toEqual([]);
    expect(revision).toBeGreaterThan(1_000_000);
  });
});

describe('the state folder', () => {
  it('that is a link to elsewhere is not followed', async () => {
    const elsewhere = join(sandbox.folder, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, sandbox.paths.directory);
    const { exitCode, envelope } = await rhemaJson(sandbox, 'agent', 'join', 'alice');
    expect({ exitCode, code: envelope.code }).toEqual({ exitCode: 1, code: 'PERMISSION' });
    expect(surroundings(elsewhere)).toEqual([]);
  });

  it('that others may write to is not trusted', async () => {
    mkdirSync(sandbox.paths.directory);
    chmodSync(sandbox.paths.directory, 0o777);
    const { exitCode, envelope } = await rhemaJson(sandbox, 'agent', 'join', 'alice');
    expect({ exitCode, code: envelope.code }).toEqual({ exitCode: 1, code: 'PERMISSION' });
    expect(surroundings(sandbox.paths.directory)).toEqual([]);
  });

  it.each([
    ['with a log in it', true],
    ['that is not there yet', false],
  ])('that may only be read, %s, is a clear failure, and nothing is changed', async (_kind, hasLog) => {
    if (hasLog) await aliceHoldsApi();
    makeReadOnly();
    const before = surroundings(sandbox.folder);
    expect(await failureOfNobody('agent', 'join', 'bob')).toMatchObject({ exitCode: 1, code: 'PERMISSION' });
    const readOnly = { exitCode: 1, code: 'STORE_FAILURE', details: { store: 'READ_ONLY' } };
    const noRight = { exitCode: 1, code: 'PERMISSION', details: { system: 'EACCES' } };
    const direct = hasLog ? readOnly : noRight;
    expect(await failureOfNobody('--direct', 'agent', 'join', 'bob')).toMatchObject(direct);
    if (hasLog) expect(await failureOfNobody('--direct', 'status')).toMatchObject(readOnly);
    expect(surroundings(sandbox.folder)).toEqual(before);
  });
});

it('doctor says of a Git folder that may only be read what to do about it', async () => {
  makeReadOnly();
  const { code, stdout } = await asNobody('doctor');
  expect(code).toBe(1);
  expect(stdout).toContain(
    `state folder: ${sandbox.paths.directory} cannot be made: ${sandbox.commonDir} cannot be written`,
  );
  expect(stdout).toContain(`chmod u+rwx ${sandbox.commonDir};`);
  expect(stdout).toContain(`log: ${sandbox.commonDir}: EACCES: permission denied`);
  expect(stdout).not.toContain('a bug');
});

const nobody = 65_534;

/** Only read, for the user who runs the commands; for root there is no such thing, so he becomes another user. */
function makeReadOnly(): void {
  if (process.getuid?.() === 0) execFileSync('chown', ['-R', `${nobody}:${nobody}`, sandbox.folder]);
  const directory = existsSync(sandbox.paths.directory) ? sandbox.paths.directory : sandbox.commonDir;
  execFileSync('chmod', ['-R', 'a-w', directory]);
  cleanUps.push(() => void execFileSync('chmod', ['-R', 'u+w', directory]));
}

async function failureOfNobody(...args: readonly string[]): Promise<object> {
  const { stdout, code } = await asNobody(...args, '--json');
  return { exitCode: code, ...(JSON.parse(stdout) as object) };
}

function asNobody(...args: readonly string[]): ReturnType<typeof rhema> {
  if (process.getuid?.() !== 0) return rhema(sandbox, ...args);
  const become = ['--reuid', String(nobody), '--regid', String(nobody), '--clear-groups'];
  return start(sandbox, 'setpriv', [...become, process.execPath, cliMain, ...args]).ended;
}
