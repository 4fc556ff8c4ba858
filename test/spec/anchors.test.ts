import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { mutants } from './mutants/index.ts';

const core = fileURLToPath(new URL('../../src/core', import.meta.url));

it('what each mutant replaces stands in its file, once', () => {
  const elsewhere = mutants.filter(
    ({ file, find }) => readFileSync(join(core, file), 'utf8').split(find).length !== 2,
  );
  expect(elsewhere.map(({ name, file }) => `${file}: ${name}`)).toEqual([]);
});
