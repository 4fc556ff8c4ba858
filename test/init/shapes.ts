/** Repositories as text: one that is real, and others of any size. Also what the benchmark of init builds. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Contents by repository-relative path. */
export type Shape = ReadonlyMap<string, string>;

/** What a folder imports. */
interface Folder {
  readonly path: string;
  readonly dependencies: readonly string[];
}

const recordFile = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'gastown.scopes.json');

/** The record of a real Go project lies beside this repository, not in it. */
export const isRecordPresent = existsSync(recordFile);

/** 76 folders with 322 imports between them, 14 deep; one folder imports 55 others. */
export function recordedFolders(): readonly Folder[] {
  return (JSON.parse(readFileSync(recordFile, 'utf8')) as { readonly scopes: readonly Folder[] }).scopes;
}

/** A Go module with these folders as packages. */
export function goModule(folders: readonly Folder[]): Shape {
  const name = 'example.com/shape';
  const source = ({ path, dependencies }: Folder): [string, string] => {
    const imports = dependencies.map((dependency) => `\t_ "${name}/${dependency}"\n`).join('');
    return [`${path}/code.go`, `package ${path.replace(/\W/g, '')}\n\nimport (\n\t"fmt"\n${imports})\n`];
  };
  return new Map([['go.mod', `module ${name}\n\ngo 1.22\n`], ...folders.map(source)]);
}

/**
 * So many folders, in groups; each needs up to three before it, far and near, so the graph is free of cycles. Every 32nd
 * starts anew, which bounds the depth as in real repositories.
 */
export function layeredFolders(count: number): readonly Folder[] {
  const pathOf = (index: number): string => `packages/group-${index % 50}/unit-${index}`;
  return Array.from({ length: count }, (_, index) => {
    const earlier = index % 32 === 0 ? [] : [index - 1, index - 7, index - 19];
    const inLayer = earlier.filter((other) => other >= index - (index % 32));
    return { path: pathOf(index), dependencies: inLayer.map(pathOf) };
  });
}

const nameOf = (path: string): string => `@shape/${path.slice(path.lastIndexOf('/') + 1)}`;

/** An npm workspace with a manifest and two TypeScript files in every folder; the first of them imports what it needs. */
export function npmWorkspace(folders: readonly Folder[]): Shape {
  const files = new Map([['package.json', jsonText({ name: 'shape', workspaces: ['packages/*/*'] })]]);
  for (const { path, dependencies } of folders) {
    const needed = Object.fromEntries(dependencies.map((dependency) => [nameOf(dependency), 'workspace:*']));
    files.set(
      `${path}/package.json`,
      jsonText({ name: nameOf(path), version: '1.0.0', dependencies: needed }),
    );
    const imports = dependencies.map(
      (dependency, index) => `import { value as v${index} } from '${nameOf(dependency)}';\n`,
    );
    files.set(`${path}/src/index.ts`, `${imports.join('')}export const value = ${dependencies.length};\n`);
    files.set(
      `${path}/src/other.ts`,
      "import { value } from './index.ts';\nexport const twice = 2 * value;\n",
    );
  }
  return files;
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
