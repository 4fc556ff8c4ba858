import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { architecturePath, circleOf, drawingOf, readImports, withDrawing, type Imports } from './rooms.ts';

let imports: Imports;
beforeAll(async () => {
  imports = await readImports();
}, 120_000);

test('ARCHITECTURE.md shows the rooms as the imports have them', () => {
  const page = readFileSync(architecturePath, 'utf8');
  expect(withDrawing(page, drawingOf(imports)), 'run npm run drawing').toBe(page);
});

test('no arrow points up: the rooms form no circle', () => {
  expect(circleOf(imports)).toBeNull();
});

/** As its scope file has them: the parts of src, by folder. */
function declaredBy(room: string): readonly string[] {
  const file = ['sim', 'bench'].includes(room) ? `${room}/rhema.yaml` : `src/${room}/rhema.yaml`;
  const paths = readFileSync(file, 'utf8').matchAll(/path: \.\.\/(?:src\/)?(\S+)/g);
  return [...paths].map(([, path]) => path!).sort();
}

test('each room says in its scope file what it imports', () => {
  const rooms = [...imports].filter(([room]) => !['sim', 'bench'].includes(room));
  const declared = Object.fromEntries(rooms.map(([room]) => [room, declaredBy(room)]));
  expect(declared).toEqual(Object.fromEntries(rooms));
  // These start the program as well, and lean on what its tests have.
  for (const room of ['sim', 'bench'])
    expect(declaredBy(room)).toEqual(expect.arrayContaining([...imports.get(room)!]));
});

test('the core and the leaves import nothing', () => {
  for (const leaf of ['core', 'time', 'files', 'shell']) expect(imports.get(leaf), leaf).toEqual([]);
});

test('a circle is found and named', () => {
  const circle = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b']],
  ]);
  expect(circleOf(circle)).toEqual(['b', 'c', 'b']);
});

test('an arrow that a longer way stands for is left out', () => {
  const triangle = new Map([
    ['a', ['b', 'c']],
    ['b', ['c']],
    ['c', []],
  ]);
  expect(drawingOf(triangle).split('\n').slice(2, -1)).toEqual(['  a --> b', '  b --> c']);
});
