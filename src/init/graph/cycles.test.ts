import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCycle, type ScopePath } from '../../core/index.ts';
import { untangle, type Untangled } from './cycles.ts';
import { endsKey, linkKinds, type Link, type LinkKind } from './links.ts';

/** `a>b:kind*files`, with an exclamation mark where a person wrote it. */
function linkOf(text: string): Link {
  const [, from = '', to = '', kind = 'required', count = '1'] =
    /^([.\w]+)>([.\w]+)(?::(\w+))?(?:\*(\d+))?!?$/.exec(text) ?? [];
  return {
    from: from as ScopePath,
    to: to as ScopePath,
    kind: kind as LinkKind,
    files: [`${from}/file`],
    fileCount: Number(count),
  };
}

function untangled(texts: readonly string[], unwanted: readonly string[] = []): Untangled {
  const fixed = new Set(texts.filter((text) => text.endsWith('!')).map((text) => endsKey(linkOf(text))));
  const first = new Set(unwanted.map((text) => endsKey(linkOf(text))));
  return untangle({
    links: texts.map(linkOf),
    isFixed: (link) => fixed.has(endsKey(link)),
    isUnwanted: (link) => first.has(endsKey(link)),
  });
}

const textsOf = (links: readonly Link[]): string[] => links.map(({ from, to }) => `${from}>${to}`);
const leftOutOf = ({ leftOut }: Untangled): string[] => textsOf(leftOut.map(({ link }) => link));

it('keeps everything where there is no cycle', () => {
  const { kept, leftOut } = untangled(['c>b', 'b>a', 'c>a']);
  expect(textsOf(kept)).toEqual(['b>a', 'c>a', 'c>b']);
  expect(leftOut).toEqual([]);
});

describe('of a cycle it leaves out', () => {
  it.each([
    ['what only tests need', ['a>b', 'b>a:development'], 'b>a'],
    ['a peer rather than an option', ['a>b:optional', 'b>a:peer'], 'b>a'],
    ['an option rather than an import', ['a>b:import', 'b>a:optional'], 'b>a'],
    ['an import rather than what a manifest names', ['a>b:import', 'b>a'], 'a>b'],
    ['what the top needs', ['.>b', 'b>.'], '.>b'],
    ['what fewer files say', ['a>b:import*2', 'b>a:import*3'], 'a>b'],
    ['else the last by name', ['a>b', 'b>c', 'c>a'], 'c>a'],
    ['one that all share', ['t>a:development*9', 't>b:development*5', 'a>t:development*2', 'b>a'], 'a>t'],
    ['never what a person wrote', ['a>b', 'b>a:development!'], 'a>b'],
  ])('%s', (_title, links, expected) => {
    expect(leftOutOf(untangled(links))).toEqual([expected]);
  });

  it('what was left out before', () => {
    expect(leftOutOf(untangled(['a>b', 'b>a:development'], ['a>b']))).toEqual(['a>b']);
  });
});

it('takes back what was left out once nothing closes the cycle any more', () => {
  expect(leftOutOf(untangled(['a>b', 'b>c'], ['a>b']))).toEqual([]);
});

it('shows the whole cycle', () => {
  const { leftOut } = untangled(['a>b', 'b>c', 'c>a:development', 'c>d']);
  expect(textsOf(leftOut[0]?.cycle ?? [])).toEqual(['c>a', 'a>b', 'b>c']);
});

it('names a cycle that a person wrote, and leaves it', () => {
  const { fixedCycle, kept } = untangled(['a>b!', 'b>a!', 'c>a']);
  expect(fixedCycle).toEqual(['b', 'a', 'b']);
  expect(textsOf(kept)).toEqual(['a>b', 'b>a', 'c>a']);
});

const names = ['.', 'a', 'b', 'c', 'd', 'e', 'f'];
const graphs = fc.uniqueArray(
  fc.record({
    from: fc.constantFrom(...names),
    to: fc.constantFrom(...names),
    kind: fc.constantFrom(...linkKinds),
  }),
  { maxLength: 24, selector: ({ from, to }) => `${from}>${to}` },
);

it('no cycle remains, nothing is left out needlessly, and the order of the links does not matter', () => {
  fc.assert(
    fc.property(graphs, (edges) => {
      const texts = edges
        .filter(({ from, to }) => from !== to)
        .map(({ from, to, kind }) => `${from}>${to}:${kind}`);
      const { kept, leftOut } = untangled(texts);
      const targets = (scope: ScopePath): ScopePath[] =>
        kept.filter(({ from }) => from === scope).map(({ to }) => to);
      expect(findCycle(names as ScopePath[], targets)).toBeNull();
      expect(kept.length + leftOut.length).toBe(texts.length);
      for (const { link, cycle } of leftOut) {
        expect(cycle[0]).toBe(link);
        expect(cycle.at(-1)?.to).toBe(link.from);
        for (const [index, one] of cycle.slice(1).entries()) {
          expect(one.from).toBe(cycle[index]?.to);
          expect(kept).toContain(one);
        }
      }
      expect(untangled(texts.toReversed())).toEqual({ kept, leftOut, fixedCycle: null });
    }),
    { numRuns: 300 },
  );
});
