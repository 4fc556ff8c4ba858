import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The package's folder, also when this file was compiled to another place inside it. */
export const packageRoot = findPackage(import.meta.dirname);

/** The compiled program that the tests run: `dist`, or another build named by RHEMA_TEST_DIST. */
export const dist = process.env['RHEMA_TEST_DIST'] ?? join(packageRoot, 'dist');

/** The command line's entry. */
export const cliMain = join(dist, 'cli', 'main.js');
if (!existsSync(cliMain)) throw new Error(`${cliMain} is missing: run npm run build first`);

/** Of the package: client and owner are of one version. */
export const version = (
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
).version;

/** Scripts that run in processes of their own, as plain JavaScript. */
export function script(name: string): string {
  return join(packageRoot, 'test', 'withstand', 'support', name);
}

function findPackage(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findPackage(dirname(folder));
}
