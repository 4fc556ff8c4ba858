import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Of the compiled file: build/bench/harness. */
const root = new URL('../../../', import.meta.url);

/** The command line as users get it. */
export const cliFile = fileURLToPath(new URL('dist/cli/main.js', root));
export const reportFile = fileURLToPath(new URL('docs/benchmarks.md', root));

/** A compiled program of this folder, to be run as a process of its own. */
export function processFile(name: string): string {
  return fileURLToPath(new URL(`build/bench/processes/${name}.js`, root));
}

/** Of the package: an owner of another version would be replaced by its clients. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string };
  return version;
}
