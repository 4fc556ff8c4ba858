/**
 * Compares the core with the specification, beyond what the test suite has time for. From the root of the repository:
 *
 *     npx tsc -p test/spec && node build/test/spec/main.js conform|golden|mutants [MODEL ...]
 *
 * `conform` explores the core and compares with the committed summaries; `golden` runs TLC as well, compares edge by
 * edge, and writes the summaries anew when there is no difference; `mutants` breaks the core in every known way and looks
 * whether each is caught.
 */
import * as core from '../../src/core/index.ts';
import { compareWithTlc, deviations } from './conform.ts';
import { modelNames, readGolden, specificationOf, writeGolden } from './golden.ts';
import { compileCore, mutants, verdictOn } from './mutants/index.ts';
import { loadSlice } from './slice.ts';
import { findTlc } from './tlc.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function conform(name: string): readonly string[] {
  const { states, edges, depth } = readGolden(name).graph;
  say(`${name}: ${states} states, ${edges} edges, depth ${depth}`);
  return deviations(core, loadSlice(name));
}

async function makeGolden(name: string): Promise<readonly string[]> {
  const slice = loadSlice(name);
  const specification = specificationOf(slice);
  const { tlc, differences } = await compareWithTlc(core, slice, findTlc());
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

const tasks: Readonly<Record<string, (name: string) => readonly string[] | Promise<readonly string[]>>> = {
  conform,
  golden: makeGolden,
  mutants: catchMutants,
};

async function main([task = '', ...names]: readonly string[]): Promise<void> {
  const run = tasks[task];
  if (run === undefined)
    throw new Error(`unknown task ${JSON.stringify(task)}: ${Object.keys(tasks).join(' or ')}`);
  for (const name of names.length > 0 ? names : modelNames()) {
    const startedAt = performance.now();
    const differences = await run(name);
    say(`  ${((performance.now() - startedAt) / 1000).toFixed(1)} s, ${differences.length} differences`);
    for (const difference of differences) say(`  ${difference}`);
    if (differences.length > 0) process.exitCode = 1;
  }
}

await main(process.argv.slice(2));
