import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeRepository, type Files } from '../../src/repository/testing/fixture.ts';
import { planInit } from './support.ts';

/** The patterns of `free` that init would write. */
async function freeIn(files: Files): Promise<unknown> {
  const plan = await planInit(makeRepository({ ...files, 'api/package.json': '{"name": "api"}' }));
  const top = plan.changes.find(({ file }) => file === 'rhema.yaml')?.after ?? '';
  return (parse(top) as { agent_coordination: { free?: unknown } }).agent_coordination.free;
}

const generated = { 'gen/a.ts': '', 'gen/keep.ts': '', 'gen/sub/b.ts': '', 'api/gen/c.ts': '' };
const marked = (text: string): Files => ({ ...generated, '.gitattributes': text });

it.each([
  ['what the repository calls generated', 'gen/** linguist-generated\n', ['gen/**']],
  ['what it calls so again', 'gen/** -linguist-generated\ngen/** linguist-generated=true\n', ['gen/**']],
  [
    'nothing of which a part is taken out',
    'gen/** linguist-generated\ngen/keep.ts -linguist-generated\n',
    undefined,
  ],
  [
    'nor with another word',
    'gen/** linguist-generated\ngen/keep.ts text linguist-generated=false\n',
    undefined,
  ],
  ['nor without one', 'gen/** linguist-generated\nkeep.ts !linguist-generated\n', undefined],
  [
    'nor under a name that we do not read',
    'gen/** linguist-generated\n"gen/keep.ts" -linguist-generated\n',
    undefined,
  ],
  [
    'what is not touched by that',
    'gen/sub/** linguist-generated\ngen/keep.ts -linguist-generated\n',
    ['gen/sub/**'],
  ],
  ['never all there is', '** linguist-generated\n* linguist-generated\n**/* linguist-generated\n', undefined],
])('free is %s', async (_title, text, expected) => {
  expect(await freeIn(marked(text))).toEqual(expected);
});

it.each([
  ['gen/.gitattributes', 'keep.ts -linguist-generated\n', ['api/gen/**']],
  ['gen/.gitattributes', '/b.ts -linguist-generated\n', ['api/gen/**', 'gen/**']],
  ['api/.gitattributes', '* linguist-generated=false\n', ['gen/**']],
])('a file nearer to it takes it out: %s says %j', async (file, text, expected) => {
  const top = 'gen/** linguist-generated\napi/gen/** linguist-generated\n';
  expect(await freeIn({ ...marked(top), [file]: text })).toEqual(expected);
});

it('a file whose name YAML reads as no text is free all the same', async () => {
  const text = '2024 linguist-generated\nnull linguist-generated\n';
  expect(await freeIn({ '2024': '', null: '', '.gitattributes': text })).toEqual(['2024', 'null']);
});
