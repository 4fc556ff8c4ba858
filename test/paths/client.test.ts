import { describe, expect, it } from 'vitest';
import { callerCommandKinds } from '../../src/protocol/command-schemas.ts';
import { walkTestedModels } from './suite.ts';

describe('the client library', () => {
  const said = walkTestedModels('client');

  it('was asked for everything that it can say, but for violations, of which the walked models have none', () => {
    const unwalked = ['ReportViolation', 'SettleViolation'];
    const kinds = callerCommandKinds.filter((kind) => !unwalked.includes(kind));
    const environment = ['Tick', 'ExpireDue', 'TakeOver', 'Configure', 'Crash', 'Partition', 'Heal'];
    expect([...said].toSorted()).toEqual([...kinds, ...environment].toSorted());
  });
});
