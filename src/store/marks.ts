import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Entry, RequestId } from '../core/index.ts';
import { subjectsOf, type EntryAt, type Subject } from './subjects.ts';

/** What the index has of an entry. */
export interface Mark {
  readonly revision: number;
  readonly subjects: readonly Subject[];
  /** Of its request id; 0 when it has none. */
  readonly print: number;
}

export function markOf(entry: Entry, entryAt: EntryAt): Mark {
  const { revision, requestId } = entry;
  return {
    revision,
    subjects: subjectsOf(entry, entryAt),
    print: requestId === null ? 0 : printOf(requestId),
  };
}

/** 32 bits of a request id, never 0: enough to know for nearly every new one that it is not in the log. */
export function printOf(requestId: RequestId): number {
  return crc32(requestId) || 1;
}

/**
 * 128 bits of a request id: all that is kept of those whose entries are gone. Of its UTF-16 form, in which ids differ
 * whenever they do as strings.
 */
export function fingerprintOf(requestId: RequestId): Uint8Array {
  return hash('sha256', Buffer.from(requestId, 'utf16le'), 'buffer').subarray(0, 16);
}
