/**
 * Compares the core with the specification, beyond what the test suite has time for. From the root of the repository:
 *
 *     npx tsc -p test/spec && node build/test/spec/main.js conform|record|golden|mutants [MODEL ...]
 *     npx tsc -p test/spec && node build/test/spec/main.js pictures
 *
 * `conform` explores the core and compares with the committed summaries; `record` compares with TLC as well, when it is
 * there, and notes the result in `spec/models/CONFORMANCE.md`; `golden` runs TLC, compares edge by edge, and writes the
 * summaries anew when there is no difference; `mutants` breaks the core in every known way and looks whether each is
 * caught; `pictures` draws `spec/pictures` anew from the graphs of all models.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '../../src/core/index.ts';
import { compareFully, compareWithTlc, deviations } from './conform.ts';
import { modelNames, readGolden, specificationOf, writeGolden } from './golden.ts';
import { compileCore, mutants, verdictOn } from './mutants/index.ts';
import { draw, picturesFolder } from './pictures.ts';
import { record } from './record.ts';
import { loadSlice } from './slice.ts';
import { findTlc, findTlcIfAny } from './tlc.ts';

type Task = (name: string) => readonly string[] | Promise<readonly string[]>;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function conform(name: string): readonly string[] {
  const { states, edges, depth } = readGolden(name).graph;
  say(`${name}: ${states} states, ${edges} edges, depth ${depth}`);
  return deviations(core, loadSlice(name));
}

async function compareAndRecord(name: string): Promise<readonly string[]> {
  const jar = await findTlcIfAny((why) => say(`TLC is not run: ${why}`));
  const comparison = await compareFully(core, loadSlice(name), jar);
  const { states, edges, depth } = comparison.graph;
  say(`${name}: ${states} states, ${edges} edges, depth ${depth}`);
  await record(name, comparison, new Date().toISOString().slice(0, 10));
  return comparison.differences;
}

async function makeGolden(name: string): Promise<readonly string[]> {
  const slice = loadSlice(name);
  const specification = specificationOf(slice);
  const { tlc, differences } = await compareWithTlc(core, slice, await findTlc());
  say(`${name}: ${tlc.distinct} states, ${tlc.graph.edges} edges, depth ${tlc.depth}, ${tlc.version}`);
  if (differences.length === 0) writeGolden(name, specification, tlc);
  return differences;
}

async function catchMutants(name: string): Promise<readonly string[]> {
  const compiled = compileCore();
  const survivors: string[] = [];
  for (const mutant of mutants.filter(({ model }) => model === name)) {
    const verdict = verdictOn(await compiled.load(mutant), name);
    say(`${name}: ${mutant.name}: ${verdict ?? 'survives'}`);
    if (verdict !== mutant.caughtBy) survivors.push(`${mutant.name}: not caught by ${mutant.caughtBy}`);
  }
  compiled.dispose();
  return survivors;
}

async function drawPictures(): Promise<void> {
  mkdirSync(picturesFolder, { recursive: true });
  for (const [name, page] of await draw(modelNames()))
    writeFileSync(join(picturesFolder, `${name}.md`), page);
}

const tasks: Readonly<Record<string, Task>> = {
  conform,
  record: compareAndRecord,
  golden: makeGolden,
  mutants: catchMutants,
};

async function main([task = '', ...names]: readonly string[]): Promise<void> {
  if (task === 'pictures') return drawPictures();
  const run = tasks[task];
  if (run === undefined)
    throw new Error(`unknown task ${JSON.stringify(task)}: ${Object.keys(tasks).join(', ')} or pictures`);
  for (const name of names.length > 0 ? names : modelNames()) await runOn(name, run);
}

async function runOn(name: string, run: Task): Promise<void> {
  const startedAt = performance.now();
  const differences = await run(name);
  say(`  ${((performance.now() - startedAt) / 1000).toFixed(1)} s, ${differences.length} differences`);
  for (const difference of differences) say(`  ${difference}`);
  if (differences.length > 0) process.exitCode = 1;
}

await main(process.argv.slice(2));
