/** Runs the model checker TLC on one configuration, and reads what it says. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const specFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where TLC looks for modules that are not beside the one it checks. */
const library = [specFolder, join(specFolder, 'models')].join(delimiter);

/** A configuration's text, and what its first lines say of it. */
export function readConfig(folder, name) {
  const text = readFileSync(join(specFolder, folder, `${name}.cfg`), 'utf8');
  const [, module = ''] = /^\\\* Module: (\w+)$/m.exec(text) ?? [];
  const [, expected = 'holds'] = /^\\\* Expected: (\w+)$/m.exec(text) ?? [];
  return { name, folder, text, module, expected };
}

/**
 * Runs TLC on a configuration, breadth-first with one worker, so that a counterexample is a shortest one.
 * `violated` is the property that TLC names, or what kind it is of, or null; `failure` is what kept TLC from finishing,
 * or null; `steps` are the labels of a counterexample's steps. `options` are TLC's own,
 * `javaOptions` those of the Java machine.
 */
export async function runTlc(jar, config, options = [], javaOptions = []) {
  const folder = mkdtempSync(join(tmpdir(), 'tlc-'));
  const startedAt = Date.now();
  try {
    const path = join(folder, `${config.name}.cfg`);
    writeFileSync(path, config.text);
    // TLC unpacks the modules that it brings along into Java's folder for temporary files: runs must not share it.
    const settings = [`-Djava.io.tmpdir=${folder}`, `-DTLA-Library=${library}`];
    const { output, status } = await runJava(
      ['-XX:+UseSerialGC', '-Xmx3g', ...javaOptions, ...settings, '-cp', jar, 'tlc2.TLC'],
      ['-workers', '1', '-metadir', folder, '-config', path, ...options, `${config.module}.tla`],
      join(specFolder, config.folder),
    );
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    return { ...readOutput(output, status), seconds, output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runJava(machine, program, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn('java', [...machine, ...program], { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
    const parts = [];
    child.stdout.on('data', (part) => parts.push(part));
    child.on('error', reject);
    child.on('close', (status) => resolve({ output: Buffer.concat(parts).toString('utf8'), status }));
  });
}

function readOutput(output, status) {
  const [, generated, distinct] = /^(\d+) states generated, (\d+) distinct states found/m.exec(output) ?? [];
  const [, depth] = /^The depth of the complete state graph search is (\d+)/m.exec(output) ?? [];
  const violated = violatedIn(output);
  const failure =
    status === 0 || violated !== null ? null : (/^Error: .*$/m.exec(output)?.[0] ?? `status ${status}`);
  return {
    generated: Number(generated),
    distinct: Number(distinct),
    depth: Number(depth),
    violated,
    failure,
    steps: stepsIn(output),
    states: [...output.matchAll(/^State \d+:/gm)].length,
  };
}

/** TLC names an invariant and most properties; of an instance's property it says where it stands. */
function violatedIn(output) {
  const [, named, place] =
    /^Error: (?:Invariant|Action property) (?:(\w+)|(line .*?)) is violated/m.exec(output) ?? [];
  const temporal = output.includes('Temporal properties were violated') ? 'temporal' : null;
  return named ?? place ?? temporal;
}

/** The labels that a specification gives its steps; where it gives none, the names of the actions. */
function stepsIn(output) {
  const labels = [...output.matchAll(/^\/\\ step = "(.*)"$/gm)].map(([, label]) => label);
  if (labels.length > 0) return labels.slice(1);
  return [...output.matchAll(/^State \d+: <(\w+) line/gm)].map(([, action]) => action);
}
