import type { SequentialModel } from './wgl.ts';

/** What agents ask of the lock of one scope. Leases are taken to be longer than any hold. */
export type LockCall =
  | { readonly kind: 'acquire'; readonly agent: string }
  | { readonly kind: 'release'; readonly agent: string };

export type LockAnswer =
  | { readonly kind: 'granted'; readonly token: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'released' }
  | { readonly kind: 'notHeld' };

export interface LockState {
  readonly holder: string | null;
  /** The largest token so far. */
  readonly token: number;
}

/** A lock that one agent at a time holds, under a token that grows with each grant. */
export const lockModel: SequentialModel<LockState, LockCall, LockAnswer> = {
  initial: { holder: null, token: 0 },
  step: (state, call, answer) => (call.kind === 'acquire' ? acquire : release)(state, call.agent, answer),
  key: ({ holder, token }) => `${holder ?? ''}@${token}`,
};

function acquire(state: LockState, agent: string, answer: LockAnswer | null): readonly LockState[] {
  const isFree = state.holder === null;
  switch (answer?.kind) {
    case undefined:
      return [isFree ? { holder: agent, token: state.token + 1 } : state];
    case 'granted':
      return isFree && answer.token > state.token ? [{ holder: agent, token: answer.token }] : [];
    case 'refused':
      return isFree ? [] : [state];
    default:
      return [];
  }
}

function release(state: LockState, agent: string, answer: LockAnswer | null): readonly LockState[] {
  const isHolder = state.holder === agent;
  const after = isHolder ? { ...state, holder: null } : state;
  if (answer === null) return [after];
  return answer.kind === (isHolder ? 'released' : 'notHeld') ? [after] : [];
}
