/** What a scope is, as one number: its own files, its command, and what it depends on. */
import { createHash } from 'node:crypto';
import { scopeAround, type ScopePath } from '../core/index.ts';

/** By scope, a digest of the files that belong to it: 64 hexadecimal digits. */
export type OwnDigests = ReadonlyMap<ScopePath, string>;

/**
 * Digests of the scopes' own files. `content`: of each file by its path, in the order of Git's index, a text that is another
 * one when the file is. A scope without files has one, too; files that are in no scope count for none.
 */
export function ownDigests(
  scopes: Iterable<ScopePath>,
  content: ReadonlyMap<string, string>,
): Map<ScopePath, string> {
  const hashes = new Map([...scopes].map((scope) => [scope, createHash('sha256')]));
  const around = new Map<string, ScopePath | null>();
  const isScope = (path: ScopePath): boolean => hashes.has(path);
  for (const [path, text] of content) {
    const slash = path.lastIndexOf('/');
    const folder = slash === -1 ? '.' : path.slice(0, slash);
    let scope = around.get(folder);
    if (scope === undefined) around.set(folder, (scope = scopeAround(isScope, folder as ScopePath)));
    if (scope !== null) hashes.get(scope)?.update(`${path}\0${text}\n`);
  }
  return new Map([...hashes].map(([scope, hash]) => [scope, hash.digest('hex')]));
}

export interface DigestParts {
  readonly own: string;
  /** What is run when it is synced; null: nothing. */
  readonly command: string | null;
  /** Of what it depends on, by their paths. */
  readonly dependencies: ReadonlyMap<ScopePath, string>;
}

/** The digest of a scope with all that it stands on: 64 hexadecimal digits, the last eight of which tell that it is one of these. */
export function treeDigest({ own, command, dependencies }: DigestParts): string {
  const below = [...dependencies].sort(([one], [other]) => (one < other ? -1 : 1));
  const said = JSON.stringify([own, command, below]);
  const body = sha256(said).slice(0, -markDigits);
  return body + markOf(body);
}

/** Whether a digest is one of these, and not what somebody else has presented. */
export function isTreeDigest(digest: string): boolean {
  return markOf(digest.slice(0, -markDigits)) === digest.slice(-markDigits);
}

const markDigits = 8;
const markOf = (body: string): string => sha256(`rhema sync ${body}`).slice(0, markDigits);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
