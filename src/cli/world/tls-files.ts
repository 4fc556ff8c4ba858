/** The certificate and the key of a server, looked at before it listens: the library's own words name neither the file nor the option. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { CoordinatorError } from '../../protocol/index.ts';

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** As PEM. @throws CoordinatorError INVALID_INPUT that names the option and the file. */
export function readTls({ certFile, keyFile }: TlsFiles): { readonly cert: string; readonly key: string } {
  const [cert, key] = [pem('--tls-cert', certFile), pem('--tls-key', keyFile)];
  const certificate = tried(`--tls-cert ${certFile}: no certificate in PEM`, () => new X509Certificate(cert));
  const own = tried(`--tls-key ${keyFile}: no key in PEM that can be read without a passphrase`, () =>
    createPrivateKey(key),
  );
  if (!certificate.checkPrivateKey(own))
    throw wrong(`--tls-key ${keyFile}: the key of another certificate than --tls-cert ${certFile}`);
  tried(`--tls-cert ${certFile}, --tls-key ${keyFile}: they cannot be used`, () =>
    createSecureContext({ cert, key }),
  );
  return { cert, key };
}

/** A file that the user names: read as it is, wherever it leads. */
const pem = (option: string, path: string): string =>
  tried(`${option} ${path} cannot be read`, () => readFileSync(path, 'utf8'));

function tried<T>(problem: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw wrong(`${problem}: ${(cause as Error).message}`, cause);
  }
}

const wrong = (message: string, cause?: unknown): CoordinatorError =>
  new CoordinatorError('INVALID_INPUT', message, { cause });
