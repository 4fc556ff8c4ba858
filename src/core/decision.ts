import type { Event } from './events.ts';
import type { Revision } from './ids.ts';
import type { Rejection } from './rejections.ts';
import type { Result } from './results.ts';

/** What the machine says to a command. */
export type Decision =
  /** No events: accepted, but there was nothing to change; nothing is logged. */
  | { readonly kind: 'committed'; readonly events: readonly Event[]; readonly result: Result }
  /** The request id was committed before: the first answer, and where it stands in the log. */
  | { readonly kind: 'repeated'; readonly revision: Revision; readonly result: Result }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };
