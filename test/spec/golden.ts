/** The committed summaries of TLC's graphs, and what each of them was made from. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { goldenOf, parseGolden, type Golden } from '../../src/explore/index.ts';
import { modelsFolder, type Slice } from './slice.ts';
import type { TlcRun } from './tlc.ts';

const goldenFolder = join(modelsFolder, 'golden');

const goldenPath = (name: string): string => join(goldenFolder, `${name}.json`);

export const readGolden = (name: string): Golden => parseGolden(readFileSync(goldenPath(name), 'utf8'));

export function writeGolden(slice: Slice, { version, graph }: TlcRun): void {
  mkdirSync(goldenFolder, { recursive: true });
  const golden = goldenOf(slice.name, version, specificationOf(slice), graph);
  writeFileSync(goldenPath(slice.name), `${JSON.stringify(golden, null, 2)}\n`);
}

/** Every model of the specification: the configuration files beside which a module of alphabets exists. */
export function modelNames(): string[] {
  return readdirSync(modelsFolder)
    .filter((file) => file.endsWith('.cfg'))
    .map((file) => basename(file, '.cfg'))
    .sort();
}

/** The texts that a model's graph follows from: its configuration, its module and all that this extends. */
export function specificationOf({ name, module }: Slice): Record<string, string> {
  const texts: Record<string, string> = {
    [`${name}.cfg`]: readFileSync(join(modelsFolder, `${name}.cfg`), 'utf8'),
  };
  const pending = [module];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const file = `${next}.tla`;
    const text = file in texts ? null : readModule(file);
    if (text === null) continue;
    texts[file] = text;
    pending.push(...extendedBy(text));
  }
  return texts;
}

/** Null for a module that comes with TLA+ itself. */
function readModule(file: string): string | null {
  for (const folder of [modelsFolder, join(modelsFolder, '..')])
    if (readdirSync(folder).includes(file)) return readFileSync(join(folder, file), 'utf8');
  return null;
}

function extendedBy(text: string): string[] {
  const [, names = ''] = /^EXTENDS (.*)$/m.exec(text) ?? [];
  return names.split(',').map((name) => name.trim());
}
