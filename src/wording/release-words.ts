import type { ReleaseCause } from '../core/index.ts';

/** How a lock came to be given back, for everybody else. */
export const releaseWords: { readonly [Cause in ReleaseCause]: (agent: string, scope: string) => string } = {
  released: (agent, scope) => `${agent} gave back ${scope}`,
  completed: (agent, scope) => `${agent} completed, and gave back ${scope}`,
  left: (agent, scope) => `${agent} left, and gave back ${scope}`,
  lost: (agent, scope) => `${agent} was lost, and with it its lock on ${scope}`,
  blockedTooLong: (agent, scope) => `${agent} was blocked for too long, and lost its lock on ${scope}`,
  scopeRemoved: (agent, scope) => `${agent} lost its lock on ${scope}: the scope was removed`,
  moved: (agent, file) => `${agent} lost its lock on ${file}, which came to be in another scope`,
};
