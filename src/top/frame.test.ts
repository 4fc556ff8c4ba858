import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import xterm from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../wording/index.ts';
import {
  agentId,
  agentView,
  lockView,
  nothingOf,
  scopePath,
  statusAnswer,
  waiterView,
} from '../cli/testing/samples.ts';
import { roughly } from './age.ts';
import { frame } from './frame.ts';
import { lineText, lineWidth } from './line.ts';
import { listNames, type Facts, type Model, type Page, type Typing } from './model.ts';
import { changes, painted } from './paint.ts';
import {
  busy,
  crowd,
  modelOf,
  quiet,
  seen,
  startMs,
  wideNames,
  words,
} from '../../test/support/top-stage.ts';

const golden = (name: string): string => `goldens/${name}.txt`;
const at80 = { columns: 80, rows: 24 };

describe('a frame', () => {
  it('has everything at a glance on a terminal of 80 columns', async () => {
    await expect(`${seen(modelOf(busy, at80))}\n`).toMatchFileSnapshot(golden('busy-80x24'));
  });

  it('leaves out what tells least on a narrow one', async () => {
    await expect(`${seen(modelOf(busy, { columns: 60, rows: 20 }))}\n`).toMatchFileSnapshot(
      golden('busy-60x20'),
    );
  });

  it('uses the room of a large one', async () => {
    await expect(`${seen(modelOf(busy, { columns: 120, rows: 40 }))}\n`).toMatchFileSnapshot(
      golden('busy-120x40'),
    );
  });

  it.each(['locks', 'queue'] as const)('shows the %s', async (list) => {
    await expect(`${seen(modelOf(busy, at80, { list }))}\n`).toMatchFileSnapshot(golden(`${list}-80x24`));
  });

  it('keeps columns in line beside wide letters, and shows what would drive the terminal', async () => {
    await expect(`${seen(modelOf(wideNames, at80))}\n`).toMatchFileSnapshot(golden('wide-80x24'));
  });

  it('says how to begin where nobody takes part', async () => {
    await expect(`${seen(modelOf(quiet, at80))}\n`).toMatchFileSnapshot(golden('empty-80x24'));
  });

  it('scrolls with the chosen row, of two hundred agents', async () => {
    const choices = {
      ...modelOf(null, at80).choices,
      agents: { key: 'agent-100', sortedBy: 0, reversed: false },
    };
    await expect(`${seen(modelOf(crowd(), at80, { choices }))}\n`).toMatchFileSnapshot(golden('crowd-80x24'));
  });

  it('has the same columns whatever is in them', () => {
    const titles = (facts: Facts): string =>
      (seen(modelOf(facts, at80)).split('\n')[3] ?? '').replaceAll(/ +/g, ' ');
    expect(titles(busy)).toBe(titles(quiet));
    expect(titles(wideNames)).toBe(titles(quiet));
  });

  it('shows long names of agents before what they do', () => {
    const agents = [agentView({ agent: agentId('sync-on-host-10707'), metadata: { task: 'x'.repeat(200) } })];
    expect(seen(modelOf({ ...quiet, status: statusAnswer({ agents }) }, at80))).toContain(
      '> sync-on-host-10707 ',
    );
  });

  it('shows only what the filter asks for, and says so', () => {
    const text = seen(modelOf(busy, at80, { filter: 'CAROL' }));
    expect(text).toContain('[AGENTS 5]  locks 3   queue 1   with "CAROL": 1');
    expect(text.split('\n').filter((line) => line.startsWith('> ')).length).toBe(1);
    expect(text).not.toContain('  dave');
    expect(seen(modelOf(busy, at80, { filter: 'nobody' }))).toContain('none has what the filter asks for');
  });

  it('says below which size it cannot be drawn, however small the terminal is', () => {
    expect(seen(modelOf(busy, { columns: 39, rows: 24 })).trimEnd()).toBe(
      'rhema top needs 40x10;\nthis terminal is 39x24.\nq quits',
    );
    expect(seen(modelOf(busy, { columns: 5, rows: 1 }))).toBe('rhem…');
  });

  it('tells whether the coordinator is heard', () => {
    const firstLine = (over: Partial<Model>): string => seen(modelOf(busy, at80, over)).split('\n')[0] ?? '';
    expect(firstLine({})).toMatch(/connected$/);
    expect(firstLine({ link: { kind: 'heard', askedSinceMs: startMs - 1_000 } })).toMatch(/connected$/);
    expect(firstLine({ link: { kind: 'heard', askedSinceMs: startMs - 5_000 } })).toMatch(
      /no answer for 5 s$/,
    );
    const lost = { kind: 'lost', sinceMs: startMs - 65_000, why: 'it cannot be\nreached' } as const;
    expect(firstLine({ link: lost })).toMatch(/connection lost 1 min ago$/);
    expect(seen(modelOf(busy, at80, { link: lost }))).toMatch(/trying again: it cannot be\\nreached$/);
  });

  it('asks in a line whose question is always seen', () => {
    const scope = scopePath(`src/${'deep/'.repeat(40)}end`);
    const lock = lockView({ scope, agent: agentId('a'.repeat(128)) });
    const last =
      seen(modelOf(busy, at80, { typing: { kind: 'sure', lock } }))
        .split('\n')
        .at(-1) ?? '';
    expect(last).toMatch(/^revoke ….*deep\/end from a+…\? y\/N$/);
    expect(displayWidth(last)).toBe(80);
  });
});

it.each([
  [400, '0 s'],
  [59_999, '59 s'],
  [119_000, '1 min'],
  [3_661_000, '1 h 1 min'],
  [36_000_000 + 1_800_000, '10 h'],
])('%d ms are roughly %s', (ms, shown) => {
  expect(roughly(ms)).toBe(shown);
});

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('日本語'.repeat(30), '👩‍💻🏽❤️'.repeat(20), 'e\u0301'.repeat(90), '\u001b[2J\u0007', ''),
);

const facts: fc.Arbitrary<Facts> = fc
  .array(fc.record({ name: text, path: text, reason: text, error: text }), { maxLength: 12 })
  .map((rows) => ({
    status: statusAnswer({
      agents: rows.map(({ name, path, reason }) =>
        agentView({ agent: agentId(name), held: [scopePath(path)], metadata: { task: reason } }),
      ),
      locks: rows.map(({ name, path, reason }) =>
        lockView({ agent: agentId(name), scope: scopePath(path), reason }),
      ),
      waiters: rows.map(({ name, path, reason }) =>
        waiterView({ agent: agentId(name), scopes: [scopePath(path)], reason, waitsFor: [scopePath(path)] }),
      ),
      violations: rows.map(({ name, path, error }) => ({ invariant: name, subject: path, evidence: error })),
    }),
    open: [],
    lately: busy.lately,
  }));

const page: fc.Arbitrary<Page> = fc.constantFrom<Page>(
  { kind: 'list' },
  { kind: 'help' },
  { kind: 'story', subject: { kind: 'agent', agent: agentId('a') }, target: null, answer: null, above: 3 },
  {
    kind: 'story',
    subject: { kind: 'scope', scope: scopePath('s') },
    target: scopePath('s'),
    answer: nothingOf({ kind: 'scope', scope: scopePath('s'.repeat(300)) }),
    above: 0,
  },
);

const typing: fc.Arbitrary<Typing | null> = fc.oneof(
  fc.constant(null),
  text.map((typed): Typing => ({ kind: 'filter', text: typed })),
  fc.tuple(text, text).map(([path, agent]): Typing => ({
    kind: 'sure',
    lock: lockView({ scope: scopePath(path), agent: agentId(agent) }),
  })),
);

const model: fc.Arbitrary<Model> = fc
  .record({
    size: fc.record({ columns: fc.integer({ min: 1, max: 140 }), rows: fc.integer({ min: 1, max: 50 }) }),
    facts: fc.option(facts),
    place: text,
    filter: fc.oneof(fc.constant(''), text),
    list: fc.constantFrom(...listNames),
    page,
    typing,
    notice: fc.option(text.map((told) => ({ text: told, isTrouble: false }))),
  })
  .map(({ facts: known, size, ...over }) => modelOf(known, size, over));

it('docs/top.md has a picture as it is drawn', () => {
  expect(readFileSync('docs/top.md', 'utf8')).toContain(`\n${seen(modelOf(busy, at80))}\n`);
});

describe('whatever the names are', () => {
  it('a frame has the lines of the terminal, none of them wider than it, and nothing that would drive it', () => {
    fc.assert(
      fc.property(model, (drawn) => {
        const lines = frame(drawn, words);
        expect(lines.length).toBe(drawn.size.rows);
        for (const line of lines) {
          expect(lineWidth(line)).toBeLessThanOrEqual(drawn.size.columns);
          expect(lineText(line)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('a terminal', () => {
  const plain = (_emphasis: unknown, shown: string): string => shown;

  const shownBy = async (...texts: readonly string[]): Promise<string> => {
    const terminal = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
    for (const written of texts) await new Promise<void>((resolve) => terminal.write(written, resolve));
    const lines = Array.from({ length: 24 }, (_, row) =>
      terminal.buffer.active.getLine(row)?.translateToString(true).trimEnd(),
    );
    return lines.join('\n');
  };

  it('shows the frame as it is, wide letters and marks included', async () => {
    const lines = painted(frame(modelOf(wideNames, at80), words), plain);
    expect(await shownBy(changes(null, lines))).toBe(seen(modelOf(wideNames, at80)));
  });

  it('is given only the lines that have changed, and shows the next frame then', async () => {
    const before = painted(frame(modelOf(busy, at80), words), plain);
    const later = modelOf(busy, at80, { nowMs: startMs + 60_000 });
    const now = painted(frame(later, words), plain);
    const text = changes(before, now);
    expect(stripVTControlCharacters(text)).not.toContain('rhema top');
    expect(await shownBy(changes(null, before), text)).toBe(seen(later));
    expect(changes(now, now)).toBe('');
    const empty = modelOf(quiet, at80);
    const last = painted(frame(empty, words), plain);
    expect(await shownBy(changes(null, before), changes(before, last))).toBe(seen(empty));
  });
});
