import { describe, expect, it } from 'vitest';
import { Machine } from '../../test/support/machine.ts';
import { asRevision, encodeState, type Entry } from '../core/index.ts';
import { fromJsonLines, toJsonLines } from './json-lines.ts';
import type { LogRecord, LogSource } from './log-source.ts';
import { verifyLog } from './verify-log.ts';

function machineWithLog(): Machine {
  const machine = new Machine();
  machine.define({ a: [], 'lib/ä': ['a'] });
  machine.define({ a: [] });
  machine.define({ a: [], b: ['a'] });
  return machine;
}

async function* each(entries: readonly Entry[]): AsyncGenerator<LogRecord> {
  for (const entry of entries) yield { kind: 'entry', entry };
}

function sourceOf(entries: readonly Entry[]): LogSource {
  const bounds = { first: asRevision(1), last: asRevision(entries.length) };
  return { bounds, base: null, records: each(entries) };
}

async function exportOf(source: LogSource): Promise<string> {
  const lines: string[] = [];
  for await (const line of toJsonLines(source)) lines.push(`${line}\n`);
  return lines.join('');
}

/** In chunks of a few bytes, so that lines and characters are cut. */
async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += 7) yield bytes.subarray(start, start + 7);
}

async function read(text: string): Promise<Entry[]> {
  const { records } = await fromJsonLines(bytesOf(text));
  const entries: Entry[] = [];
  for await (const record of records) if (record.kind === 'entry') entries.push(record.entry);
  return entries;
}

describe('an export', () => {
  it('brings every entry back as it was', async () => {
    const { log } = machineWithLog();
    expect(await read(await exportOf(sourceOf(log)))).toEqual(log);
  });

  it('of an empty log has no entries', async () => {
    expect(await read(await exportOf(sourceOf([])))).toEqual([]);
  });

  it('of a compacted log begins with the snapshot that its first entry follows', async () => {
    const machine = machineWithLog();
    const { log } = machine;
    const twin = new Machine();
    twin.define({ a: [], 'lib/ä': ['a'] });
    const base = { revision: asRevision(1), atMs: twin.state.timeMs, body: encodeState(twin.state) };
    const bounds = { first: asRevision(2), last: asRevision(3) };
    const text = await exportOf({ bounds, base, records: each(log.slice(1)) });
    const report = await verifyLog(await fromJsonLines(bytesOf(text)));
    expect(report).toMatchObject({ finding: null, after: 1, entries: 2, revision: 3, revisionsChecked: 2 });
  });

  it.each([
    ['nothing', () => '', 'line 1 (byte 0): there is nothing to read'],
    ['what is no JSON', () => 'hello\n', 'line 1 (byte 0): it is not JSON'],
    ['JSON of another kind', () => '[1]\n', 'line 1 (byte 0): it is JSON, but no object'],
    ['another program’s log', () => '{"log":"other"}\n', 'line 1 (byte 0): it is no export of a log'],
    [
      'a later format',
      (text: string) => text.replace('"format":1', '"format":2'),
      'line 1 (byte 0): it has format 2',
    ],
    [
      'a header without bounds',
      (text: string) => text.replace('"first":1', '"first":"1"'),
      'line 1 (byte 0)',
    ],
    [
      'a compacted log without its snapshot',
      (text: string) => text.replace('"first":1', '"first":2'),
      'line 1 (byte 0)',
    ],
    ['a torn last line', (text: string) => text.slice(0, -20), 'line 4 (byte \\d+): the last line is torn'],
    [
      'lines missing at the end',
      (text: string) => text.split('\n').slice(0, 3).join('\n'),
      'line 3 (byte \\d+): the log was cut short: .* revision 3, 1 more',
    ],
    [
      'a line too many',
      (text: string) => `${text}${text.split('\n')[3]}\n`,
      'line 5 (byte \\d+): .* ends at revision 3',
    ],
    [
      'a line that is no entry',
      (text: string) => text.replace('"revision":2,', ''),
      'line 3 (byte \\d+): it is no log entry',
    ],
    [
      'an entry without events',
      (text: string) => text.replaceAll('"events"', '"event"'),
      'line 2 (byte \\d+): entry 1 lacks',
    ],
  ])('with %s is refused with line and byte', async (_case, change, problem) => {
    const text = await exportOf(sourceOf(machineWithLog().log));
    const pattern = problem.replaceAll('(byte', '\\(byte').replaceAll(/(\d|\+)\)/g, '$1\\)');
    await expect(read(change(text))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringMatching(new RegExp(`^${pattern}`)),
    });
  });
});

describe('verifying a log', () => {
  it('tells how far it is, every thousand entries', async () => {
    const machine = new Machine();
    machine.define({ a: [] });
    const seen: number[] = [];
    for (let turn = 0; turn < 1_250; turn += 1) machine.define(turn % 2 === 0 ? { a: [], b: [] } : { a: [] });
    const report = await verifyLog(sourceOf(machine.log), {
      invariantsEvery: 10,
      onProgress: (n) => seen.push(n),
    });
    expect(seen).toEqual([1_000]);
    expect(report).toMatchObject({ finding: null, entries: 1_251, revisionsChecked: 125 });
  });

  it('fails when the snapshot that it begins with cannot be used', async () => {
    const base = { revision: asRevision(4), atMs: 0 as never, body: '{}' };
    const bounds = { first: asRevision(5), last: asRevision(5) };
    await expect(verifyLog({ bounds, base, records: each([]) })).rejects.toMatchObject({
      code: 'STORE_FAILURE',
      details: { store: 'CORRUPT_SNAPSHOT', revision: 4 },
    });
  });
});
