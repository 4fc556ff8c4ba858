import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTls } from './tls-files.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rhema-tls-'));
  const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  for (const name of ['own', 'other']) {
    const files = ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`), '-days', '1'];
    execFileSync('openssl', ['req', ...options, ...files, '-subj', '/CN=localhost'], { stdio: 'ignore' });
  }
  writeFileSync(at('text'), 'root:x:0:0\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('takes a certificate and its key', () => {
  const { cert, key } = readTls({ certFile: at('own.pem'), keyFile: at('own.key') });
  expect([cert, key].map((text) => text.startsWith('-----BEGIN'))).toEqual([true, true]);
});

it.each([
  ['text', 'own.key', '--tls-cert', 'text', 'no certificate in PEM'],
  ['own.pem', 'text', '--tls-key', 'text', 'no key in PEM'],
  ['own.pem', 'other.key', '--tls-key', 'other.key', 'the key of another certificate'],
  ['none.pem', 'own.key', '--tls-cert', 'none.pem', 'cannot be read'],
])('of %s with %s it names the option and the file', (cert, key, option, file, problem) => {
  const read = (): unknown => readTls({ certFile: at(cert), keyFile: at(key) });
  expect(read).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  expect(read).toThrow(`${option} ${at(file)}`);
  expect(read).toThrow(problem);
});
