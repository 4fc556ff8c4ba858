import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeRepository } from '../../repository/testing/fixture.ts';
import { rhemaIn } from '../testing/direct.ts';
import { shopFiles } from '../testing/hook-session.ts';

test.each([['HTTP/1.1 400 Bad Request\r\n\r\n'], ['{"hello":1}\n']])(
  'another program in the place of the coordinator, which says %j, is called that, and left alone',
  async (said) => {
    const root = makeRepository(shopFiles());
    await rhemaIn(root, 'status');
    const socket = join(root, '.git/rhema/coordinator.sock');
    const server = createServer((connection) => void connection.on('error', () => undefined).write(said));
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    onTestFinished(() => void server.close());
    const { code, stdout } = await rhemaIn(root, 'doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /problem process: what answers at \S+coordinator\.sock .*another program has its place/,
    );
    expect(stdout).not.toContain('left behind');
    expect(existsSync(socket)).toBe(true);
  },
);

test.each<[string, (path: string) => void]>([
  ['a folder', (path) => mkdirSync(path)],
  ['a file', (path) => writeFileSync(path, '')],
  ['a symbolic link', (path) => symlinkSync('elsewhere', path)],
])('%s in the place of the socket is named, with the command that moves it away', async (named, put) => {
  const root = makeRepository(shopFiles());
  await rhemaIn(root, 'status');
  const socket = join(root, '.git/rhema/coordinator.sock');
  put(socket);
  const { code, stdout } = await rhemaIn(root, 'doctor');
  expect(code).toBe(1);
  const told = stdout.replaceAll(/\s+/g, ' ');
  expect(told).toContain(
    `problem socket: ${socket} is ${named}: no coordinator can listen there mv ${socket} ${socket}.away`,
  );
  expect(told).not.toContain('kill that process');
});
