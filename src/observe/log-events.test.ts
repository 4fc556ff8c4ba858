import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formatted } from '../../test/support/formatted.ts';
import { logEvents, logLevels, type LogEventRow } from './log-events.ts';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((path) => join('src', path))
  .filter(
    (path) => path.endsWith('.ts') && !/\.test\.ts$|\/testing/.test(path) && !path.endsWith('log-events.ts'),
  )
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const rows: readonly (readonly [string, LogEventRow])[] = Object.entries(logEvents);

it('what is logged is in the catalogue: one file alone has the library, and nothing else writes lines', () => {
  expect(sources.length).toBeGreaterThan(500);
  const having = (pattern: RegExp): string[] =>
    sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
  expect(having(/from 'pino'/)).toEqual(['src/observe/log.ts']);
  expect(having(/\b(console|log|logger)\.(log|trace|debug|info|warn|error|fatal)\(/)).toEqual([]);
});

it('what is in the catalogue is logged somewhere', () => {
  const all = sources.map(({ text }) => text).join('\n');
  expect(rows.map(([event]) => event).filter((event) => !all.includes(`'${event}'`))).toEqual([]);
});

it('names are nouns with what happened, and no field is called as what the line has anyway', () => {
  const own = ['time', 'level', 'pid', 'event', 'revision', 'repeats', 'msg'];
  for (const [event, { fields, level, remedy }] of rows) {
    expect(event).toMatch(/^[a-z][A-Za-z]*\.[a-z][A-Za-z]*$/);
    expect(fields.filter((field) => own.includes(field) || /secret|token|password/i.test(field))).toEqual([]);
    expect(logLevels).toContain(level);
    expect(remedy).not.toBe('');
  }
});

const file = 'docs/logs.md';
const betweenMarks = /(?<=<!-- events -->\n)[^]*(?=\n<!-- end of events -->)/;

it('docs/logs.md has every event; --update writes them', async () => {
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(betweenMarks);
  const lines = rows.map(
    ([event, { level, message, fields, remedy }]) =>
      `| \`${event}\` | ${level} | ${message} | ${fields.map((field) => `\`${field}\``).join(', ')} | ${remedy} |`,
  );
  const table = [
    '| event | level | what | fields | what to do |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ];
  const generated = text.replace(betweenMarks, () => `\n${table.join('\n')}\n`);
  await expect(await formatted(file, generated)).toMatchFileSnapshot(`../../${file}`);
});
