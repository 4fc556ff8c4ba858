import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { RolldownPlugin } from 'rolldown';

/** Writes the licences of all packages of which something was taken in, beside what they were taken into. */
export function licences(fileName: string): RolldownPlugin {
  return {
    name: 'licences',
    generateBundle(_, bundle) {
      const files = Object.values(bundle).flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
      const packages = new Set(files.map(packageOf).filter((folder) => folder !== null));
      const parts = [...packages].sort().map(licenceOf);
      if (parts.length > 0) this.emitFile({ type: 'asset', fileName, source: parts.join('\n') });
    },
  };
}

/** The folder of the package that a file belongs to; null for our own. */
function packageOf(file: string): string | null {
  if (!file.includes(`${sep}node_modules${sep}`)) return null;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const isPackage =
      dirname(folder).endsWith('node_modules') || /node_modules.@[^/\\]+$/.test(dirname(folder));
    if (isPackage) return folder;
  }
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license: string;
  };
  const file = readdirSync(folder).find((found) => /^licen[cs]e\b/i.test(found));
  if (file === undefined) throw new Error(`${folder} has no licence file`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n\n----\n`;
}
