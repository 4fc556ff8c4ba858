import { expect, it } from 'vitest';
import { testedCases, type Case } from './cases.ts';
import { kindOf } from './kinds.ts';
import { tour, type FaceKind } from './tour.ts';

const subjects = {
  edges: 'every edge',
  labels: 'an edge of every label',
  actions: 'an edge of every action and outcome',
} as const;

/** Walks the tested models of a face, a test for each; the answer gathers the kinds of steps that were taken. */
export function walkTestedModels(
  face: Case['face'],
  kind: () => FaceKind = () => kindOf(face),
): ReadonlySet<string> {
  const actions = new Set<string>();
  for (const { model, breadth } of testedCases.filter((one) => one.face === face))
    it(`shows what the core says on ${subjects[breadth]} of ${model}`, async () => {
      const found = await tour(kind(), model, breadth);
      expect(found.report).toBeNull();
      expect(found.missed).toBe(0);
      for (const action of found.actions) actions.add(action);
    });
  return actions;
}
