import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderOfTest } from '../../../test/support/folder.ts';
import type { Environment } from './environment.ts';
import { connectTo, realServers } from './real-servers.ts';

const [server, other] = ['https://build.example.org:7421/rhema', 'https://build.example.org:7421'];
const token = `rhema_00000000000a_${'5'.repeat(72)}`;

let home = '';
let env: Environment;
beforeEach(() => {
  home = folderOfTest('rhema-servers-');
  env = { HOME: home };
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('a token is kept', () => {
  it('for one server, in a file and folders that only its user can read', async () => {
    const servers = realServers(env);
    expect(await servers.token(server)).toBeNull();
    const path = await servers.keep(server, token);
    expect(dirname(path)).toBe(join(home, '.config', 'rhema', 'servers'));
    expect(basename(path)).toBe('https%3a%2f%2fbuild.example.org%3a7421%2frhema.token');
    expect(readFileSync(path, 'utf8')).toBe(`${token}\n`);
    expect([path, dirname(path), dirname(dirname(path))].map(modeOf)).toEqual([0o600, 0o700, 0o700]);
    expect(await realServers(env).token(server)).toBe(token);
    expect(await servers.token(other)).toBeNull();
  });

  it('in the place of the one before', async () => {
    const servers = realServers(env);
    await servers.keep(server, 'first');
    await servers.keep(server, token);
    expect(await servers.token(server)).toBe(token);
  });

  it.each([
    ['in XDG_CONFIG_HOME where that is said', (at: string) => at, 'xdg'],
    ['not in an XDG_CONFIG_HOME that is not absolute', () => 'xdg', '.config'],
    ['not in an XDG_CONFIG_HOME that is empty', () => '', '.config'],
  ])('%s', async (_title, configHome, folder) => {
    const given = { ...env, XDG_CONFIG_HOME: configHome(join(home, 'xdg')) };
    expect(await realServers(given).keep(server, token)).toContain(join(home, folder, 'rhema', 'servers'));
    expect(await realServers(given).token(server)).toBe(token);
  });
});

it('a token is forgotten once, and those of other servers stay', async () => {
  const servers = realServers(env);
  expect(await servers.forget(server)).toBe(false);
  await servers.keep(server, token);
  await servers.keep(other, 'another');
  expect(await servers.forget(server)).toBe(true);
  expect(await servers.forget(server)).toBe(false);
  expect([await servers.token(server), await servers.token(other)]).toEqual([null, 'another']);
});

it('what is kept and is no token is told by its file, and can be forgotten', async () => {
  const servers = realServers(env);
  const path = await servers.keep(server, 'half\na token');
  await expect(servers.token(server)).rejects.toThrow(
    `the token is kept in ${path}, in which there is no token`,
  );
  expect([await servers.forget(server), await servers.token(server)]).toEqual([true, null]);
});

describe('RHEMA_TOKEN_FILE', () => {
  it('goes before what is kept', async () => {
    await realServers(env).keep(server, 'kept');
    const path = join(home, 'token');
    writeFileSync(path, `${token}\n`, { mode: 0o600 });
    expect(await realServers({ ...env, RHEMA_TOKEN_FILE: path }).token(server)).toBe(token);
    expect(await realServers({ ...env, RHEMA_TOKEN_FILE: '' }).token(server)).toBe('kept');
  });

  it('may be what rhema token create has printed, and nothing else of several lines, which is not repeated', async () => {
    const path = join(home, 'token');
    const tokenOf = (text: string): Promise<string | null> => {
      writeFileSync(path, text);
      return realServers({ ...env, RHEMA_TOKEN_FILE: path }).token(server);
    };
    expect(await tokenOf(`${token}\n\nIt is not shown again.\n  rhema login URL\n`)).toBe(token);
    for (const text of ['', 'one two\n', 'secret\nand more\n', `${token} x\n`])
      await expect(tokenOf(text)).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
        message: `RHEMA_TOKEN_FILE names ${path}, in which there is no token: one line expected, as rhema token create printed it`,
      });
  });

  it('is told of where it leads nowhere: nobody falls back on another token', async () => {
    await realServers(env).keep(server, 'kept');
    const path = join(home, 'token');
    await expect(realServers({ ...env, RHEMA_TOKEN_FILE: path }).token(server)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining(`RHEMA_TOKEN_FILE names ${path}, which cannot be read`) as string,
    });
  });

  it('is read as it is: behind a link, and readable by others, as a container has its secrets', async () => {
    const path = join(home, 'token');
    writeFileSync(path, token);
    chmodSync(path, 0o644);
    symlinkSync(path, join(home, 'link'));
    const named = realServers({ ...env, RHEMA_TOKEN_FILE: join(home, 'link') });
    expect(await named.token(server)).toBe(token);
  });
});

describe('refused is', () => {
  it('a file that others can read', async () => {
    const path = await realServers(env).keep(server, token);
    chmodSync(path, 0o644);
    await expect(realServers(env).token(server)).rejects.toMatchObject({ code: 'PERMISSION' });
  });

  it('a folder that is a symbolic link', async () => {
    const folder = dirname(await realServers(env).keep(server, token));
    renameSync(folder, join(home, 'elsewhere'));
    symlinkSync(join(home, 'elsewhere'), folder);
    const refusal = { code: 'PERMISSION', message: expect.stringContaining('symbolic link') as string };
    await expect(realServers(env).token(server)).rejects.toMatchObject(refusal);
    await expect(realServers(env).keep(server, token)).rejects.toMatchObject(refusal);
    await expect(realServers(env).forget(server)).rejects.toMatchObject(refusal);
  });

  it('a folder to which others can write', async () => {
    mkdirSync(join(home, '.config', 'rhema', 'servers'), { recursive: true });
    chmodSync(join(home, '.config', 'rhema', 'servers'), 0o777);
    await expect(realServers(env).keep(server, token)).rejects.toMatchObject({ code: 'PERMISSION' });
  });
});

it('the file of RHEMA_TOKEN_FILE is for a server that its user names, and is not read for one that a clone names', async () => {
  const named = { ...env, RHEMA_TOKEN_FILE: join(home, 'secret') };
  writeFileSync(join(home, 'secret'), token);
  expect(await realServers(named).token(server)).toBe(token);
  expect(await realServers(named).token(server, true)).toBeNull();
  await expect(connectTo(named, { server, isNoted: true })).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
});

it('where no token is kept, it says how one is', async () => {
  await expect(connectTo(env, { server, isNoted: false })).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
    message: `no token for ${server} is kept here: rhema login ${server} keeps one`,
    details: { server },
  });
});
