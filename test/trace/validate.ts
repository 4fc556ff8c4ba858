/** Asks TLC whether a recorded log is a behaviour of the specification. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Entry } from '../../src/core/index.ts';
import { packageRoot } from '../withstand/support/places.ts';
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

/** Of `spec/tools/tlc.mjs`. */
interface Tlc {
  readonly specFolder: string;
  findTlc(): string;
  runTlc(jar: string, config: TlcConfig, options: readonly string[]): TlcRun;
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

const tools = pathToFileURL(join(packageRoot, 'spec', 'tools', 'tlc.mjs')).href;

/** Validates a whole log. Throws when TLC cannot be had, when it fails otherwise, and when there is nothing to consume. */
export async function validateTrace(entries: readonly Entry[]): Promise<TraceVerdict> {
  const tlc = (await import(tools)) as Tlc;
  const jar = tlc.findTlc();
  const segments = translate(entries);
  const judged = segments.reduce((count, { revisions }) => count + revisions.length, 0);
  if (judged === 0) throw new Error('there is nothing to validate: no entry is in the alphabet of the specification');
  const outside = entries.length - judged;
  let consumed = 0;
  for (const segment of segments) {
    const rejected = validateSegment(tlc, jar, segment);
    if (rejected !== null) {
      consumed += segment.revisions.indexOf(rejected.revision);
      return { rejected, consumed, outside, segments: segments.length };
    }
    consumed += segment.revisions.length;
  }
  return { rejected: null, consumed, outside, segments: segments.length };
}

function validateSegment(tlc: Tlc, jar: string, segment: Segment): Rejected | null {
  const folder = mkdtempSync(join(tmpdir(), 'trace-'));
  const sources = join(tlc.specFolder, 'trace');
  try {
    copyFileSync(join(sources, 'Trace.tla'), join(folder, 'Trace.tla'));
    writeFileSync(join(folder, 'TraceLog.tla'), segment.module);
    const text = `${segment.config}${readFileSync(join(sources, 'Trace.cfg'), 'utf8')}`;
    const config = { name: 'Trace', folder: relative(tlc.specFolder, folder), text, module: 'Trace' };
    // Of a long log that is refused only what changes is shown.
    const run = tlc.runTlc(jar, config, ['-difftrace']);
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
  const line = Number(output.match(/^\/\\ line = \d+/gm)?.at(-1)?.replace(/\D+/, ''));
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
  return text.replaceAll(/\b[as]\d+\b/g, (short) => legend.get(short) ?? short);
}
