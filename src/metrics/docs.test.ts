import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { formatted } from '../../test/support/formatted.ts';
import { servedRoutes } from '../http/index.ts';
import { ruleNames } from '../safety/index.ts';
import { allSeries } from './series.ts';
import { seriesTable } from './testing/series-table.ts';

const path = 'docs/monitoring.md';
const betweenMarks = /(?<=<!-- series -->\n)[^]*(?=\n<!-- end of series -->)/;

it('docs/monitoring.md has every series; --update writes them', async () => {
  const series = allSeries({ rules: ruleNames, routes: servedRoutes, version: '0' });
  const text = readFileSync(path, 'utf8');
  expect(text).toMatch(betweenMarks);
  const generated = text.replace(betweenMarks, () => `\n${seriesTable(Object.values(series))}\n`);
  await expect(await formatted(path, generated)).toMatchFileSnapshot(`../../${path}`);
});
