import type { EntryPrincipal } from '../core/index.ts';
import type { CommandRequest, Coordinator, Reply } from '../protocol/index.ts';

/** What the server serves: the port, and whether the owner may leave. */
export interface ServedCoordinator extends Omit<Coordinator, 'submit' | 'close'> {
  /** `principal`: who was let in to say it; left out: this machine's user. */
  submit(request: CommandRequest, principal?: EntryPrincipal): Promise<Reply>;
  /** Whether nothing is held, waited for or synced. */
  idle(): boolean;
}
