import {
  chmodSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { asRevision, type AgentId } from '../core/index.ts';
import type { AgentSession } from '../participant/index.ts';
import { temporaryFolder, withReadOnly } from './testing/folder.ts';
import { statePaths, type StatePaths } from './paths.ts';
import { newSecret } from './requests.ts';
import { deleteSession, listSessions, readSession, requireSession, writeSession } from './session-file.ts';

let folder: ReturnType<typeof temporaryFolder>;
let paths: StatePaths;
beforeEach(() => {
  folder = temporaryFolder();
  paths = statePaths(folder.path);
});
afterEach(() => folder.remove());

const session = (agent: string, epoch = 7): AgentSession => ({
  agent: agent as AgentId,
  epoch: asRevision(epoch),
  secret: newSecret(),
});
const onlyFile = (): string => join(paths.sessions, readdirSync(paths.sessions)[0] ?? '');

it('gives back what was written, for every kind of agent name', () => {
  const names = ['alice', 'Alice', 'a/b', 'a@b.c', 'A'.repeat(128), `${'A'.repeat(127)}B`];
  const sessions = names.map((name, index) => session(name, index));
  for (const each of sessions) writeSession(paths, each);
  for (const each of sessions) expect(readSession(paths, each.agent)).toEqual(each);
  expect(new Set(readdirSync(paths.sessions).map((name) => name.toLowerCase())).size).toBe(names.length);
  expect(listSessions(paths).map((each) => each.agent)).toEqual([...names].sort());
});

it('gives back what is known of a join or a resumption without an answer', () => {
  const open = { ...session('alice'), joiningSecret: newSecret(), formerSecret: newSecret() };
  writeSession(paths, open);
  expect(readSession(paths, open.agent)).toEqual(open);
});

it('replaces an earlier session and leaves no temporary file', () => {
  writeSession(paths, session('alice', 1));
  writeSession(paths, session('alice', 2));
  expect(readSession(paths, 'alice' as AgentId)?.epoch).toBe(2);
  expect(readdirSync(paths.sessions)).toHaveLength(1);
});

it('keeps the secret from other users', () => {
  writeSession(paths, session('alice'));
  expect(statSync(onlyFile()).mode & 0o777).toBe(0o600);
  expect(statSync(paths.sessions).mode & 0o777).toBe(0o700);
  expect(statSync(paths.directory).mode & 0o777).toBe(0o700);
});

it('says how to join when there is no session', () => {
  expect(readSession(paths, 'bob' as AgentId)).toBeNull();
  expect(listSessions(paths)).toEqual([]);
  expect(() => requireSession(paths, 'bob' as AgentId)).toThrowError(
    expect.objectContaining({
      code: 'NOT_JOINED',
      message: expect.stringContaining('rhema agent join bob') as string,
    }),
  );
});

it('forgets a session, and does not mind when it is gone already', () => {
  writeSession(paths, session('alice'));
  deleteSession(paths, 'alice' as AgentId);
  deleteSession(paths, 'alice' as AgentId);
  expect(readSession(paths, 'alice' as AgentId)).toBeNull();
});

it('refuses a file that others can read', () => {
  writeSession(paths, session('alice'));
  chmodSync(onlyFile(), 0o644);
  expect(() => readSession(paths, 'alice' as AgentId)).toThrowError(
    expect.objectContaining({ code: 'PERMISSION' }),
  );
});

it('does not follow a symbolic link', () => {
  writeSession(paths, session('alice'));
  const file = onlyFile();
  const elsewhere = join(folder.path, 'elsewhere.json');
  writeFileSync(elsewhere, JSON.stringify(session('alice')), { mode: 0o600 });
  rmSync(file);
  symlinkSync(elsewhere, file);
  expect(() => readSession(paths, 'alice' as AgentId)).toThrowError(
    expect.objectContaining({ code: 'PERMISSION' }),
  );
});

it('does not write into a folder that is a symbolic link or open to others', () => {
  const elsewhere = join(folder.path, 'elsewhere');
  mkdirSync(elsewhere);
  mkdirSync(paths.directory, { mode: 0o700 });
  symlinkSync(elsewhere, paths.sessions);
  expect(() => writeSession(paths, session('alice'))).toThrowError(
    expect.objectContaining({ code: 'PERMISSION' }),
  );
  unlinkSync(paths.sessions);
  mkdirSync(paths.sessions);
  chmodSync(paths.sessions, 0o777);
  expect(() => writeSession(paths, session('alice'))).toThrowError(
    expect.objectContaining({ code: 'PERMISSION' }),
  );
});

it.each(['', '{', '[]', 'null', '{"agent":"alice"}'])('refuses a damaged file: %j', (text) => {
  writeSession(paths, session('alice'));
  writeFileSync(onlyFile(), text);
  expect(() => readSession(paths, 'alice' as AgentId)).toThrowError(
    /damaged, .*: to join anew replaces it, or says/,
  );
});

it('does not take the session of another agent from a file that was moved', () => {
  writeSession(paths, session('alice'));
  writeFileSync(join(paths.sessions, 'bob.json'), JSON.stringify(session('alice')), { mode: 0o600 });
  expect(readSession(paths, 'bob' as AgentId)).toBeNull();
});

it('names the file and what to do when a session cannot be kept or forgotten', () => {
  writeSession(paths, session('alice'));
  for (const path of [folder.path, paths.directory]) chmodSync(path, 0o755);
  const refusal = expect.objectContaining({
    code: 'PERMISSION',
    message: expect.stringContaining('let this user write there') as string,
    details: { path: onlyFile(), system: 'EACCES' },
  }) as Error;
  withReadOnly(paths.sessions, () => {
    expect(() => writeSession(paths, session('alice'))).toThrowError(refusal);
    expect(() => deleteSession(paths, 'alice' as AgentId)).toThrowError(refusal);
  });
});
