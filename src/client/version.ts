import { readFileSync } from 'node:fs';

/** Of the package that this file belongs to. */
export function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  return version;
}

/**
 * Orders two package versions (`1.2.3`, `1.2.3-rc.1`): negative when the first is older. A pre-release comes before its
 * release; pre-releases of one version are ordered as text.
 */
export function compareVersions(first: string, second: string): number {
  const [a, b] = [parse(first), parse(second)];
  for (let index = 0; index < 3; index += 1) {
    const difference = (a.numbers[index] ?? 0) - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.preRelease === b.preRelease) return 0;
  if (a.preRelease === '') return 1;
  if (b.preRelease === '') return -1;
  return a.preRelease < b.preRelease ? -1 : 1;
}

function parse(version: string): { readonly numbers: readonly number[]; readonly preRelease: string } {
  const [core = '', ...rest] = (version.split('+')[0] ?? '').split('-');
  return {
    numbers: core.split('.').map((part) => Number.parseInt(part, 10) || 0),
    preRelease: rest.join('-'),
  };
}
