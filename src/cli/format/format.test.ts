import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dotText, mermaidText, treeText } from './graph.ts';
import { jsonLine, safe, shellCommand, shownPatch } from './text.ts';
import { clockTime, relative, withIsoTimes } from './time.ts';

const printable = /^[^\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

describe('text from outside', () => {
  it('has nothing left that could drive a terminal', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => printable.test(safe(text))));
  });

  it('shows letters that show nothing as escapes', () => {
    expect(safe('pay\u3164\u{e0154}')).toBe(String.raw`pay\u3164\udb40\udd54`);
  });

  it('is left as it is when it is printable', () => {
    expect(safe('Prüfe src/core: 100 % "fertig" 你好')).toBe('Prüfe src/core: 100 % "fertig" 你好');
  });

  it('in JSON stays the same value, on one line, without C1 controls', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = jsonLine({ text });
        expect(line).toMatch(printable);
        expect(JSON.parse(line)).toEqual({ text });
      }),
    );
  });

  it('in a patch keeps its lines, and only what hides or drives a terminal is shown as an escape', () => {
    const patch = '--- a/x\n+++ b/x\n@@ -1 +1 @@\n \tPrüfe 你好\r\n-a\u202eb\u001b[2J\rc\n';
    const shown = String.raw` ${'\t'}Prüfe 你好${'\r\n'}-a\u202eb\u001b[2J\u000dc`;
    expect(shownPatch(patch)).toBe(`--- a/x\n+++ b/x\n@@ -1 +1 @@\n${shown}\n`);
  });

  it('in a command to copy is one word for the shell', () => {
    expect(shellCommand('rhema', 'why', 'src/core')).toBe('rhema why src/core');
    expect(shellCommand('rhema', 'why', "it's $(here)")).toBe(`rhema why 'it'\\''s $(here)'`);
  });
});

describe('time for people', () => {
  it('names the day only when it is not today', () => {
    const noon = new Date(2026, 10, 22, 12, 0, 0).getTime();
    expect(clockTime(noon - 3_600_000, noon)).toBe('11:00:00');
    expect(clockTime(noon - 86_400_000, noon)).toBe('2026-11-21 12:00:00');
  });

  it('looks both ways', () => {
    expect([relative(1_000, 61_000), relative(61_000, 1_000)]).toEqual(['1 min ago', 'in 1 min']);
    // A lease of a minute that was granted a moment ago.
    expect([relative(0, 59_200), relative(59_200, 0)]).toEqual(['59 s ago', 'in 1 min']);
  });
});

describe('times in JSON', () => {
  it('get an ISO text beside points in time, however deep, and none beside durations', () => {
    const value = {
      ttlMs: 5,
      deadlineMs: 0,
      list: [{ grantedAtMs: null, contendedSinceMs: 1_000 }],
      timeMs: 0,
    };
    expect(withIsoTimes(value)).toEqual({
      ttlMs: 5,
      deadline: '1970-01-01T00:00:00.000Z',
      deadlineMs: 0,
      list: [
        {
          grantedAt: null,
          grantedAtMs: null,
          contendedSince: '1970-01-01T00:00:01.000Z',
          contendedSinceMs: 1_000,
        },
      ],
      time: '1970-01-01T00:00:00.000Z',
      timeMs: 0,
    });
  });

  it('survive a time that no calendar has', () => {
    expect(withIsoTimes({ atMs: 1e300 })).toEqual({ at: null, atMs: 1e300 });
  });
});

describe('the graph', () => {
  const nodes = [
    { path: 'app', dependencies: ['api', 'core'] },
    { path: 'api', dependencies: ['core'] },
    { path: 'core', dependencies: ['base'] },
    { path: 'base', dependencies: [] },
  ];

  it('is a tree in which a scope unfolds once', () => {
    expect(treeText(nodes)).toBe(['app', '├─ api', '│  └─ core', '│     └─ base', '└─ core ...'].join('\n'));
  });

  it('is drawn for Graphviz and Mermaid', () => {
    expect(dotText(nodes.slice(2))).toBe(
      ['digraph scopes {', '  rankdir=LR;', '  "core";', '  "core" -> "base";', '  "base";', '}'].join('\n'),
    );
    expect(mermaidText(nodes.slice(2))).toBe(
      ['graph LR', '  s0["core"]', '  s1["base"]', '  s0 --> s1'].join('\n'),
    );
  });

  it('may be a long chain', () => {
    const chain = Array.from({ length: 3_000 }, (_, index) => ({
      path: `s${index}`,
      dependencies: index === 2_999 ? [] : [`s${index + 1}`],
    }));
    expect(treeText(chain).split('\n')).toHaveLength(3_000);
  });
});
