import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeEntry, decodeSnapshot, encodeEntry, encodeSnapshot, storedFormat } from './codec.ts';
import { damageRemedy } from './errors.ts';
import { sampleEntry, sampleSnapshot } from './samples.ts';

const row = encodeEntry(sampleEntry(7));
const withBody = (body: string) => ({ ...row, body, checksum: crc32(body) });
const changed = (change: Record<string, unknown>) =>
  withBody(JSON.stringify({ ...sampleEntry(7), ...change }));

describe('stored entries', () => {
  test('an entry comes back as it was', () => {
    expect(decodeEntry(row)).toEqual(sampleEntry(7));
  });

  test.each([
    ['a byte differs', { ...row, body: row.body.replace('operator', 'operatoR') }],
    ['the end is missing', { ...row, body: row.body.slice(0, -1) }],
    ['the body is empty', { ...row, body: '' }],
    ['the checksum differs', { ...row, checksum: row.checksum + 1 }],
    ['the format never existed', { ...row, format: 0 }],
    ['the body is not JSON', withBody('{"revision":7')],
    ['the body is no object', withBody('[7]')],
    ['it belongs to another revision', changed({ revision: 8 })],
    ['the time is not a whole number', changed({ atMs: 1.5 })],
    ['the command is missing', changed({ kind: undefined })],
    ['there are no events', changed({ events: [] })],
    ['the events are no list', changed({ events: { kind: 'agent.left' } })],
    ['an event has no kind', changed({ events: [{ agent: 'a' }] })],
  ])('an entry is corrupt, and named with what to do, when %s', (_case, corrupt) => {
    expect(() => decodeEntry(corrupt)).toThrow(
      expect.objectContaining({
        code: 'CORRUPT_ENTRY',
        revision: 7,
        message: expect.stringMatching(/entry 7 is corrupt: .+: move the log away, with the -wal beside it/),
      }),
    );
  });

  test('an entry of a later format names both formats', () => {
    expect(() => decodeEntry({ ...row, format: storedFormat + 1 })).toThrow(
      expect.objectContaining({
        code: 'NEWER_FORMAT',
        revision: 7,
        message: expect.stringMatching(/format 4; .* up to format 3/),
      }),
    );
  });
});

describe('stored snapshots', () => {
  const stored = encodeSnapshot(sampleSnapshot(7));

  test('a snapshot comes back as it was', () => {
    expect(decodeSnapshot(stored)).toEqual(sampleSnapshot(7));
  });

  test.each([
    ['revision', { ...stored, revision: 8 }],
    ['time', { ...stored, atMs: stored.atMs + 1 }],
    ['body', { ...stored, body: `${stored.body} ` }],
    ['checksum', { ...stored, checksum: 0 }],
  ])('a snapshot whose %s differs is corrupt', (_part, corrupt) => {
    expect(() => decodeSnapshot(corrupt)).toThrow(
      expect.objectContaining({
        code: 'CORRUPT_SNAPSHOT',
        revision: corrupt.revision,
        message: expect.stringContaining(damageRemedy) as string,
      }),
    );
  });

  test('a snapshot of a later format is not called corrupt', () => {
    expect(() => decodeSnapshot({ ...stored, format: storedFormat + 1 })).toThrow(
      expect.objectContaining({ code: 'NEWER_FORMAT' }),
    );
  });
});
