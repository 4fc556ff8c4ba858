/** The calls that can go wrong; `read` stands for every call that only reads. */
export type StoreCall = 'append' | 'read' | 'saveSnapshot' | 'compact';

/**
 * What happens to a call. A lie (an append refused without reason, a wrong answer) is not among it.
 *
 * - `failed`: it never reaches the store, and says so (`IO`, retryable);
 * - `requestLost` (appends): it never reaches the store, and nobody can tell;
 * - `answerLost` (appends): it takes effect, and nobody can tell.
 */
export type Fault = 'none' | 'failed' | 'requestLost' | 'answerLost';

export interface PlannedCall {
  readonly fault: Fault;
  /** Time that passes before the call reaches the store. */
  readonly delayMs: number;
}

/** Decides about each call, in the order in which they are made. */
export type FaultPlan = (call: StoreCall) => PlannedCall;

export const noFaults: FaultPlan = () => ({ fault: 'none', delayMs: 0 });

/** How often each thing happens, as a share (0 to 1) of the calls to which it can happen. */
export interface FaultRates {
  readonly failed: number;
  readonly requestLost: number;
  readonly answerLost: number;
  readonly delayed: number;
  /** Longest delay. */
  readonly delayMaxMs: number;
}

/** A plan by chance: the same random numbers, uniform in [0, 1), give the same faults. */
export function randomFaults(random: () => number, rates: FaultRates): FaultPlan {
  return (call) => ({ fault: drawFault(call, random(), rates), delayMs: drawDelayMs(random(), rates) });
}

function drawFault(call: StoreCall, lot: number, rates: FaultRates): Fault {
  const { failed, requestLost, answerLost } = rates;
  if (lot < failed) return 'failed';
  if (call !== 'append') return 'none';
  if (lot < failed + requestLost) return 'requestLost';
  return lot < failed + requestLost + answerLost ? 'answerLost' : 'none';
}

/** The share of the lot that means delay is stretched over the possible delays. */
function drawDelayMs(lot: number, { delayed, delayMaxMs }: FaultRates): number {
  return lot < delayed ? Math.ceil((lot / delayed) * delayMaxMs) : 0;
}
