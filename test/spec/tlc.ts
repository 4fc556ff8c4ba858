/** Runs the model checker TLC and reads the labelled graph that it prints. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { x } from 'tinyexec';
import { readEdgeList, StreamedGraph, type GraphSink, type GraphSummary } from '../../src/explore/index.ts';
import { modelsFolder, type Slice } from './slice.ts';

/** The tool of `spec/tools`; it is no TypeScript, because it must run on a fresh checkout. */
interface Finder {
  findTlc(): Promise<string>;
}

/** The path of TLC's jar. Throws an `UnavailableError` when it or Java is not to be had on this machine. */
export async function findTlc(): Promise<string> {
  const tool = pathToFileURL(resolve('spec/tools/find-tlc.mjs')).href;
  return ((await import(tool)) as Finder).findTlc();
}

/** Null when TLC is not to be had; `tell` gets the reason. */
export async function findTlcIfAny(tell: (why: string) => void): Promise<string | null> {
  try {
    return await findTlc();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'UnavailableError') throw error;
    tell(error.message);
    return null;
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
 * Explores a model with TLC, with one worker so that the graph comes breadth-first, and checks its invariants and
 * properties on the way. Throws with TLC's words when one does not hold.
 */
export async function runTlc(jar: string, { name, module }: Slice, copy?: GraphSink): Promise<TlcRun> {
  const folder = mkdtempSync(join(tmpdir(), 'tlc-'));
  try {
    const config = join(folder, `${name}.cfg`);
    const text = readFileSync(join(modelsFolder, `${name}.cfg`), 'utf8');
    writeFileSync(config, `${text}\nACTION_CONSTRAINT PrintEdge\n`);
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

/** TLC never forgets a text that it has put together: with 3 GB it gets no farther than half of the largest model. */
const heap = '-XX:MaxRAMPercentage=50';

function tlcArguments(jar: string, folder: string, config: string, module: string): string[] {
  const library = `-DTLA-Library=${resolve(modelsFolder, '..')}`;
  const java = ['-XX:+UseParallelGC', heap, library, '-cp', jar];
  return [...java, 'tlc2.TLC', '-workers', '1', '-metadir', folder, '-config', config, `${module}.tla`];
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
