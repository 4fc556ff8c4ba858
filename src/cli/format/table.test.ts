import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStyle } from './style.ts';
import { table } from './table.ts';
import { displayWidth, wrap } from './width.ts';

const on = (columns: number | null) => createStyle({ color: false, columns });
const head = ['AGENT', 'DOING', 'SEEN'];

describe('how wide text is', () => {
  it.each([
    ['abc', 3],
    ['你好', 4],
    ['한국', 4],
    ['ｆｕｌｌ', 8],
    ['🚀x', 3],
    ['🫠', 2],
    ['e\u0301', 1],
    ['\u001b[31mred\u001b[39m', 3],
    ['│…', 2],
  ])('%j', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('breaking text into lines', () => {
  it('keeps words together, and parts of paths', () => {
    expect(wrap('rework the login', 10)).toEqual(['rework the', 'login']);
    expect(wrap('services/authentication/tokens', 16)).toEqual(['services/', 'authentication/', 'tokens']);
    expect(wrap('see the list', 6, '  ')).toEqual(['see', '  the', '  list']);
  });

  it('never makes a line too wide, and loses nothing but blanks', () => {
    const letters = fc.constantFrom('a', '/', ' ', '好', '🚀', '\u0301', '\u001b[1m', '-');
    fc.assert(
      fc.property(fc.array(letters), fc.integer({ min: 2, max: 30 }), (parts, columns) => {
        const text = parts.join('');
        const lines = wrap(text, columns);
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});

describe('a table', () => {
  const task = 'rework the login flow of the web shop';

  it('on a terminal is a box', () => {
    expect(table(on(60), head, [['bob', null, '3 s ago']])).toBe(
      [
        '┌───────┬───────┬─────────┐',
        '│ AGENT │ DOING │ SEEN    │',
        '├───────┼───────┼─────────┤',
        '│ bob   │ -     │ 3 s ago │',
        '└───────┴───────┴─────────┘',
      ].join('\n'),
    );
  });

  it('that would be too wide breaks long cells into lines', () => {
    expect(table(on(40), head, [['bob', task, '3 s ago']])).toBe(
      [
        '┌───────┬────────────────────┬─────────┐',
        '│ AGENT │ DOING              │ SEEN    │',
        '├───────┼────────────────────┼─────────┤',
        '│ bob   │ rework the login   │ 3 s ago │',
        '│       │ flow of the web    │         │',
        '│       │ shop               │         │',
        '└───────┴────────────────────┴─────────┘',
      ].join('\n'),
    );
  });

  it('cuts what is longer than four lines, and shows that', () => {
    const lines = table(on(40), head, [['bob', `${task}, ${task}, ${task}`, 'now']]).split('\n');
    expect(lines).toHaveLength(8);
    expect(lines[6]).toContain('…');
  });

  it('on a terminal too narrow for a box is a paragraph for each row', () => {
    expect(table(on(20), head, [['bob', task, '3 s ago']])).toBe(
      ['bob', '  doing: rework the', '    login flow of', '    the web shop', '  seen: 3 s ago'].join('\n'),
    );
  });

  it('is a paragraph for each row, too, where the names of the rows would be cut', () => {
    const key = 'coordination.safety_validation.strict_mode';
    expect(table(on(40), ['KEY', 'VALUE', 'FROM'], [[key, 'false', 'default']])).toBe(
      ['coordination.safety_validation.strict_', '    mode', '  value: false', '  from: default'].join('\n'),
    );
  });

  it('cuts long texts in a paragraph as well', () => {
    expect(table(on(20), head, [['bob', task.repeat(9), '3 s ago']]).split('\n')).toHaveLength(6);
  });

  it('says in a paragraph what a number is that stands for a name', () => {
    expect(table(on(20), ['PLACE', ...head.slice(1)], [[1, task, '3 s ago']])).toMatch(/^place 1\n/);
  });

  it('elsewhere is aligned and cuts nothing', () => {
    expect(table(on(null), head, [['bob', `${task}, ${task}`, '3 s ago']])).toBe(
      [`AGENT  DOING${' '.repeat(73)}SEEN`, `bob    ${task}, ${task}  3 s ago`].join('\n'),
    );
  });

  it('is never wider than the terminal, whatever it holds', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ' ', '/', '好', '🫠', '\u0301', '\n', '\u202e') });
    const rows = fc.array(fc.tuple(cell, cell, cell));
    fc.assert(
      fc.property(rows, fc.integer({ min: 12, max: 100 }), (list, columns) => {
        const lines = table(on(columns), head, list).split('\n');
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});
