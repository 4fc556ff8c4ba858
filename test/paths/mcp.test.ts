import { describe, expect, it } from 'vitest';
import { mcpKindWith } from './kinds.ts';
import { calls } from './mcp-calls.ts';
import { walkTestedModels } from './suite.ts';

describe('the tools of MCP', () => {
  const called = new Set<string>();
  const noting = mcpKindWith((call) => (name, args, signal) => {
    const { action = '', status = '' } = args as { readonly action?: string; readonly status?: string };
    called.add(`${name} ${action}${status}`.trimEnd());
    return call(name, args, signal);
  });
  const said = walkTestedModels('mcp', () => noting);

  it('were asked for everything that a tool says', () => {
    expect([...said]).toEqual(expect.arrayContaining([...Object.keys(calls), 'CancelWait']));
  });

  it('were called for all that they do', () => {
    expect([...called].sort()).toEqual([
      'agent_join',
      ...['blocked', 'completed', 'idle', 'left', 'working'].map((status) => `agent_report ${status}`),
      'context_record',
      'coordination_status',
      'lock_acquire',
      'lock_check',
      'lock_release',
      ...['changed', 'complete', 'fail', 'retry', 'start'].map((action) => `sync_scope ${action}`),
    ]);
  });
});
