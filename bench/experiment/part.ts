import type { Client } from './client.ts';
import type { Job } from './jobs.ts';
import type { Pause } from './schedule.ts';
import type { Tally } from './tally.ts';

/** What one agent works with. */
export interface Part {
  readonly client: Client;
  readonly jobs: readonly Job[];
  /** How it takes part and locks files before it reads them; null: it never asks by itself. */
  readonly asking: Asking | null;
  readonly tally: Tally;
  /** Whether the agent named waits for nothing any more. */
  readonly isServed: (agent: string) => Promise<boolean>;
  readonly onJobDone: () => void;
}

/** Commands for the shell. */
export interface Asking {
  readonly join: string;
  acquire(files: readonly string[]): string;
}

/** What an agent does step by step. */
export type Steps<T> = AsyncGenerator<Pause, T, void>;
