import { expect, test } from 'vitest';
import { loadDriver, type SqliteModule, type SqliteSources } from './driver.ts';

const module = {} as SqliteModule;
const nothing: SqliteSources = {
  builtin: () => null,
  builtinVersion: undefined,
  installed: () => Promise.reject(new Error('not installed')),
};
const installed = { installed: () => Promise.resolve(module) };
const builtin = (builtinVersion: string) => ({ builtin: () => module, builtinVersion });
const nameOf = async (sources: Partial<SqliteSources>) => (await loadDriver({ ...nothing, ...sources })).name;

test('the built-in SQLite is taken when it has no known fault', async () => {
  expect(await nameOf({ ...builtin('3.51.3'), ...installed })).toBe('node:sqlite');
  expect(await nameOf({ ...builtin('3.52.0'), ...installed })).toBe('node:sqlite');
  expect(await nameOf({ ...builtin('4.0.0'), ...installed })).toBe('node:sqlite');
});

test('the package is taken when there is no built-in SQLite, or one that can corrupt a shared log', async () => {
  expect(await nameOf(installed)).toBe('@photostructure/sqlite');
  expect(await nameOf({ ...builtin('3.51.2'), ...installed })).toBe('@photostructure/sqlite');
  expect(await nameOf({ ...builtin('3.50.4'), ...installed })).toBe('@photostructure/sqlite');
});

test('an older built-in SQLite is better than none', async () => {
  expect(await nameOf(builtin('3.50.4'))).toBe('node:sqlite');
});

test('without any SQLite the error says what to install', async () => {
  await expect(loadDriver(nothing)).rejects.toMatchObject({
    code: 'NO_DRIVER',
    message: expect.stringMatching(/Use Node 22\.13 or later, or install @photostructure\/sqlite@1/),
  });
});

test('this machine has a SQLite, and finding it leaves the warnings of the process alone', async () => {
  const emitWarning = Reflect.get(process, 'emitWarning');
  const driver = await loadDriver();
  const database = driver.open(':memory:');
  expect(database.prepare('SELECT 1 AS one').get()).toMatchObject({ one: 1 });
  database.close();
  expect(Reflect.get(process, 'emitWarning')).toBe(emitWarning);
});
