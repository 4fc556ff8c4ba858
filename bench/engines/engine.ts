/** A lock service as people would pick one, durable: what it answers has been synced to the disk. */
export interface Engine {
  readonly name: string;
  /** Starts it in an empty folder. Throws {@link NotInstalledError}. */
  start(folder: string): Promise<RunningEngine>;
}

export interface RunningEngine {
  /** A caller with a connection of its own, the lock it works on, and whether others wait for that. */
  connect(caller: string, lock: number, isWaitedFor: boolean): Promise<LockClient>;
  /** Ends it, and what is connected to it. */
  stop(): Promise<void>;
}

/** Takes and gives back one lock. What is not granted is an error here. */
export interface LockClient {
  acquire(): Promise<void>;
  release(): Promise<void>;
  /** Waits for the lock that another has; resolves once it waits. Absent where that is not measured. */
  readonly queue?: () => Promise<{ readonly granted: Promise<void> }>;
}

/** How many locks there may be. */
export const locksMax = 66;
/** How long a lock lasts whose holder says no more. */
export const leaseMs = 600_000;

/** This machine does not have it. */
export class NotInstalledError extends Error {
  override readonly name = 'NotInstalledError';
}

/** The answer is not the one that a free lock, or one that is held, gives. */
export function unexpected(answer: unknown): Error {
  return new Error(`not the answer that was expected: ${JSON.stringify(answer)}`);
}
