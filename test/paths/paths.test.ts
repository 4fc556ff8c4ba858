import { describe, expect, it } from 'vitest';
import { callerCommandKinds } from '../../src/protocol/command-schemas.ts';
import { testedCases, type Case } from './cases.ts';
import { words } from './cli-words.ts';
import { faceKinds } from './kinds.ts';
import { tour, type FaceKind } from './tour.ts';

const actions = new Map<string, Set<string>>();

function kindOf(face: Case['face']): FaceKind {
  const kind = faceKinds[face];
  if (kind === undefined) throw new Error(`no interface ${face}`);
  return kind();
}

const subject = { edges: 'every edge', labels: 'an edge of every label', actions: 'an edge of every outcome' };

describe.each(['client', 'cli', 'processes'] as const)('the public interface: %s', (face) => {
  const cases = testedCases.filter((one) => one.face === face);

  it.each(cases)('shows what the core says on $breadth of $model', async ({ model, breadth }) => {
    const found = await tour(kindOf(face), model, breadth);
    expect(found.report).toBeNull();
    expect(found.missed, `${subject[breadth]} can be reached`).toBe(0);
    actions.set(face, new Set([...(actions.get(face) ?? []), ...found.actions]));
  });
});

describe('the walks', () => {
  const said = (face: Case['face']): readonly string[] => [...(actions.get(face) ?? [])];

  it('say everything that a client can say', () => {
    const environment = ['Tick', 'ExpireDue', 'TakeOver', 'Configure', 'Crash', 'Partition', 'Heal'];
    expect(said('client').toSorted()).toEqual([...callerCommandKinds, ...environment].toSorted());
  });

  it('type everything that can be typed', () => {
    const written = ['DefineScope', 'RemoveScope', 'Configure'];
    expect(said('cli')).toEqual(expect.arrayContaining([...Object.keys(words), ...written]));
  });
});
