import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderOfTest } from '../../../test/support/folder.ts';
import { dropNotedServer, notedServer, noteServer } from './noted-server.ts';

const server = 'https://build.example.org:7421/rhema';

let common = '';
beforeEach(() => {
  common = folderOfTest('rhema-noted-');
});
const pathOf = (): string => join(common, 'rhema', 'server');

function plant(text: string): void {
  mkdirSync(join(common, 'rhema'), { mode: 0o700 });
  writeFileSync(pathOf(), text);
}

it('a server is noted in the Git folder for its user alone, in the place of another one, and taken away again', () => {
  expect(notedServer(common)).toBeNull();
  dropNotedServer(common);
  noteServer(common, 'http://127.0.0.1:1');
  noteServer(common, server);
  expect(readFileSync(pathOf(), 'utf8')).toBe(`${server}\n`);
  expect(statSync(pathOf()).mode & 0o777).toBe(0o600);
  expect(notedServer(common)).toBe(server);
  dropNotedServer(common);
  expect([notedServer(common), existsSync(pathOf())]).toEqual([null, false]);
});

describe('what is no note is not taken for none, and can be taken away', () => {
  it.each([
    ['empty', ''],
    ['no address', 'build.example.org'],
    ['no address of a server', 'file:///etc/passwd\n'],
    ['in another spelling', 'HTTPS://build.example.org:7421/rhema/\n'],
    ['two lines', `${server}\n${server}\n`],
    ['with what a terminal obeys', 'http://a\u001b[2J\n'],
    ['with a line break in the middle', 'http://build.exa\nmple.org'],
    ['with a password', 'http://bob:secret@build.example.org\n'],
  ])('%s', (_title, text) => {
    plant(text);
    expect(() => notedServer(common)).toThrow(
      expect.objectContaining({ code: 'STORE_FAILURE', message: expect.stringContaining('rhema logout') }),
    );
    expect(() => notedServer(common)).not.toThrow('secret');
    expect(() => notedServer(common)).not.toThrow('\u001b');
    dropNotedServer(common);
    expect(notedServer(common)).toBeNull();
  });

  it.each([
    ['a link that leads elsewhere', () => symlinkSync(join(common, 'target'), pathOf())],
    ['a pipe, for which one would wait for ever', () => execFileSync('mkfifo', [pathOf()])],
    ['larger than an address', () => writeFileSync(pathOf(), 'x'.repeat(70_000))],
  ])('%s', (_title, make) => {
    writeFileSync(join(common, 'target'), `${server}\n`);
    mkdirSync(join(common, 'rhema'), { mode: 0o700 });
    make();
    expect(() => notedServer(common)).toThrow(expect.objectContaining({ code: 'PERMISSION' }));
    dropNotedServer(common);
    expect(notedServer(common)).toBeNull();
    expect(readFileSync(join(common, 'target'), 'utf8')).toBe(`${server}\n`);
  });
});
