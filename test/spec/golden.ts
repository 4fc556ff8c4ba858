/** The committed summaries of TLC's graphs, and what each of them was made from. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { goldenOf, parseGolden, type Golden } from '../../src/explore/index.ts';
import { modelsFolder, type Slice } from './slice.ts';
import type { TlcRun } from './tlc.ts';

const goldenFolder = join(modelsFolder, 'golden');

const goldenPath = (name: string): string => join(goldenFolder, `${name}.json`);

/** Throws when TLC has not been run on the model. */
export function readGolden(name: string): Golden {
  const path = goldenPath(name);
  if (!existsSync(path))
    throw new Error(`${path} is missing: run the task golden of test/spec/main.ts on ${name}`);
  return parseGolden(readFileSync(path, 'utf8'));
}

export function writeGolden(name: string, specification: Record<string, string>, tlc: TlcRun): void {
  mkdirSync(goldenFolder, { recursive: true });
  const golden = goldenOf(name, tlc.version, specification, tlc.graph);
  writeFileSync(goldenPath(name), `${JSON.stringify(golden, null, 2)}\n`);
}

/** Every model of the specification. */
export function modelNames(): string[] {
  return readdirSync(modelsFolder)
    .filter((file) => file.endsWith('.cfg'))
    .map((file) => basename(file, '.cfg'))
    .sort();
}

/** Says what can happen, and nothing that holds: TLC need not run again when it changes. */
const withoutProperties = 'Scenarios';

/**
 * The texts that a model's graph follows from and the properties that TLC found to hold of it, without comments: its
 * configuration with the list of properties, its module, what this extends. So a property that is weakened or struck from
 * a configuration is a change of the specification.
 */
export function specificationOf({ name, module }: Slice): Record<string, string> {
  const config = readFileSync(join(modelsFolder, `${name}.cfg`), 'utf8');
  const texts: Record<string, string> = { [`${name}.cfg`]: withoutProse(config) };
  const seen = new Set<string>();
  const pending = [module];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const text = seen.has(next) ? null : readModule(next);
    if (text === null) continue;
    seen.add(next);
    pending.push(...extendedBy(text));
    if (next !== withoutProperties) texts[`${next}.tla`] = withoutProse(text);
  }
  return texts;
}

/** Indentation stays: it is part of the language. */
function withoutProse(text: string): string {
  return text
    .replaceAll(/\(\*[^]*?\*\)|\\\*.*$/gm, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}

/** Null for a module that comes with TLA+ itself. */
function readModule(module: string): string | null {
  const file = `${module}.tla`;
  for (const folder of [modelsFolder, join(modelsFolder, '..')])
    if (readdirSync(folder).includes(file)) return readFileSync(join(folder, file), 'utf8');
  return null;
}

function extendedBy(text: string): string[] {
  const [, names = ''] = /^EXTENDS (.*)$/m.exec(text) ?? [];
  return names.split(',').map((name) => name.trim());
}
