/** Turns the source of the core, as it is or with one place replaced, into a module that can be explored. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import type { Core } from '../core.ts';
import type { Mutant } from './mutant.ts';

const sourceFolder = 'src/core';

export interface CompiledCore {
  /** A copy of the core, broken as the mutant says. Throws when the place is not found exactly once. */
  load(mutant: Mutant | null): Promise<Core>;
  /** A copy of the core in which one file has another text. */
  loadWith(file: string, text: string): Promise<Core>;
  /** Removes what was written. */
  dispose(): void;
}

export function compileCore(): CompiledCore {
  const root = mkdtempSync(join(tmpdir(), 'core-'));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  const sources = new Map(
    sourceFiles().map((file) => [file, readFileSync(join(sourceFolder, file), 'utf8')]),
  );
  const compiled = new Map([...sources].map(([file, text]) => [file, compile(text)]));
  let copies = 0;
  const loadFiles = async (files: ReadonlyMap<string, string>): Promise<Core> => {
    copies += 1;
    const folder = join(root, String(copies));
    for (const [file, text] of files) writeModule(join(folder, file.replace(/\.ts$/, '.js')), text);
    return (await import(pathToFileURL(join(folder, 'index.js')).href)) as Core;
  };
  const loadWith = (file: string, text: string): Promise<Core> =>
    loadFiles(new Map(compiled).set(file, compile(text)));
  return {
    load: (mutant) =>
      mutant === null ? loadFiles(compiled) : loadWith(mutant.file, mutate(sources, mutant)),
    loadWith,
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}

function sourceFiles(): string[] {
  return readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
}

function compile(text: string): string {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      rewriteRelativeImportExtensions: true,
      verbatimModuleSyntax: true,
    },
  });
  return outputText;
}

function mutate(sources: ReadonlyMap<string, string>, { name, file, find, replace }: Mutant): string {
  const parts = (sources.get(file) ?? '').split(find);
  if (parts.length !== 2)
    throw new Error(`"${name}": its place occurs ${parts.length - 1} times in ${file}, not once`);
  return parts.join(replace);
}

function writeModule(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
