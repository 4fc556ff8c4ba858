/**
 * A log as JSON Lines, without loss: a header, then each entry as it is, one a line.
 *
 *     {"log":"rhema","format":1,"first":1,"last":2,"snapshot":null}
 *     {"revision":1,"atMs":...}
 *     {"revision":2,"atMs":...}
 *
 * A log that was compacted begins with the snapshot that its first entry follows. The header says how far the log goes,
 * so that one that was cut short is told from one that ends there.
 */
import { asRevision, asTimeMs, escapeUnclear, type Entry } from '../core/index.ts';
import { CoordinatorError, LineSplitter, LineTooLongError } from '../protocol/index.ts';
import type { StoredSnapshot } from '../store/index.ts';
import type { LogRecord, LogSource } from './log-source.ts';

/** Raised when an older program could misread it. */
const format = 1;
/** A line is an entry or a snapshot: the largest graphs take some tens of megabytes. */
const lineBytesMax = 256 * 1024 * 1024;

interface Header {
  readonly log: 'rhema';
  readonly format: number;
  readonly first: number;
  readonly last: number;
  readonly snapshot: { readonly revision: number; readonly atMs: number; readonly body: string } | null;
}

/** The lines of a log, without their ends. People look at them, too: what hides in a text is there as an escape. */
export async function* toJsonLines({ bounds, base, records }: LogSource): AsyncGenerator<string> {
  const { first, last } = bounds;
  yield lineOf({ log: 'rhema', format, first, last, snapshot: base } satisfies Header);
  for await (const record of records) if (record.kind === 'entry') yield lineOf(record.entry);
}

const lineOf = (value: object): string => escapeUnclear(JSON.stringify(value));

/**
 * The log in the bytes of an export. Throws a {@link CoordinatorError} `INVALID_INPUT` that names line and byte, here when
 * it does not begin as an export, and from `records` where it goes wrong later.
 */
export async function fromJsonLines(bytes: AsyncIterable<Uint8Array>): Promise<LogSource> {
  const lines = linesOf(bytes);
  const opening = await lines.next();
  if (opening.done === true) throw invalid({ number: 1, byte: 0 }, 'there is nothing to read: it is empty');
  const { first, last, snapshot } = headerOf(opening.value);
  const bounds = { first: asRevision(first), last: asRevision(last) };
  return { bounds, base: snapshot, records: recordsOf(lines, first, last) };
}

async function* recordsOf(
  lines: AsyncIterable<Line>,
  first: number,
  last: number,
): AsyncGenerator<LogRecord> {
  let missing = last - first + 1;
  let end: Position = { number: 1, byte: 0 };
  for await (const line of lines) {
    end = line;
    if (missing === 0) throw invalid(line, `the header says that the log ends at revision ${last}`);
    yield { kind: 'entry', entry: entryOf(line) };
    missing -= 1;
  }
  if (missing > 0)
    throw invalid(
      end,
      `the log was cut short: the header says that it goes to revision ${last}, ${missing} more`,
    );
}

function headerOf(line: Line): Omit<Header, 'snapshot'> & { readonly snapshot: StoredSnapshot | null } {
  const header = objectOf(line);
  if (header['log'] !== 'rhema')
    throw invalid(line, 'it is no export of a log: `rhema log --export` begins with {"log":"rhema"');
  if (header['format'] !== format)
    throw invalid(
      line,
      `it has format ${JSON.stringify(header['format'])}; this program reads format ${format}`,
    );
  const { first, last, snapshot } = header as unknown as Header;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first < 1 || last < first - 1)
    throw invalid(line, `the header says that the log goes from ${String(first)} to ${String(last)}`);
  return { log: 'rhema', format, first, last, snapshot: baseOf(line, first, snapshot) };
}

function baseOf(line: Line, first: number, snapshot: Header['snapshot'] | undefined): StoredSnapshot | null {
  if (first === 1 && snapshot === null) return null;
  if (typeof snapshot?.body !== 'string' || snapshot.revision !== first - 1)
    throw invalid(line, `the log begins at revision ${first}, and has no snapshot of revision ${first - 1}`);
  const { revision, atMs, body } = snapshot;
  return { revision: asRevision(revision), atMs: asTimeMs(atMs), body };
}

/** As much of an entry's shape as must be there to speak of it; the rest is for the verifier. */
function entryOf(line: Line): Entry {
  const entry = objectOf(line);
  const { revision, kind, events, result } = entry;
  if (!Number.isSafeInteger(revision)) throw invalid(line, 'it is no log entry: it has no revision');
  if (typeof kind !== 'string' || !Array.isArray(events) || !isObject(result))
    throw invalid(line, `entry ${String(revision)} lacks its command, its events or its result`);
  return entry as unknown as Entry;
}

function objectOf(line: Line): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    throw invalid(line, line.isTorn ? 'the last line is torn: it has no end' : 'it is not JSON');
  }
  if (isObject(value)) return value;
  throw invalid(line, 'it is JSON, but no object');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where a line begins. */
interface Position {
  /** From 1. */
  readonly number: number;
  /** From 0. */
  readonly byte: number;
}

interface Line extends Position {
  readonly text: string;
  /** Whether it is the last one and does not end with a line break. */
  readonly isTorn: boolean;
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const splitter = new LineSplitter(lineBytesMax);
  const position = { number: 1, byte: 0 };
  let readBytes = 0;
  let endsWithBreak = true;
  const next = (text: string, isTorn: boolean): Line => {
    const line = { ...position, text, isTorn };
    position.number += 1;
    position.byte += Buffer.byteLength(text) + 1;
    return line;
  };
  for await (const chunk of bytes) {
    if (chunk.length === 0) continue;
    readBytes += chunk.length;
    endsWithBreak = chunk.at(-1) === 0x0a;
    for (const text of cut(splitter, Buffer.from(chunk), position)) yield next(text, false);
  }
  if (readBytes > 0 && !endsWithBreak)
    for (const text of cut(splitter, Buffer.from('\n'), position)) yield next(text, true);
}

function cut(splitter: LineSplitter, chunk: Buffer, position: Position): string[] {
  try {
    return splitter.push(chunk);
  } catch (error) {
    if (error instanceof LineTooLongError) throw invalid(position, 'the line is too long for a log entry');
    throw error;
  }
}

function invalid({ number, byte }: Position, problem: string): CoordinatorError {
  const message = `line ${number} (byte ${byte}): ${problem}`;
  return new CoordinatorError('INVALID_INPUT', message, { details: { line: number, byte } });
}
