/**
 * Looks which of the mutants that survive the core's own tests are caught by the comparison with the specification. Reads
 * the report of `npm run mutation` and adds its findings beside it. From the root of the repository:
 *
 *     npx tsc -p test/spec && node build/test/spec/mutants/survivors.js [EDGES [FILE ...]]
 *
 * Looked at are the models with graphs of up to so many edges, the smallest first; FILE: part of a path in `src/core`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { explore, summaryDifferences } from '../../../src/explore/index.ts';
import type { Core } from '../core.ts';
import { readGolden } from '../golden.ts';
import { modelOf } from '../model.ts';
import { loadSlice } from '../slice.ts';
import { compileCore } from './compile.ts';
import { modelsWithGolden } from './guards.ts';

const reportPath = 'build/mutation/report.json';
const findingsPath = 'build/mutation/survivors.json';

/** The part of Stryker's report that is needed here. Lines and columns count from 1; the end is exclusive. */
interface StrykerReport {
  readonly files: Readonly<
    Record<string, { readonly source: string; readonly mutants: readonly StrykerMutant[] }>
  >;
}
interface StrykerMutant {
  readonly id: string;
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: Place; readonly end: Place };
}
interface Place {
  readonly line: number;
  readonly column: number;
}

interface Survivor {
  readonly file: string;
  readonly line: number;
  readonly was: string;
  readonly is: string;
  /** The whole file, broken. */
  readonly text: string;
}

function survivorsIn({ files }: StrykerReport, wanted: readonly string[]): Survivor[] {
  return Object.entries(files).flatMap(([path, { source, mutants }]) => {
    const file = path.replace('src/core/', '');
    if (wanted.length > 0 && !wanted.some((part) => file.includes(part))) return [];
    return mutants
      .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
      .map(({ location, replacement = '' }) => {
        const [from, to] = [offsetOf(source, location.start), offsetOf(source, location.end)];
        const text = source.slice(0, from) + replacement + source.slice(to);
        return { file, line: location.start.line, was: source.slice(from, to), is: replacement, text };
      });
  });
}

function offsetOf(source: string, { line, column }: Place): number {
  const before = source.split('\n').slice(0, line - 1);
  return before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
}

/** The first model in which a broken core differs, and how; null when it does in none. */
function firstDifference(core: Core, models: readonly string[]): string | null {
  for (const name of models) {
    const difference = differenceIn(core, name);
    if (difference !== null) return `${name}: ${difference}`;
  }
  return null;
}

function differenceIn(core: Core, name: string): string | null {
  const { graph } = readGolden(name);
  try {
    const { violation, summary } = explore(modelOf(core, loadSlice(name)), { statesMax: graph.states + 1 });
    if (violation !== null) return violation.invariant;
    return summaryDifferences(graph, summary).length > 0 ? 'graph' : null;
  } catch {
    return 'the model cannot even start';
  }
}

function modelsUpTo(edgesMax: number): string[] {
  const edgesOf = (name: string): number => readGolden(name).graph.edges;
  return modelsWithGolden()
    .filter((name) => edgesOf(name) <= edgesMax)
    .toSorted((a, b) => edgesOf(a) - edgesOf(b));
}

async function main([edgesMax = '20000', ...files]: readonly string[]): Promise<void> {
  const survivors = survivorsIn(JSON.parse(readFileSync(reportPath, 'utf8')) as StrykerReport, files);
  const models = modelsUpTo(Number(edgesMax));
  const compiled = compileCore();
  const findings: object[] = [];
  for (const { text, ...survivor } of survivors) {
    const caught = firstDifference(await compiled.loadWith(survivor.file, text), models);
    findings.push({ ...survivor, caught });
    const { file, line, was, is } = survivor;
    process.stdout.write(
      `${file}:${line}: ${JSON.stringify(was)} -> ${JSON.stringify(is)}: ${caught ?? 'survives'}\n`,
    );
  }
  compiled.dispose();
  writeFileSync(findingsPath, JSON.stringify(findings, null, 2));
}

await main(process.argv.slice(2));
