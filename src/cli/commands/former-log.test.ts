import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { processPorts } from '../process/process-ports.ts';
import { runCli } from '../program.ts';

let folder = '';
const state = (): string => join(folder, '.git', 'rhema');

/** What is printed, with and without trouble. */
async function rhema(...words: readonly string[]): Promise<string> {
  let printed = '';
  const stream = { isTTY: false, write: (text: string) => void (printed += text) };
  const env = { PATH: process.env['PATH'] };
  await runCli(['--direct', ...words], {
    ...processPorts(),
    stdout: stream,
    stderr: stream,
    env,
    cwd: folder,
  });
  return printed;
}

/** A backup of the log is put back after the log went on. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rhema-former-'));
  execFileSync('git', ['init', '--quiet', folder]);
  mkdirSync(join(folder, 'core'));
  writeFileSync(join(folder, 'core', 'rhema.yaml'), 'name: core\n');
  await rhema('agent', 'join', 'alice');
  await rhema('lock', 'acquire', 'core', '--agent', 'alice');
  const backup = join(folder, 'backup');
  cpSync(state(), backup, { recursive: true });
  await rhema('agent', 'join', 'bob');
  rmSync(state(), { recursive: true });
  cpSync(backup, state(), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const former = (): string => join(state(), 'coordination-before-1000007.db');

it.each([
  ['whoever held something', ['lock', 'renew', 'core', '--agent', 'alice'], /rhema agent join alice/],
  [
    'whoever joined after the backup',
    ['lock', 'renew', 'core', '--agent', 'bob'],
    /rhema --direct agent join bob/,
  ],
  ['the status', ['status'], /^log: warning: the log began anew/m],
  ['the log', ['log'], /^the log began anew after revision 1000006/],
  ['the log as JSON', ['log', '--json'], /"begunAnew":"the log began anew/],
  ['the doctor', ['doctor'], /warning log: another one was here before/],
  ['the check of the log', ['verify-log'], /begins after revision 1000006: another one was there before/],
] as const)('%s says where the log is that was there before', async (_, words, text) => {
  const printed = await rhema(...words);
  expect(printed).toMatch(text);
  expect(printed).toContain(former());
});

it('that log is whole', async () => {
  expect(await rhema('verify-log', former())).toMatch(/^5 entries verified, revisions 1 to 5/);
});
