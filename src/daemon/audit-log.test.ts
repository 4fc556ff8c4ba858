import { readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { statePaths } from '../client/index.ts';
import { findRepository } from '../repository/index.ts';
import { loadDriver } from '../store/sqlite/driver.ts';
import { auditLog, openDirect, witnessLook } from './index.ts';
import { joinAs, TestRepository } from './testing/repository.ts';

let repository: TestRepository;
beforeEach(() => (repository = new TestRepository('api')));
afterEach(() => repository.remove());

async function someEntries(): Promise<string> {
  const found = await findRepository({ cwd: repository.root, env: {} });
  const coordinator = await openDirect({ repository: found, version: '1.0.0', env: {} });
  await joinAs(coordinator, 'alice');
  await coordinator.close();
  return statePaths(repository.commonDir).database;
}

it('reads every entry of a sound log, and leaves it as it is', async () => {
  await someEntries();
  const first = await auditLog(repository.commonDir);
  expect(first).toEqual(await auditLog(repository.commonDir));
  expect(first.engine).toMatch(/SQLite \d/);
  expect(first.content).toMatchObject({ first: 1, problems: [] });
  expect(first.content?.lastAtMs).toBeGreaterThan(1_600_000_000_000);
});

it('says that a log began anew, and where the one of before is, if that is known', async () => {
  const database = await someEntries();
  const begun = async (): Promise<unknown> => (await auditLog(repository.commonDir)).content?.begunAnew;
  expect(await begun()).toBeNull();
  renameSync(database, `${database}.away`);
  await someEntries();
  expect(await begun()).toMatchObject({
    message: expect.stringMatching(/began anew after revision \d{7}/),
    former: null,
  });
});

it('names a damaged entry', async () => {
  const database = (await loadDriver()).open(await someEntries());
  database.exec(`UPDATE entry SET body = replace(body, 'alice', 'mallory')`);
  database.close();
  await expect(auditLog(repository.commonDir)).rejects.toThrow(/entry \d+/);
});

it('refuses what is no log, with the reason', async () => {
  writeFileSync(await someEntries(), 'no database '.repeat(1_000));
  await expect(auditLog(repository.commonDir)).rejects.toMatchObject({ code: 'STORE_FAILURE' });
});

it('where there is no log, finds out whether there could be one, and leaves nothing behind', async () => {
  const before = readdirSync(repository.commonDir);
  const { engine, content } = await auditLog(repository.commonDir);
  expect([content, engine]).toEqual([null, expect.stringMatching(/SQLite \d/)]);
  expect(readdirSync(repository.commonDir)).toEqual(before);
});

it('says how the file is that keeps how far the log came, and leaves it so', async () => {
  const { commonDir } = repository;
  const { witness } = statePaths(commonDir);
  const found = async (): Promise<string> => (await witnessLook(commonDir)).found;
  expect(await found()).toBe('missing');
  await someEntries();
  expect(await witnessLook(commonDir)).toEqual({ path: witness, found: 'sound' });
  writeFileSync(witness, 'rhema 1 7');
  expect([await found(), readFileSync(witness, 'utf8')]).toEqual(['damaged', 'rhema 1 7']);
  rmSync(witness);
  symlinkSync('/etc/passwd', witness);
  await expect(found()).rejects.toMatchObject({
    code: 'PERMISSION',
    message: expect.stringContaining('symbolic link') as string,
  });
});
