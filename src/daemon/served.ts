import type { Coordinator } from '../protocol/index.ts';

/** What the server serves: the port, and whether the owner may leave. */
export interface ServedCoordinator extends Omit<Coordinator, 'close'> {
  /** Whether nothing is held, waited for or synced. */
  idle(): boolean;
}
