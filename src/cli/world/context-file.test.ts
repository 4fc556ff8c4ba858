import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findRepository, type Repository } from '../../repository/index.ts';
import { makeRepository } from '../../repository/testing/fixture.ts';
import { makePipe } from '../../repository/testing/pipe.ts';
import type { ScopePath } from '../../core/index.ts';
import { digestOf } from '../testing/context-tree.ts';
import { lookAtContextFile } from './context-file.ts';
import { realInspection } from './real-inspection.ts';

const at = (path: string): ScopePath => path as ScopePath;
let root: string;
let repository: Repository;

beforeAll(async () => {
  root = makeRepository({ 'api/.rhema/todos.yaml': 'todos: []\n' });
  repository = await findRepository({ cwd: root, env: {} });
});

describe('a context file is', () => {
  it('read, with its digest', () => {
    expect(lookAtContextFile(repository, at('api/.rhema/todos.yaml'))).toMatchObject({
      kind: 'read',
      path: 'api/.rhema/todos.yaml',
      bytes: Buffer.from('todos: []\n'),
      digest: digestOf('todos: []\n'),
    });
  });

  it('read where a link inside the repository leads', () => {
    symlinkSync('.rhema/todos.yaml', join(root, 'api/todos.yaml'));
    expect(lookAtContextFile(repository, at('api/todos.yaml'))).toMatchObject({
      kind: 'read',
      path: 'api/.rhema/todos.yaml',
    });
  });

  it('not followed out of the repository, be it by itself or by its folder', () => {
    symlinkSync('/etc/hostname', join(root, 'decisions.yaml'));
    symlinkSync('/etc', join(root, 'out'));
    const messages = {
      'decisions.yaml': 'leads out of the repository: replace the link by a file',
      'out/hostname':
        'out is a symlink that leads out of the repository, and what is behind it is not read: replace it by the folder',
    };
    for (const [path, message] of Object.entries(messages))
      expect(lookAtContextFile(repository, at(path))).toEqual({
        kind: 'unread',
        rule: 'SYMLINK_OUTSIDE',
        message,
      });
  });

  it('not there where nothing is, wherever a link of its folders leads', () => {
    symlinkSync('/etc', join(root, 'away'));
    expect(lookAtContextFile(repository, at('away/todos.yaml'))).toEqual({ kind: 'gone' });
  });

  it('not waited for where it is a pipe, and not read where it is a folder or may not be', () => {
    makePipe(join(root, 'todos.yaml'), 'todos: []\n');
    mkdirSync(join(root, 'patterns.yaml'));
    for (const path of ['todos.yaml', 'patterns.yaml'])
      expect(lookAtContextFile(repository, at(path))).toMatchObject({
        kind: 'unread',
        rule: 'UNREADABLE_FILE',
      });
    writeFileSync(join(root, 'conventions.yaml'), '');
    chmodSync(join(root, 'conventions.yaml'), 0);
    // The superuser may read everything.
    const seen = lookAtContextFile(repository, at('conventions.yaml')).kind;
    expect(seen).toBe(process.getuid?.() === 0 ? 'read' : 'unread');
  });

  it('not read where it is huge', () => {
    writeFileSync(join(root, 'knowledge.yaml'), '');
    truncateSync(join(root, 'knowledge.yaml'), 2 ** 33);
    expect(lookAtContextFile(repository, at('knowledge.yaml'))).toMatchObject({
      kind: 'unread',
      rule: 'FILE_TOO_LARGE',
    });
  });

  it('gone, also in a repository without a working tree', () => {
    expect(lookAtContextFile(repository, at('nope.yaml'))).toEqual({ kind: 'gone' });
    expect(lookAtContextFile({ ...repository, worktree: null }, at('api/.rhema/todos.yaml'))).toEqual({
      kind: 'gone',
    });
  });
});

it('a path that a file names is there, seen from its folder, and never outside', () => {
  const isThere = (folder: string, text: string): boolean =>
    realInspection.isThere(repository, at(folder), text);
  expect(isThere('api', '.rhema/todos.yaml')).toBe(true);
  expect(isThere('api', '../api/.rhema/')).toBe(true);
  expect(isThere('.', '.rhema/todos.yaml')).toBe(false);
  expect(isThere('.', '/etc/hostname')).toBe(false);
  expect(isThere('.', '../../../../../etc/hostname')).toBe(false);
  expect(isThere('.', 'a\0b')).toBe(false);
});
