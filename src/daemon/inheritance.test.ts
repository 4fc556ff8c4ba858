import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SocketCoordinator } from '../client/index.ts';
import { TestRepository } from './testing/repository.ts';

/** These tests run the owner as a process of its own, from the built files, and look at it as the system shows it. */

const canLook = process.platform === 'linux' && existsSync('/bin/bash');

let repository: TestRepository;
beforeEach(() => {
  repository = new TestRepository('api');
});
afterEach(async () => {
  const owner = new SocketCoordinator({
    commonDir: repository.commonDir,
    version: '1.0.0',
    startOwner: null,
  });
  await owner.stopOwner('now').catch(() => {});
  await owner.close();
  repository.remove();
});

const client = new URL('../../dist/client/index.js', import.meta.url).href;

/** The first caller, under a shell that does something before; answers the number of the owner's process. */
function firstCall(before: string, env: Readonly<Record<string, string>> = {}): number {
  const { file, args } = repository.owner();
  const options = { commonDir: repository.commonDir, version: '1.0.0', startOwner: { file, args } };
  const script = `
    import { connect } from ${JSON.stringify(client)};
    const owner = await connect(${JSON.stringify(options)});
    const { pid } = await owner.query({ kind: 'health' });
    process.stdout.write(String(pid));
    await owner.close();`;
  const caller = join(repository.root, 'caller.mjs');
  writeFileSync(caller, script);
  const said = execFileSync('/bin/bash', ['-c', `${before}; "$@"`, 'bash', process.execPath, caller], {
    cwd: repository.root,
    env: { ...process.env, ...env },
  });
  return Number(said.toString());
}

function openFiles(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).map((name) => readlinkSync(join(folder, name)));
}

it.runIf(canLook)('the owner keeps no file open that its first caller had open', () => {
  const files = [7, 12, 200].map((fd) => join(repository.root, `lock-${fd}`));
  const open = openFiles(firstCall('exec 7>lock-7 12>lock-12 200>lock-200'));
  expect(files.every((file) => existsSync(file))).toBe(true);
  expect(open.filter((file) => files.includes(file))).toEqual([]);
});

it.runIf(canLook)('the owner keeps no pipe of its first caller open', () => {
  const said = join(repository.root, 'said');
  // The reader ends when nobody has the other end any more; without that, this test would not end.
  firstCall(`exec 201> >(cat >said; echo end >>said)`);
  execFileSync('/bin/bash', ['-c', `until grep -q end ${said}; do :; done`], { timeout: 30_000 });
});

it.runIf(canLook)('the owner works in no folder of its first caller', () => {
  mkdirSync(join(repository.root, 'medium'));
  const pid = firstCall('cd medium');
  expect(readlinkSync(`/proc/${pid}/cwd`)).toBe('/');
});

it.runIf(canLook)('a first caller whose folder is deleted starts an owner', () => {
  expect(firstCall('mkdir gone; cd gone; rmdir ../gone')).toBeGreaterThan(0);
});

it.runIf(canLook)('the owner keeps no secret of its first caller in its environment', () => {
  const pid = firstCall(':', { MODEL_API_KEY: 'sk-SECRET', RHEMA_AGENT: 'alice' });
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
  expect(environment).not.toMatch(/SECRET|alice/);
  expect(environment).toContain('PATH=');
});

it.runIf(canLook)('limits that the first caller set for itself only do not hold for the owner', () => {
  const pid = firstCall('ulimit -S -t 600; ulimit -S -f 2000000');
  const limits = readFileSync(`/proc/${pid}/limits`, 'utf8');
  for (const name of ['Max cpu time', 'Max file size']) {
    const [, soft, hard] = new RegExp(`^${name} +(\\S+) +(\\S+)`, 'm').exec(limits) ?? [];
    expect([name, soft]).toEqual([name, hard]);
  }
});

it.runIf(canLook)('the owner leads a session of its own', () => {
  const pid = firstCall(':');
  const [, , , session] = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  expect(Number(session)).toBe(pid);
});
