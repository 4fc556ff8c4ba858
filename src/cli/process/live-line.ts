import { every } from '../../time/index.ts';
import type { ProcessPorts } from './ports.ts';
import type { Style } from '../format/style.ts';
import { shortened } from '../format/width.ts';
import { duration } from '../../wording/index.ts';

/** What takes less is not told of. */
const patienceMs = 500;

/** Of a call, what it takes to tell how long it takes. */
interface Telling {
  readonly ports: ProcessPorts;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly errorStyle: Style;
}

/**
 * Tells a person who looks at a terminal what takes so long, and for how long by now, on one line that goes away. Nobody
 * else is told: not who reads JSON or a pipe, nor who wants quiet.
 */
export async function whileTelling<T>(call: Telling, what: string, work: () => Promise<T>): Promise<T> {
  const { clock } = call.ports;
  if (!canTell(call)) return work();
  let stop = (): void => undefined;
  const cancel = clock.schedule(
    patienceMs,
    () => (stop = liveLine(call, what, clock.monotonicMs() - patienceMs)),
  );
  try {
    return await work();
  } finally {
    cancel();
    stop();
  }
}

export function canTell({ quiet, json, ports }: Telling): boolean {
  return !quiet && !json && ports.stderr.isTTY;
}

/** Draws the line, and anew each second, until told to stop. */
export function liveLine({ ports, errorStyle }: Telling, what: string, startedMs: number): () => void {
  const { clock, stderr } = ports;
  const { columns } = errorStyle;
  const draw = (): void => {
    const text = `${what}, ${duration(clock.monotonicMs() - startedMs)} `;
    // A line that is broken could not be taken away again.
    stderr.write(`\r\u001b[2K${columns === null ? text : shortened(text, columns - 1)}`);
  };
  draw();
  const stop = every(clock, 1_000, draw);
  return () => {
    stop();
    stderr.write('\r\u001b[2K');
  };
}
