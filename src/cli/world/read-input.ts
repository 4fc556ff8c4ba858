import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { invalidInput } from '../answer/errors.ts';

/** Bytes of a text that is given to be written: more than any context file that is read. */
const inputBytesMax = 1024 * 1024;

/** See `World.readInput`. */
export async function readInput(cwd: string, path: string | null): Promise<string> {
  const named = path === null ? 'standard input' : JSON.stringify(path);
  const stream = path === null ? process.stdin : openRegular(resolve(cwd, path), named);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > inputBytesMax) throw invalidInput(`${named} has more than ${inputBytesMax} bytes: split it`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    throw invalidInput(`${named} is no text in UTF-8: save it as such first`);
  }
}

function openRegular(path: string, named: string): AsyncIterable<unknown> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw invalidInput(`there is no file ${named}`);
  if (!found.isFile()) throw invalidInput(`${named} is no file`);
  return createReadStream(path);
}
