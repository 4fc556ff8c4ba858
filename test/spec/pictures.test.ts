import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { draw, pictures, picturesFolder } from './pictures.ts';

/** Small models that together show all that any model shows. The committed pages are drawn from all of them. */
const models = [
  'Configure32',
  'Context22c1',
  'Everything22',
  'Graph21timed',
  'Graph22',
  'Locks22c1',
  'Locks32c1',
  'Multi32c2',
  'Runners22',
  'Sessions21',
  'Sessions22',
  'Sessions31',
  'Status22',
  'Sync12',
  'Sync13',
];

describe('the committed pictures of the machines', () => {
  let pages: ReadonlyMap<string, string>;
  beforeAll(async () => {
    pages = await draw(models);
  }, 600_000);

  it.each(pictures.map(({ name }) => name))('show what the core does: %s', (name) => {
    expect(readFileSync(join(picturesFolder, `${name}.md`), 'utf8')).toBe(pages.get(name));
  });
});
