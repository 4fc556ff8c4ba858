/**
 * Golden dialogues: what several agents say to the machine, what it answers and what happens. A change of behaviour shows
 * as a diff in these files; `UPDATE_SCENARIOS=1 npx vitest run test/scenarios` writes them anew.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { perform } from './perform.ts';

const folder = import.meta.dirname;
const files = readdirSync(folder).filter((file) => file.endsWith('.txt'));
const update = process.env['UPDATE_SCENARIOS'] === '1';

describe('scenarios', () => {
  test.each(files)('%s', (file) => {
    const path = join(folder, file);
    const expected = readFileSync(path, 'utf8');
    const performed = perform(expected);
    if (update) writeFileSync(path, performed);
    else expect(performed).toBe(expected);
  });
});

test('there are scenarios', () => {
  expect(files.length).toBeGreaterThan(25);
});
