import { describe, expect, test } from 'vitest';
import { atLeast, atMost, figure, isMet } from './figures.ts';
import { withSections } from './generated.ts';
import { jsonText, markdown, type Results, type Section } from './report.ts';

const day = '2026-01-02';
const results: Results = {
  machine: {
    cpu: 'a processor',
    cores: 2,
    load: 0.1,
    system: 'a system',
    node: 'v20',
    sqlite: 'SQLite',
    disk: { p50Ms: 0.25, p99Ms: 12.3 },
  },
  sections: [
    {
      benchmark: { name: 'one', title: 'One', method: 'By counting.' },
      figures: [
        figure('cycles', 12_345.6, '/s', atLeast(20_000)),
        figure('p50', 0.2, 'ms', atMost(0.2)),
        figure('p99', 42, 'ms'),
      ],
    },
  ],
};

test('a target is met when it is just reached, from either side', () => {
  expect(isMet(figure('', 2, 'x', atMost(2)))).toBe(true);
  expect(isMet(figure('', 2, 'x', atLeast(2)))).toBe(true);
  expect(isMet(figure('', 2.01, 'x', atMost(2)))).toBe(false);
  expect(isMet(figure('', 1.99, 'x', atLeast(2)))).toBe(false);
});

const [section] = results.sections as [Section];

describe('the report', () => {
  test('has a row for each figure, with its target and whether it is met', () => {
    expect(markdown(section, results.machine, day)).toContain(
      [
        '| cycles | 12,346/s | ≥ 20,000/s | missed |',
        '| p50 | 0.20 ms | ≤ 0.20 ms | met |',
        '| p99 | 42.0 ms |  |  |',
      ].join('\n'),
    );
  });

  test('says when and where it was measured', () => {
    const text = markdown(section, results.machine, day);
    for (const fact of [day, '2 cores of a processor', 'v20', '0.25 ms at p50, 12.3 ms at p99'])
      expect(text).toContain(fact);
  });

  test('keeps the exact figures for programs', () => {
    const { benchmarks } = JSON.parse(jsonText(results)) as { benchmarks: { figures: object[] }[] };
    expect(benchmarks[0]?.figures[0]).toMatchObject({ value: 12_345.6, met: false });
    expect(benchmarks[0]?.figures[2]).toMatchObject({ met: null });
  });
});

describe('writing figures into a document', () => {
  const document = [
    'before',
    '<!-- figures: written by npm run bench -- --write -->',
    '### Two\n\nold two',
    '### Gone\n\nof a benchmark that is no more',
    '### One\n\nold one',
    '<!-- end of figures -->',
    'after',
  ].join('\n\n');
  const titles = ['One', 'Two', 'Three'];
  const write = (text: string, title: string, body: string): string =>
    withSections(text, titles, new Map([[title, `### ${title}\n\n${body}`]]));

  test('puts what was measured in the place of what was there, and leaves the others', () => {
    expect(write(write(document, 'One', 'newer'), 'One', 'new one')).toMatch(
      /^before\n\n<!-- figures.*-->\n\n### One\n\nnew one\n\n### Two\n\nold two\n\n<!-- end of figures -->\n\nafter$/,
    );
  });

  test('puts a section that is new where its benchmark has its turn', () => {
    expect(write(document, 'Three', 'new')).toMatch(/old two\n\n### Three\n\nnew\n\n<!-- end/);
  });

  test('is refused where the marks are missing', () => {
    expect(() => write('nowhere here', 'One', 'new')).toThrowError(/does not say where/);
  });
});
