/**
 * Checks the specification with TLC and prints one line of a table for each run.
 *
 *     node spec/tools/check.mjs models [NAME...]     safety of each model
 *     node spec/tools/check.mjs liveness [NAME...]   what must happen, and that it need not without its assumptions
 *     node spec/tools/check.mjs fencing [NAME...]    the machine of tokens
 *     node spec/tools/check.mjs mutants [BUG...]     each property is violated by a specification with one guard less
 *     node spec/tools/check.mjs scenarios [NAME...]  what can happen, and the shortest way there
 *     node spec/tools/check.mjs coverage [NAME...]   how often each action is taken, and why else not, over the models
 *
 * Exit code 1 when something is not as expected; TLC's words are then on the error output.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTlc, readConfig, runTlc, specFolder } from './tlc.mjs';

const [kind = 'models', ...wanted] = process.argv.slice(2);
const jar = findTlc();
let asExpected = true;

const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const isWanted = (name) => wanted.length === 0 || wanted.includes(name);
const readList = (file) => JSON.parse(readFileSync(join(specFolder, file), 'utf8'));
const pathOf = (run) =>
  run.steps
    .slice(1)
    .map((step) => `\`${step}\``)
    .join(', ');

function namesIn(folder) {
  const files = readdirSync(join(specFolder, folder)).filter((file) => file.endsWith('.cfg'));
  return files.map((file) => file.slice(0, -'.cfg'.length)).filter(isWanted);
}

function header(...titles) {
  row(...titles);
  row(...titles.map(() => '---'));
}

function row(...cells) {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

function expect(condition, run) {
  if (condition && run.failure === null) return;
  asExpected = false;
  process.stderr.write(run.output);
}

function checkFolder(folder) {
  header('configuration', 'distinct', 'generated', 'depth', 'time', 'result');
  for (const name of namesIn(folder)) {
    const config = readConfig(folder, name);
    const run = runTlc(jar, config);
    expect((run.violated === null) === (config.expected === 'holds'), run);
    const result = run.violated === null ? 'holds' : `fails, after ${run.states} states`;
    row(name, run.distinct, run.generated, run.depth || '-', `${run.seconds} s`, result);
  }
}

/** The text of a definition, in the modules where properties are. */
function definitionOf(name, { folder, module }) {
  const files = [join(folder, `${module}.tla`), 'Safety.tla', 'Scenarios.tla'];
  for (const file of files) {
    const parts = readFileSync(join(specFolder, file), 'utf8').split(/\n(?=\w[^\n]*==)/);
    const definition = parts.find((part) => part.startsWith(`${name} ==`));
    if (definition !== undefined) return definition;
  }
  throw new Error(`${name} is not defined in ${files.join(', ')}`);
}

/** The same model with only this property to check, and one guard less when a bug is named. */
function withOnly(config, property, bug = 'none') {
  const [constants = ''] = config.text.split(/^(?:INVARIANTS|PROPERTIES)$/m);
  const isTemporal = /\[\]\[|~>|<>/.test(definitionOf(property, config));
  const mutated = constants.replace('Bug = "none"', `Bug = "${bug}"`);
  return {
    ...config,
    text: `${mutated}${isTemporal ? 'PROPERTY' : 'INVARIANT'} ${property}\nCHECK_DEADLOCK FALSE\n`,
  };
}

/** Runs a model with only this property, which must be violated. */
function runViolated(model, property, bug) {
  const [folder, name] = model.split('/');
  const run = runTlc(jar, withOnly(readConfig(folder, name), property, bug));
  expect(run.violated !== null, run);
  return run;
}

function checkMutants() {
  header('mutant', 'guard that is missing', 'model', 'caught by', 'states', 'counterexample');
  for (const { bug, guard, model, property } of readList('mutants.json')) {
    if (!isWanted(bug)) continue;
    const run = runViolated(model, property, bug);
    const caughtBy = run.violated === null ? '**nothing**' : `\`${property}\``;
    row(`\`${bug}\``, guard, model, caughtBy, run.states, pathOf(run));
  }
}

function checkScenarios() {
  header('scenario', 'model', 'states', 'shortest way');
  for (const { scenario, model } of readList('scenarios.json')) {
    if (!isWanted(scenario)) continue;
    const run = runViolated(model, `Never${scenario}`);
    row(scenario, model, run.states || 1, pathOf(run) || 'the initial state');
  }
}

/** The labels of a model's edges, taken apart: the kind of the step, and why nothing came of it, if so. */
function labelsOf(config) {
  const { output } = runTlc(jar, { ...config, text: `${config.text}ACTION_CONSTRAINT PrintEdge\n` });
  return [...output.matchAll(/^"EDGE (\w+)\S*?(?:!(\w+))? /gm)].map(([, action, reason = null]) => ({
    action,
    reason,
  }));
}

function checkCoverage() {
  const actions = new Map();
  for (const name of namesIn('models'))
    for (const { action, reason } of labelsOf(readConfig('models', name))) {
      const known = actions.get(action) ?? { taken: 0, reasons: new Set() };
      if (reason === null) known.taken += 1;
      else known.reasons.add(reason);
      actions.set(action, known);
    }
  header('action', 'taken', 'not taken because');
  for (const [action, { taken, reasons }] of [...actions].sort(([a], [b]) => byText(a, b))) {
    if (taken === 0) asExpected = false;
    row(action, taken, [...reasons].sort(byText).join(', '));
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
