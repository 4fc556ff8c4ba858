import type { CoordinatorError } from '../../protocol/index.ts';

/** What takes less is not told of. */
const patienceMs = 2_000;
/** Trouble after so long without any is another one. */
const apartMs = 30_000;

/** Tells once of trouble with a connection that goes on, so that nobody wonders why nothing happens. */
export function troubleLine(
  monotonicMs: () => number,
  note: (text: string) => void,
): (failure: CoordinatorError) => void {
  let beganAtMs = 0;
  let lastAtMs = Number.NEGATIVE_INFINITY;
  let isTold = false;
  return ({ message }) => {
    const nowMs = monotonicMs();
    if (nowMs - lastAtMs > apartMs) [beganAtMs, isTold] = [nowMs, false];
    lastAtMs = nowMs;
    if (isTold || nowMs - beganAtMs < patienceMs) return;
    isTold = true;
    note(`${message}; trying again`);
  };
}
