/**
 * Checks the specification with TLC, and prints a line of a table for each run.
 *
 * Exit codes: 0 everything is as expected; 1 something is not, and TLC's words are on the error output; 2 the command
 * line is wrong; 3 Java or TLC is not to be had, nothing was checked.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findTlc, UnavailableError } from './find-tlc.mjs';
import { readConfig, runTlc, specFolder } from './tlc.mjs';

const usage = `Usage: node spec/tools/check.mjs [options] [CHECK [NAME...]]

Checks the specification with TLC, and prints a line of a table for each run.

  short      what continuous integration checks: some of each of the others, and every mutant (the default)
  all        all of the following, except coverage
  models     safety of each model
  liveness   what must happen, and that it need not without its assumptions
  fencing    the machine of tokens
  owner      the service around the machine: crashes, lost answers, several owners
  mutants    each property is violated by a specification with one guard less
  scenarios  what can happen, and the shortest way there
  coverage   how often each action is taken, and why else not; keeps the edges of a model in memory

A NAME picks a configuration, a mutant or a scenario.

  --within EDGES  only models whose graph has at most so many edges
  --jobs COUNT    runs of TLC at the same time (default: one for each processor)
  --help          print this

TLC is the jar that TLC_JAR names, or the one in Maven's local repository, where it is put when it is not there.
Exit codes: 0 as expected, 1 not as expected, 2 wrong usage, 3 skipped, because Java or TLC is not to be had.
`;

/** For each kind a few that show much and take little; of the mutants all, since each shows that a property is not empty. */
const short = {
  modelEdgesMax: 12_000,
  owner: ['Owners2single', 'Ids1batch', 'Answered', 'AnsweredNotAskedAgain'],
};

/** In runs of a few seconds Java's optimising compiler takes more time than it saves. */
const javaOptionsForShort = ['-XX:TieredStopAtLevel=1'];

class UsageError extends Error {
  name = 'UsageError';
}

const { kind, wanted, jobs, within } = readArguments();
let jar;
let asExpected = true;
const javaOptions = kind === 'short' ? javaOptionsForShort : [];

function readArguments() {
  try {
    return parse(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

function parse(args) {
  const options = { within: { type: 'string' }, jobs: { type: 'string' }, help: { type: 'boolean' } };
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const [kind = 'short', ...wanted] = positionals;
  const within = values.within === undefined ? Infinity : readCount('--within', values.within);
  const jobs = values.jobs === undefined ? availableParallelism() : readCount('--jobs', values.jobs);
  return { kind, wanted, jobs, within };
}

function readCount(option, text) {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new UsageError(`${option} takes a whole number from 1, not ${text}`);
}

const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const readList = (file) => JSON.parse(readFileSync(join(specFolder, file), 'utf8'));
const pathOf = (run) => run.steps.map((step) => `\`${step}\``).join(', ');

/** Those of a list that are wanted; a wanted name that is not in it is a mistake. */
function pick(items, nameOf, names) {
  const unknown = names.find((name) => !items.some((item) => nameOf(item) === name));
  if (unknown !== undefined) throw new UsageError(`there is no ${unknown} to check`);
  return names.length === 0 ? items : items.filter((item) => names.includes(nameOf(item)));
}

function configsIn(folder, names) {
  const files = readdirSync(join(specFolder, folder)).filter((file) => file.endsWith('.cfg'));
  const known = files.map((file) => file.slice(0, -'.cfg'.length));
  return pick(known, (name) => name, names).map((name) => readConfig(folder, name));
}

/** Edges of a model's graph, as its golden summary has them; infinitely many where there is none. */
function edgesOf({ name }) {
  const goldens = readdirSync(join(specFolder, 'models/golden'));
  return goldens.includes(`${name}.json`) ? readList(`models/golden/${name}.json`).graph.edges : Infinity;
}

const smallModels = (names, edgesMax) =>
  configsIn('models', names).filter((model) => edgesOf(model) <= edgesMax);

function header(title, ...columns) {
  process.stdout.write(`\n${title}\n\n`);
  row(...columns);
  row(...columns.map(() => '---'));
}

function row(...cells) {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

function expect(condition, run) {
  if (condition && run.failure === null) return;
  asExpected = false;
  process.stderr.write(run.output);
}

/** Runs no more than `count` tasks at the same time; the others wait their turn. */
function limitedTo(count) {
  let free = count;
  const waiting = [];
  return async (task) => {
    if (free === 0) await new Promise((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/** Runs TLC on the configuration of each item, and hands over the results in the order of the items. */
async function runEach(items, configOf, onResult) {
  const whenFree = limitedTo(jobs);
  const runs = items.map((item) => whenFree(() => runTlc(jar, configOf(item), [], javaOptions)));
  for (const [index, run] of runs.entries()) onResult(items[index], await run);
}

function resultOf({ failure, violated, states }) {
  if (failure !== null) return '**not checked**';
  return violated === null ? 'holds' : `fails, after ${states} states`;
}

async function checkConfigs(title, configs) {
  header(title, 'configuration', 'distinct', 'generated', 'depth', 'time', 'result');
  await runEach(
    configs,
    (config) => config,
    (config, run) => {
      expect((run.violated === null) === (config.expected === 'holds'), run);
      row(config.name, run.distinct, run.generated, run.depth || '-', `${run.seconds} s`, resultOf(run));
    },
  );
}

/** The text of a definition, in the modules where properties are. */
function definitionOf(name, { folder, module }) {
  const files = [
    join(folder, `${module}.tla`),
    'Messages.tla',
    'Violations.tla',
    'Safety.tla',
    'Scenarios.tla',
  ];
  for (const file of files) {
    const parts = readFileSync(join(specFolder, file), 'utf8').split(/\n(?=\w[^\n]*==)/);
    const definition = parts.find((part) => part.startsWith(`${name} ==`));
    if (definition !== undefined) return definition;
  }
  throw new Error(`${name} is not defined in ${files.join(', ')}`);
}

/** A model with only this property to check, and one guard less when a bug is named. */
function withOnly(model, property, bug = 'none') {
  const [folder, name] = model.split('/');
  const config = readConfig(folder, name);
  const [constants = ''] = config.text.split(/^(?:INVARIANTS|PROPERTIES)$/m);
  const isTemporal = /\[\]\[|~>|<>/.test(definitionOf(property, config));
  const mutated = constants.replace('Bug = "none"', `Bug = "${bug}"`);
  return {
    ...config,
    text: `${mutated}${isTemporal ? 'PROPERTY' : 'INVARIANT'} ${property}\nCHECK_DEADLOCK FALSE\n`,
  };
}

async function checkMutants(names) {
  const mutants = pick(readList('mutants.json'), ({ bug }) => bug, names);
  header('Mutants', 'mutant', 'guard that is missing', 'model', 'caught by', 'states', 'counterexample');
  await runEach(
    mutants,
    ({ bug, model, property }) => withOnly(model, property, bug),
    ({ bug, guard, model, property }, run) => {
      expect(run.violated !== null, run);
      const caughtBy = run.violated === null ? '**nothing**' : `\`${property}\``;
      row(`\`${bug}\``, guard, model, caughtBy, run.states, pathOf(run));
    },
  );
}

async function checkScenarios(names) {
  const scenarios = pick(readList('scenarios.json'), ({ scenario }) => scenario, names);
  header('Scenarios', 'scenario', 'model', 'states', 'shortest way');
  await runEach(
    scenarios,
    ({ scenario, model }) => withOnly(model, `Never${scenario}`),
    ({ scenario, model }, run) => {
      expect(run.violated !== null, run);
      row(scenario, model, run.states || 1, pathOf(run) || 'the initial state');
    },
  );
}

/** The labels of a run's edges, taken apart: the kind of the step, and why nothing came of it, if so. */
function labelsIn({ output }) {
  const edges = [...output.matchAll(/^"EDGE (\w+)\S*?(?:!(\w+))? /gm)];
  return edges.map(([, action, reason = null]) => ({ action, reason }));
}

async function checkCoverage(names) {
  const actions = new Map();
  await runEach(
    smallModels(names, within),
    (config) => ({ ...config, text: `${config.text}ACTION_CONSTRAINT PrintEdge\n` }),
    (_, run) => {
      for (const { action, reason } of labelsIn(run)) {
        const known = actions.get(action) ?? { taken: 0, reasons: new Set() };
        if (reason === null) known.taken += 1;
        else known.reasons.add(reason);
        actions.set(action, known);
      }
    },
  );
  header('Coverage', 'action', 'taken', 'not taken because');
  for (const [action, { taken, reasons }] of [...actions].sort(([a], [b]) => byText(a, b))) {
    if (taken === 0) asExpected = false;
    row(action, taken, [...reasons].sort(byText).join(', '));
  }
}

const checks = {
  models: (names) => checkConfigs('Models', smallModels(names, within)),
  liveness: (names) => checkConfigs('Liveness', configsIn('liveness', names)),
  fencing: (names) => checkConfigs('Fencing', configsIn('fencing', names)),
  owner: (names) => checkConfigs('Owner', configsIn('owner', names)),
  mutants: checkMutants,
  scenarios: checkScenarios,
  coverage: checkCoverage,
};

async function checkShort() {
  await checkConfigs('Models', smallModels([], Math.min(within, short.modelEdgesMax)));
  await checks.liveness([]);
  await checks.fencing([]);
  await checks.owner(short.owner);
  await checks.mutants([]);
}

async function checkAll() {
  const { coverage: _, ...others } = checks;
  for (const check of Object.values(others)) await check([]);
}

/** Those that consist of others take no names. */
function checkOf(kind) {
  if (kind === 'short' || kind === 'all') {
    if (wanted.length > 0) throw new UsageError(`${kind} takes no names`);
    return kind === 'short' ? checkShort : checkAll;
  }
  if (!Object.hasOwn(checks, kind)) throw new UsageError(`there is no check ${kind}`);
  return () => checks[kind](wanted);
}

async function main() {
  const check = checkOf(kind);
  jar = await findTlc();
  await check();
  return asExpected ? 0 : 1;
}

function exitCodeOf(error) {
  if (error instanceof UnavailableError) return 3;
  return error instanceof UsageError ? 2 : 1;
}

main().then(
  (code) => (process.exitCode = code),
  (error) => {
    const prefix = error instanceof UnavailableError ? 'skipped: TLC cannot run here, ' : 'check: ';
    process.stderr.write(`${prefix}${error.message}\n`);
    process.exitCode = exitCodeOf(error);
  },
);
