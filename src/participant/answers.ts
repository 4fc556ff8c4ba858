import type { Result, ResultKind, ResultOf } from '../core/index.ts';
import type { Reply } from '../protocol/index.ts';

export type Rejected = Extract<Reply, { readonly ok: false }>;

/** The result as the kind that the command has; another one is a bug on the other side. */
export function resultOf<Kind extends ResultKind>(result: Result, kind: Kind): ResultOf<Kind> {
  if (result.kind !== kind) throw new Error(`the coordinator answered ${result.kind} where ${kind} was due`);
  return result as ResultOf<Kind>;
}
