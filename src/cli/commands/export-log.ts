import { toJsonLines } from '../../verify/index.ts';
import type { Call } from '../call.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { ended } from '../answer/outcome.ts';
import type { Outcome } from '../answer/outcome.ts';
import { ownLog } from './own-log.ts';

/** Characters that are written at once. */
const batchLength = 64 * 1024;

/** Writes the repository's log as it is now, however long it is, no faster than it is read. */
export async function exportLog(call: Call): Promise<Outcome> {
  const { stdout } = call.ports;
  const source = await ownLog(call);
  let batch = '';
  const write = async (): Promise<void> => {
    stdout.write(batch);
    batch = '';
    await stdout.drained?.();
  };
  try {
    for await (const line of toJsonLines(source)) {
      batch += `${line}\n`;
      if (batch.length >= batchLength) await write();
    }
    await write();
  } finally {
    source.close();
  }
  return ended(exitCodes.done);
}
