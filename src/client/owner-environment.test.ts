import { expect, it } from 'vitest';
import { ownerEnvironment } from './owner-environment.ts';

it('an owner gets what it needs to run and to read the repository, and no secret of its first caller', () => {
  const wanted = {
    PATH: '/bin',
    HOME: '/home/a',
    LC_ALL: 'C',
    TZ: 'UTC',
    XDG_RUNTIME_DIR: '/run/user/1',
    XDG_CACHE_HOME: '/home/a/caches',
    GIT_DIR: '/r/.git',
    GIT_CONFIG_GLOBAL: '/home/a/.gitconfig',
    SUDO_UID: '1000',
    RHEMA_IDLE_EXIT: '60s',
    RHEMA_DEBUG: '1',
    LD_PRELOAD: '/usr/lib/libfaketime.so.1',
    FAKETIME: '-1d',
  };
  const foreign = {
    MODEL_API_KEY: 'sk-SECRET',
    AWS_SESSION_TOKEN: 'SECRET',
    NODE_OPTIONS: '--inspect',
    SSH_AUTH_SOCK: '/tmp/agent',
    RHEMA_AGENT: 'alice',
    RHEMA_SECRET: 'q',
    RHEMA_READY_FD: '3',
    GIT_ASKPASS: '/bin/echo',
    GIT_INDEX_FILE: 'index.lock',
    GIT_OBJECT_DIRECTORY: '/r/.git/objects/quarantine',
  };
  expect(ownerEnvironment({ ...wanted, ...foreign, UNSET: undefined })).toEqual(wanted);
});

it('of the settings in the environment an owner gets those that bear on reading a tree, counted anew', () => {
  const env = ownerEnvironment({
    GIT_CONFIG_COUNT: '3',
    GIT_CONFIG_KEY_0: 'http.extraHeader',
    GIT_CONFIG_VALUE_0: 'Authorization: SECRET',
    GIT_CONFIG_KEY_1: 'safe.directory',
    GIT_CONFIG_VALUE_1: '*',
    GIT_CONFIG_KEY_2: 'core.excludesFile',
    GIT_CONFIG_VALUE_2: '/x',
  });
  expect(env).toEqual({
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
    GIT_CONFIG_KEY_1: 'core.excludesFile',
    GIT_CONFIG_VALUE_1: '/x',
  });
});

it.each([
  [`'safe.directory'='*' 'http.extraheader'='Authorization: it'\\''s'`, `'safe.directory'='*'`],
  [`'http.extraheader=Authorization: x' 'core.quotepath=off'`, `'core.quotepath=off'`],
])('of the settings of `git -c` likewise: %s', (given, kept) => {
  expect(ownerEnvironment({ GIT_CONFIG_PARAMETERS: given })).toEqual({ GIT_CONFIG_PARAMETERS: kept });
});

it.each([
  { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.proxy', GIT_CONFIG_VALUE_0: 'x' },
  { GIT_CONFIG_COUNT: 'many' },
  { GIT_CONFIG_PARAMETERS: `'credential.helper'='store'` },
])('settings of which none is left are not named: %j', (env) => {
  expect(ownerEnvironment(env)).toEqual({});
});

it('of the options of Node an owner gets those by which Yarn leads to its packages', () => {
  const pnp = '--require /r/.pnp.cjs --experimental-loader file:///r/.pnp.loader.mjs';
  expect(ownerEnvironment({ NODE_OPTIONS: `--inspect=9229 ${pnp} --max-old-space-size=64` })).toEqual({
    NODE_OPTIONS: pnp,
  });
});
