import { describe, expect, it } from 'vitest';
import { callerCommandKinds } from '../../src/protocol/command-schemas.ts';
import { walkTestedModels } from './suite.ts';

describe('the client library', () => {
  const said = walkTestedModels('client');

  it('was asked for everything that it can say', () => {
    const environment = ['Tick', 'ExpireDue', 'TakeOver', 'Configure', 'Crash', 'Partition', 'Heal'];
    expect([...said].toSorted()).toEqual([...callerCommandKinds, ...environment].toSorted());
  });
});
