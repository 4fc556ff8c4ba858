import { expect, it } from 'vitest';
import { CommandError } from './answer/errors.ts';
import { serverAddress } from './server-address.ts';

it.each([
  ['http://127.0.0.1:7421', 'http://127.0.0.1:7421'],
  ['http://127.0.0.1:7421/', 'http://127.0.0.1:7421'],
  ['HTTPS://Build.Example.ORG', 'https://build.example.org'],
  ['https://build.example.org:443/', 'https://build.example.org'],
  ['http://build.example.org:80', 'http://build.example.org'],
  ['https://build.example.org:80', 'https://build.example.org:80'],
  ['https://build.example.org/rhema/', 'https://build.example.org/rhema'],
  ['https://build.example.org/a/b//', 'https://build.example.org/a/b'],
  ['https://build.example.org/Rhema', 'https://build.example.org/Rhema'],
  ['http://[::1]:7421', 'http://[::1]:7421'],
  ['  http://localhost:7421  ', 'http://localhost:7421'],
])('%j is %s', (text, server) => {
  expect(serverAddress(text)).toBe(server);
  expect(serverAddress(server)).toBe(server);
});

function refusalOf(text: string): CommandError {
  try {
    serverAddress(text);
  } catch (error) {
    if (error instanceof CommandError) return error;
  }
  throw new Error(`${text} was not refused`);
}

it.each([
  [''],
  ['build.example.org'],
  ['build.example.org:7421'],
  ['/rhema'],
  ['//build.example.org'],
  ['ftp://build.example.org'],
  ['file:///etc/passwd'],
  ['http://'],
  ['http://build.example.org/?token=1'],
  ['http://build.example.org/#top'],
  ['http://build.example.org:70000'],
])('%j is none', (text) => {
  expect(refusalOf(text)).toMatchObject({
    code: 'INVALID_INPUT',
    exitCode: 2,
    message: `the server ${JSON.stringify(text)}: an address such as http://127.0.0.1:7421 expected`,
  });
});

it.each([
  ['https://olga:hunter2@build.example.org'],
  ['https://hunter2@build.example.org'],
  ['https://:hunter2@build.example.org'],
  ['ftp://olga:hunter2@build.example.org'],
])('what is secret in %s is not repeated', (text) => {
  const { message, exitCode } = refusalOf(text);
  expect(exitCode).toBe(2);
  expect(message).toContain('no user and no password');
  expect(message).not.toContain('hunter2');
});
