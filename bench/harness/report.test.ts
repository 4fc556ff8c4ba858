import { describe, expect, test } from 'vitest';
import { atLeast, atMost, figure, isMet } from './figures.ts';
import { withFigures } from './generated.ts';
import { jsonText, markdown, type Results } from './report.ts';

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

describe('the report', () => {
  test('has a row for each figure, with its target and whether it is met', () => {
    expect(markdown(results, '2026-01-02')).toContain(
      [
        '| cycles | 12,346/s | ≥ 20,000/s | missed |',
        '| p50 | 0.20 ms | ≤ 0.20 ms | met |',
        '| p99 | 42.0 ms |  |  |',
      ].join('\n'),
    );
  });

  test('says when and where it was measured', () => {
    const text = markdown(results, '2026-01-02');
    for (const fact of ['2026-01-02', 'a processor, 2 cores', 'v20', 'p50 0.25 ms, p99 12.3 ms'])
      expect(text).toContain(fact);
  });

  test('keeps the exact figures for programs', () => {
    const { benchmarks } = JSON.parse(jsonText(results)) as { benchmarks: { figures: object[] }[] };
    expect(benchmarks[0]?.figures[0]).toMatchObject({ value: 12_345.6, met: false });
    expect(benchmarks[0]?.figures[2]).toMatchObject({ met: null });
  });
});

describe('writing the figures into a document', () => {
  const document = [
    'before',
    '<!-- figures: written by npm run bench -- --write -->',
    'old',
    '<!-- end of figures -->',
    'after',
  ].join('\n');

  test('replaces what stands between the marks, and can be repeated', () => {
    const written = withFigures(withFigures(document, 'newer'), 'newest');
    expect(written).toMatch(/^before\n<!-- figures.*-->\n\nnewest\n\n<!-- end of figures -->\nafter$/);
  });

  test('is refused where the marks are missing', () => {
    expect(() => withFigures('nowhere here', 'new')).toThrowError(/does not say where/);
  });
});
