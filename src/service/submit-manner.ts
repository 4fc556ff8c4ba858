import type { EntryPrincipal } from '../core/index.ts';
import type { CoordinatorError } from '../protocol/index.ts';

/** What is to be known of a command beside what it says. */
export interface SubmitManner {
  /** With what it fails where its agent would get a lock or a ticket that it does not have; left out: it may. */
  readonly insteadOfNew?: CoordinatorError | undefined;
  /** Who was let in to say it; left out: this machine's user. */
  readonly principal?: EntryPrincipal | undefined;
}
