import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Timeline, type TraceEvent } from '../../insights/index.ts';
import { count } from '../../wording/index.ts';
import type { Call } from '../call.ts';
import { CommandError } from '../answer/errors.ts';
import { exitCodes } from '../answer/exit-codes.ts';
import { done, ended, type Outcome } from '../answer/outcome.ts';
import { line } from '../format/text.ts';
import { logWindow, type LogWindow } from './log-window.ts';

export interface TraceExportInput {
  readonly format: 'perfetto';
  readonly since?: string;
  readonly out?: string;
}

/** Characters that are written at once. */
const batchLength = 64 * 1024;

/** Where the picture goes, no faster than it is taken. */
interface Sink {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/** The log as a picture over time, in a form that others show. */
export async function exportTrace(call: Call, { since, out }: TraceExportInput): Promise<Outcome> {
  const window = await logWindow(call, since);
  if (out === undefined) {
    await writeTrace(window, standardOutput(call));
    return ended(exitCodes.done);
  }
  const file = resolve(call.cwd, out);
  const events = await writeTrace(window, await fileSink(file));
  const data = { file, format: 'perfetto', events };
  return done(
    window.revision,
    data,
    () =>
      line`${count(events, 'event')} written to ${file}: open it in https://ui.perfetto.dev or chrome://tracing`,
  );
}

async function writeTrace(window: LogWindow, sink: Sink): Promise<number> {
  let [batch, events] = ['{"displayTimeUnit":"ms","traceEvents":[\n', 0];
  const add = (event: TraceEvent): void => {
    batch += `${events === 0 ? '' : ',\n'}${JSON.stringify(event)}`;
    events += 1;
  };
  const timeline = new Timeline(window.opening, add);
  for await (const entry of window.entries()) {
    timeline.take(entry);
    if (batch.length < batchLength) continue;
    await sink.write(batch);
    batch = '';
  }
  timeline.finish(window.lastMs);
  await sink.write(`${batch}\n]}\n`);
  await sink.close();
  return events;
}

function standardOutput(call: Call): Sink {
  const { stdout } = call.ports;
  return {
    write: async (text) => {
      stdout.write(text);
      await stdout.drained?.();
    },
    close: async () => undefined,
  };
}

/** A file that the user names: written as it is, wherever it leads. */
async function fileSink(file: string): Promise<Sink> {
  const handle = await open(file, 'w').catch((error: Error) => {
    throw new CommandError('INVALID_INPUT', exitCodes.invalid, `${file} cannot be written: ${error.message}`);
  });
  return {
    write: (text) => handle.writeFile(text),
    close: () => handle.close(),
  };
}
