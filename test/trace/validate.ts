/** Asks TLC whether a recorded log is a behaviour of the specification. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { initialState, type Entry, type State } from '../../src/core/index.ts';
import { packageRoot } from '../withstand/support/paths.ts';
import { translate, type Segment } from './translate.ts';

export interface TraceVerdict {
  /** Null when every entry was consumed. */
  readonly rejected: Rejected | null;
  /** Entries that were consumed. */
  readonly consumed: number;
  /** Entries that change constants of the specification: they lie between the segments, and are not judged. */
  readonly outside: number;
  /** Runs of TLC that it took. */
  readonly segments: number;
}

/** The first entry that is no step of the specification. */
export interface Rejected {
  readonly revision: number;
  /** As TLC tells it, with the log's own names. */
  readonly why: string;
}

/** Of `spec/tools`. */
interface Tlc {
  readonly specFolder: string;
  runTlc(jar: string, config: TlcConfig, options: readonly string[]): Promise<TlcRun>;
}

interface TlcConfig {
  readonly name: string;
  /** Relative to the folder of the specification. */
  readonly folder: string;
  readonly text: string;
  readonly module: string;
}

interface TlcRun {
  readonly failure: string | null;
  readonly violated: string | null;
  /** States found. */
  readonly distinct: number;
  readonly output: string;
}

function importTool<Tool>(file: string): Promise<Tool> {
  return import(pathToFileURL(join(packageRoot, 'spec', 'tools', file)).href) as Promise<Tool>;
}

/** The path of TLC's jar. Throws an `UnavailableError` when it or Java is not to be had on this machine. */
export async function findTlc(): Promise<string> {
  const tool = await importTool<{ findTlc(): Promise<string> }>('find-tlc.mjs');
  return tool.findTlc();
}

/**
 * Validates a log from the state that its first entry follows on. Throws when TLC cannot be had, when it fails otherwise,
 * and when there is nothing to consume.
 */
export async function validateTrace(
  entries: readonly Entry[],
  base: State = initialState(),
): Promise<TraceVerdict> {
  const tlc = await importTool<Tlc>('tlc.mjs');
  const jar = await findTlc();
  const segments = translate(entries, base);
  const judged = segments.reduce((count, { revisions }) => count + revisions.length, 0);
  if (judged === 0)
    throw new Error('there is nothing to validate: no entry is in the alphabet of the specification');
  const outside = entries.length - judged;
  let consumed = 0;
  for (const segment of segments) {
    const rejected = await validateSegment(tlc, jar, segment);
    if (rejected !== null) {
      consumed += segment.revisions.indexOf(rejected.revision);
      return { rejected, consumed, outside, segments: segments.length };
    }
    consumed += segment.revisions.length;
  }
  return { rejected: null, consumed, outside, segments: segments.length };
}

async function validateSegment(tlc: Tlc, jar: string, segment: Segment): Promise<Rejected | null> {
  const folder = mkdtempSync(join(tmpdir(), 'trace-'));
  const sources = join(tlc.specFolder, 'trace');
  try {
    copyFileSync(join(sources, 'Trace.tla'), join(folder, 'Trace.tla'));
    writeFileSync(join(folder, 'TraceLog.tla'), segment.module);
    const text = `${segment.config}${readFileSync(join(sources, 'Trace.cfg'), 'utf8')}`;
    const config = { name: 'Trace', folder: relative(tlc.specFolder, folder), text, module: 'Trace' };
    // Of a long log that is refused only what changes is shown.
    const run = await tlc.runTlc(jar, config, ['-difftrace']);
    return readVerdict(run, segment);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Accepted is only what TLC has consumed to the last line, in the three steps that each line takes. */
function readVerdict({ failure, violated, distinct, output }: TlcRun, segment: Segment): Rejected | null {
  const lines = segment.revisions.length;
  const isConsumed = output.includes(`"CONSUMED ${lines}"`) && distinct === 3 * lines + 1;
  if (failure === null && violated === null && isConsumed) return null;
  const line = Number(
    output
      .match(/^\/\\ line = \d+/gm)
      ?.at(-1)
      ?.replace(/\D+/, ''),
  );
  const revision = segment.revisions[line - 1];
  const isVerdict = violated !== null || output.includes('Error: Deadlock reached.');
  if (!isVerdict || revision === undefined) throw new Error(`TLC has not finished:\n${output.slice(-4_000)}`);
  return { revision, why: withLongNames(reasonIn(output, line, violated), segment) };
}

function reasonIn(output: string, line: number, violated: string | null): string {
  const told = new RegExp(`"REJECTED ${line} ([^]*?)"\\n`).exec(output)?.[1];
  if (told !== undefined) return told.replaceAll(/\\"/g, '"').replaceAll(/\s+/g, ' ');
  if (violated !== null && violated !== 'temporal') return `${violated} is violated`;
  return 'the specification has no such step here';
}

function withLongNames(text: string, { legend }: Segment): string {
  return text.replaceAll(/(?:\b[asf]|@q)\d+\b/g, (short) => legend.get(short) ?? short);
}
