import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { modelNames } from './golden.ts';
import { modelsFolder } from './slice.ts';

interface SpecificationMutant {
  readonly bug: string;
  /** Folder and configuration. */
  readonly model: string;
  readonly property: string;
}

const read = (path: string): string => readFileSync(path, 'utf8');
const mutants = JSON.parse(read('spec/mutants.json')) as readonly SpecificationMutant[];
const safety = read('spec/Safety.tla');

/** Folders of machines of their own, of which no summary of a graph is kept. */
const ofTheirOwn = ['fencing', 'liveness', 'owner'];

/** What a configuration has TLC check. */
function propertiesOf(text: string): string[] {
  const lists = text.match(/^(?:INVARIANTS?|PROPERT(?:Y|IES))\b(?:\n? +\w+)+/gm) ?? [];
  return lists.flatMap((list) => list.split(/\s+/).slice(1));
}

const stated = new Map(modelNames().map((name) => [name, propertiesOf(read(`${modelsFolder}/${name}.cfg`))]));
const isGeneral = (property: string): boolean => new RegExp(`^${property} ==`, 'm').test(safety);
const general = [...new Set([...stated.values()].flat())].filter(isGeneral);

describe('what the specification states', () => {
  it('is stated of every model, when it does not speak of one', () => {
    const incomplete = [...stated].filter(([, list]) => general.some((property) => !list.includes(property)));
    expect(incomplete.map(([name]) => name)).toEqual([]);
    expect(general.length).toBeGreaterThan(20);
  });

  it('is shown not to be empty by a specification with one guard less, of a model that states it', () => {
    for (const { model, property } of mutants.filter((each) => each.model.startsWith('models/')))
      expect(stated.get(model.slice('models/'.length)), model).toContain(property);
    const shown = new Set(mutants.map(({ property }) => property));
    expect([...new Set([...stated.values()].flat())].filter((property) => !shown.has(property))).toEqual([]);
  });

  it.each(ofTheirOwn)(
    'is shown not to be empty in %s as well: by a mutant, or where an assumption is missing',
    (folder) => {
      const configs = readdirSync(`spec/${folder}`).filter((file) => file.endsWith('.cfg'));
      const texts = configs.map((file) => read(`spec/${folder}/${file}`));
      const failing = texts.filter((text) => text.includes('* Expected: fails')).flatMap(propertiesOf);
      const violated = mutants
        .filter(({ model }) => model.startsWith(`${folder}/`))
        .map(({ property }) => property);
      const shown = new Set([...failing, ...violated, 'TypeInvariant']);
      const stated = [...new Set(texts.flatMap(propertiesOf))];
      expect(stated.length).toBeGreaterThan(3);
      expect(stated.filter((property) => !shown.has(property))).toEqual([]);
    },
  );

  it('is listed in the page on the names as it is called in the modules', () => {
    const page = read('spec/MAPPING.md');
    expect(general.filter((property) => !page.includes(property))).toEqual([]);
  });

  it('has mutants only of guards that some module can leave out', () => {
    const folders = ['spec', 'spec/models', 'spec/owner', 'spec/fencing', 'spec/liveness'];
    const modules = folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((file) => file.endsWith('.tla'))
        .map((file) => read(`${folder}/${file}`)),
    );
    const absent = mutants.filter(({ bug }) => !modules.some((text) => text.includes(`"${bug}"`)));
    expect(absent.map(({ bug }) => bug)).toEqual([]);
  });
});
