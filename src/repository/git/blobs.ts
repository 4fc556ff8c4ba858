/** Reading what Git has stored, by the ids of its objects. */
import type { GitCall } from './git.ts';

/** Runs Git where the objects are. */
export type AskGit = (call: Pick<GitCall, 'args' | 'input'>) => Promise<Buffer>;

/**
 * Those of some objects that are stored here. In a partial clone others are on its server alone, and whoever asks for
 * their size or content has Git fetch them, one after another. This question has not, whatever the version of Git.
 */
export async function objectsHere(ask: AskGit, objects: readonly string[]): Promise<string[]> {
  const args = ['rev-list', '--objects', '--no-object-names', '--missing=allow-any', '--ignore-missing'];
  const output = await askAbout(ask, [...args, '--stdin'], objects);
  const here = new Set(output.toString('utf8').split('\n'));
  return objects.filter((object) => here.has(object));
}

/** How many bytes each object has; those that are not there are left out. */
export async function blobSizes(ask: AskGit, objects: readonly string[]): Promise<Map<string, number>> {
  const output = await askAbout(ask, ['cat-file', '--batch-check'], objects);
  const sizes = new Map<string, number>();
  for (const line of output.toString('utf8').split('\n')) {
    const header = parseHeader(line);
    if (header !== null) sizes.set(header.object, header.size);
  }
  return sizes;
}

/** The content of each object; those that are not there are left out. */
export async function readBlobs(ask: AskGit, objects: readonly string[]): Promise<Map<string, Uint8Array>> {
  const output = await askAbout(ask, ['cat-file', '--batch'], objects);
  const contents = new Map<string, Uint8Array>();
  for (let offset = 0; offset < output.length;) {
    // One line of header, the content, one newline; of what is not there the header alone.
    const start = output.indexOf(0x0a, offset) + 1;
    const header = parseHeader(output.toString('utf8', offset, start - 1));
    offset = header === null ? start : start + header.size + 1;
    if (header !== null) contents.set(header.object, output.subarray(start, start + header.size));
  }
  return contents;
}

async function askAbout(ask: AskGit, args: readonly string[], objects: readonly string[]): Promise<Buffer> {
  const unique = [...new Set(objects)];
  if (unique.length === 0) return Buffer.alloc(0);
  return ask({ args, input: unique.map((object) => `${object}\n`).join('') });
}

/** `object blob size`, or `object missing`. */
function parseHeader(line: string): { readonly object: string; readonly size: number } | null {
  const [, object = '', size = ''] = /^([0-9a-f]+) blob (\d+)$/.exec(line) ?? [];
  return object === '' ? null : { object, size: Number(size) };
}
