/** How an agent lost what it held, in words. */
import type { ScopePath } from '../core/index.ts';
import { endOf, type Ended, type LogClock, type Loss } from '../participant/index.ts';
import type { Coordinator } from '../protocol/index.ts';
import type { Timers } from '../time/index.ts';
import { quoted, quotedText } from './text.ts';
import { duration, lockEndText, shownLock } from '../wording/index.ts';

/**
 * What is told of a loss: when and by what, or, when the log cannot be read in time, how to find out. `shown`: the scope of
 * which the answer that tells it says who has it.
 */
export async function lossText(
  coordinator: Coordinator,
  clock: Pick<LogClock, 'nowMs'> & Pick<Timers, 'schedule'>,
  loss: Loss,
  shown: ScopePath | null,
): Promise<string> {
  const ended = await endOf(coordinator, clock, loss);
  const lost = `LOST ${quoted(shownLock(loss))} (token ${loss.token})`;
  if (loss.isHandedOver === true && ended === null)
    return `${lost}: another process goes on as you, and has it now. Do not write there.`;
  const untold = loss.isTold ? '' : ', which was granted while you did not wait,';
  const what = `${lost}${loss.isHandedOver === true ? ': another process goes on as you, and it ended' : untold}`;
  const whoHasIt =
    (loss.scope ?? null) === shown && shown !== null
      ? 'who has it now is said below'
      : 'lock_check says who has it now';
  if (ended === 'begunAnew')
    return `${what} with the log of that time: another one has begun. Do not write there.`;
  if (ended !== null)
    return `${what} ${duration(clock.nowMs() - ended.entry.atMs)} ago: ${causeText(ended)}. Do not write there; ${whoHasIt}.`;
  return `${what.replace(/,$/, '')}; how, the log did not say. Do not write there; ${whoHasIt}.`;
}

const causeText = ({ end, entry: { by } }: Ended): string =>
  lockEndText(end, { by, whose: 'your', as: { name: quoted, text: quotedText } });
