/**
 * Checks the specification with TLC and prints one line of a table for each run.
 *
 *     node spec/tools/check.mjs models [NAME...]     safety of each model
 *     node spec/tools/check.mjs liveness [NAME...]   what must happen, and that it need not without its assumptions
 *     node spec/tools/check.mjs fencing [NAME...]    the machine of tokens
 *     node spec/tools/check.mjs mutants [BUG...]     each property is violated by a specification with one guard less
 *     node spec/tools/check.mjs scenarios [NAME...]  what can happen, and the shortest way there
 *     node spec/tools/check.mjs coverage [NAME...]   how often each action was taken, over the models
 *
 * Exit code 1 when something is not as expected.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTlc, readConfig, runTlc, specFolder } from './tlc.mjs';

const [kind = 'models', ...wanted] = process.argv.slice(2);
const jar = findTlc();
let asExpected = true;

function namesIn(folder) {
  const all = readdirSync(join(specFolder, folder)).filter((file) => file.endsWith('.cfg'));
  return all.map((file) => file.slice(0, -'.cfg'.length)).filter(isWanted);
}

function row(...cells) {
  console.log(`| ${cells.join(' | ')} |`);
}

function expect(condition, run) {
  if (condition && run.failure === null) return;
  asExpected = false;
  console.error(run.output.slice(0, 4_000));
}

function checkFolder(folder) {
  row('configuration', 'distinct', 'generated', 'depth', 'time', 'result');
  row('---', '---', '---', '---', '---', '---');
  for (const name of namesIn(folder)) {
    const config = readConfig(folder, name);
    const run = runTlc(jar, config);
    expect((run.violated === null) === (config.expected === 'holds'), run);
    const result = run.violated === null ? 'holds' : `fails after ${run.states} states, as expected`;
    row(name, run.distinct, run.generated, run.depth || '-', `${run.seconds} s`, result);
  }
}

/** The same model with only this property to check, and one guard less when a bug is named. */
function withOnly(config, property, bug = 'none') {
  const [constants = ''] = config.text.split(/^(?:INVARIANTS|PROPERTIES)$/m);
  const kind = /\[\]\[|~>|<>/.test(definitionOf(property, config)) ? 'PROPERTY' : 'INVARIANT';
  const mutated = constants.replace('Bug = "none"', `Bug = "${bug}"`);
  return { ...config, text: `${mutated}${kind} ${property}\nCHECK_DEADLOCK FALSE\n` };
}

/** The text of a definition, in the modules where properties are. */
function definitionOf(name, { folder, module }) {
  const files = [join(folder, `${module}.tla`), 'Safety.tla', 'Scenarios.tla'].map((file) => readFileSync(join(specFolder, file), 'utf8'));
  const [definition] = files.flatMap((text) => text.split(/\n(?=\w[^\n]*==)/).filter((part) => part.startsWith(`${name} ==`)));
  if (definition === undefined) throw new Error(`${name} is not defined in ${module}, Safety or Scenarios`);
  return definition;
}

const readList = (file) => JSON.parse(readFileSync(join(specFolder, file), 'utf8'));
const isWanted = (name) => wanted.length === 0 || wanted.includes(name);
const pathOf = (run) => run.steps.slice(1).map((step) => `\`${step}\``).join(', ');

/** Runs a model with only this property, which must be violated. */
function runViolated(model, property, bug) {
  const [folder, name] = model.split('/');
  const run = runTlc(jar, withOnly(readConfig(folder, name), property, bug));
  expect(run.violated !== null, run);
  return run;
}

function checkMutants() {
  row('mutant', 'guard that is missing', 'model', 'caught by', 'states', 'counterexample');
  row('---', '---', '---', '---', '---', '---');
  for (const { bug, guard, model, property } of readList('mutants.json')) {
    if (!isWanted(bug)) continue;
    const run = runViolated(model, property, bug);
    const caughtBy = run.violated === null ? '**nothing**' : `\`${property}\``;
    row(`\`${bug}\``, guard, model, caughtBy, run.states, pathOf(run));
  }
}

function checkScenarios() {
  row('scenario', 'model', 'states', 'shortest way');
  row('---', '---', '---', '---');
  for (const { scenario, model } of readList('scenarios.json')) {
    if (!isWanted(scenario)) continue;
    const run = runViolated(model, `Never${scenario}`);
    row(scenario, model, run.states, run.states === 1 ? 'the initial state' : pathOf(run));
  }
}

function checkCoverage() {
  const taken = new Map();
  for (const name of namesIn('models')) {
    const { output } = runTlc(jar, readConfig('models', name), ['-coverage', '1']);
    for (const [, action, found, generated] of output.slice(output.lastIndexOf('The coverage statistics')).matchAll(/^<(\w+) line [^>]*>: (\d+):(\d+)$/gm)) {
      const counts = taken.get(action) ?? new Map();
      counts.set(name, (counts.get(name) ?? 0) + Number(generated));
      taken.set(action, counts);
    }
  }
  row('action', 'taken', 'models');
  row('---', '---', '---');
  for (const [action, counts] of [...taken].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    if (total === 0) asExpected = false;
    row(action, total, [...counts.keys()].join(', '));
  }
}

const checks = {
  models: () => checkFolder('models'),
  liveness: () => checkFolder('liveness'),
  fencing: () => checkFolder('fencing'),
  mutants: checkMutants,
  scenarios: checkScenarios,
  coverage: checkCoverage,
};
const check = checks[kind];
if (check === undefined) throw new Error(`unknown check ${kind}: one of ${Object.keys(checks).join(', ')}`);
check();
process.exitCode = asExpected ? 0 : 1;
