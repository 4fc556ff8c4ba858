import { dirname } from 'node:path';
import { closeSync, fstatSync, readSync } from 'node:fs';
import { withAccess } from '../../client/index.ts';
import { isOwnFolder, openToRead } from '../../files/index.ts';
import { every } from '../../time/index.ts';
import type { ProcessPorts } from '../process/ports.ts';
import type { ExitCode } from '../answer/exit-codes.ts';
import { untilSignal } from '../process/signals.ts';

const lookAgainMs = 300;

export interface TextFrom {
  readonly text: string;
  /** Where to read on: behind the last whole line. */
  readonly endByte: number;
}

/** The whole lines of a file of this user's from a byte on; a file that is not there yet has none. */
export async function readFrom(file: string, startByte: number): Promise<TextFrom> {
  const handle = withAccess(file, () => (isOwnFolder(dirname(file)) ? openToRead(file) : null));
  if (handle === null) return { text: '', endByte: 0 };
  try {
    const { size } = fstatSync(handle);
    // A file that has become shorter was begun anew.
    const from = size < startByte ? 0 : startByte;
    const buffer = Buffer.alloc(size - from);
    const bytesRead = readSync(handle, buffer, 0, buffer.length, from);
    const whole = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
    return { text: buffer.toString('utf8', 0, whole), endByte: from + whole };
  } finally {
    closeSync(handle);
  }
}

/** Hands on what is added to a file, until a signal asks to end; says how the process ends then. */
export async function followFile(
  ports: ProcessPorts,
  file: string,
  startByte: number,
  tell: (text: string) => void,
): Promise<ExitCode> {
  let endByte = startByte;
  const stop = every(ports.clock, lookAgainMs, async () => {
    const more = await readFrom(file, endByte);
    endByte = more.endByte;
    if (more.text !== '') tell(more.text);
  });
  try {
    return await untilSignal(
      ports,
      (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    );
  } finally {
    stop();
  }
}
