import { describe, expect, it } from 'vitest';
import { words } from './cli-words.ts';
import { walkTestedModels } from './suite.ts';

describe('the built command line, a process for each command', () => {
  const said = walkTestedModels('processes');

  it('was asked for all that agents and operators type about locks, sessions and syncs', () => {
    const {
      SetAgentStatus: _,
      SendMessage: _said,
      SendAsOperator: _told,
      ReadMessages: _read,
      ...others
    } = words;
    expect([...said]).toEqual(expect.arrayContaining(Object.keys(others)));
  });
});
