import { expect, it } from 'vitest';
import type { ScopePath } from '../../core/index.ts';
import type { LeftOut, Link, Plan } from '../../init/index.ts';
import { changesQuestion, planText, writtenText } from './plan.ts';
import { createStyle } from './style.ts';

const style = createStyle({ color: false, columns: null });

function link(from: string, to: string): Link {
  return {
    from: from as ScopePath,
    to: to as ScopePath,
    kind: 'import',
    files: [`${from}/index.ts`],
    fileCount: 1,
  };
}

/** Around through so many scopes. */
function cycleOf(length: number): LeftOut {
  const cycle = Array.from({ length }, (_, index) => link(`s${index}`, `s${(index + 1) % length}`));
  return { link: cycle[0] ?? link('a', 'b'), cycle };
}

const plan: Plan = {
  mode: 'derive',
  origins: ['package.json'],
  scopes: [{ path: '.' as ScopePath, name: 'acme', type: 'repository', source: '.', dependencies: [] }],
  links: [],
  leftOut: [],
  newlyLeftOut: [],
  excesses: [],
  isBlockNew: true,
  leftAside: { exclude: [], parts: 0 },
  changes: [{ file: 'rhema.yaml', before: null, after: '' }],
  notices: [],
  gaps: [],
  problems: [],
};

it('shows what there is', () => {
  expect(planText(style, plan)).toBe(
    '1 scope, 0 dependencies, derived from package.json\n\n.  acme, repository\n\nno dependencies between them were found\n\nadd    rhema.yaml',
  );
});

it('shows a scope under another only if it lies in its folder', () => {
  const scopes = ['.', 'app', 'app-tools', 'app/web', 'frontend', 'packages/emails'].map((path) => ({
    path: path as ScopePath,
    name: 'x',
    type: 'library',
    source: 'package.json',
    dependencies: [],
  }));
  expect(planText(style, { ...plan, scopes }).split('\n\n')[1]).toBe(
    [
      '.                  x, library',
      '  app              x, library',
      '    app/web        x, library',
      '  app-tools        x, library',
      '  frontend         x, library',
      '  packages/emails  x, library',
    ].join('\n'),
  );
});

it('is short when there is nothing to do', () => {
  expect(planText(style, { ...plan, changes: [] })).toBe(
    '1 scope, 0 dependencies, derived from package.json; nothing to do',
  );
});

it('cuts long lists, and says how much is missing', () => {
  const text = planText(style, {
    ...plan,
    leftOut: Array.from({ length: 30 }, () => cycleOf(40)),
    changes: Array.from({ length: 200 }, (_, index) => ({
      file: `p${index}/rhema.yaml`,
      before: 'x',
      after: null,
    })),
  });
  expect(text).toContain('cycle s0 -> s1 -> s2 -> s3 -> s4 -> s5 -> s6 -> s7 -> s8 -> s9 -> ... -> s0\n');
  expect(text).toContain(
    '  s11 needs s12 (import): s11/index.ts\n  ... and 28 steps more\n  left out: s0 -> s1\n',
  );
  expect(text).toContain('... and 28 cycles more; --json has all');
  expect(text.split('\n').filter((text) => text.includes('left out'))).toHaveLength(2);
  expect(text).toContain('remove p79/rhema.yaml\n... and 120 more; --json has all');
});

it('counts cycles that are no news, instead of showing them at each run', () => {
  const leftOut = Array.from({ length: 3 }, () => cycleOf(2));
  expect(planText(style, { ...plan, changes: [], leftOut })).toBe(
    '1 scope, 0 dependencies, derived from package.json; nothing to do\n\n3 dependencies left out, which would close cycles: left_out in the scope files; --json has all',
  );
});

it.each([
  [{ limit: 'scopes', value: 3, allowed: 2, scope: null }, '3 scopes: at most 2 are possible'],
  [
    { limit: 'max_dependencies', value: 3, allowed: 2, scope: 'a' as ScopePath },
    'a has 3 dependencies: max_dependencies is 2',
  ],
  [
    { limit: 'max_scope_depth', value: 3, allowed: 2, scope: null },
    'the longest chain has 3 dependencies: max_scope_depth is 2',
  ],
] as const)('tells that %o', (excess, expected) => {
  expect(planText(style, { ...plan, excesses: [excess] })).toContain(expected);
});

it('lets nothing from a manifest drive the terminal', () => {
  const scopes = [
    { path: 'a' as ScopePath, name: 'x\u001b[2J', type: 'library', source: 'a', dependencies: [] },
  ];
  expect(planText(style, { ...plan, scopes })).not.toContain('\u001b');
});

it.each([
  [1, 6, '1 file written, 6 removed; commit them', 'Write 1 file, and remove 6?'],
  [0, 1, '1 file removed; commit it', 'Remove 1 file?'],
  [2, 0, '2 files written; commit them', 'Write 2 files?'],
])('tells %i files that are written from %i that are removed', (written, removed, told, asked) => {
  const changes = [
    ...Array.from({ length: written }, (_, index) => ({ file: `w${index}`, before: '', after: 'x' })),
    ...Array.from({ length: removed }, (_, index) => ({ file: `r${index}`, before: 'x', after: null })),
  ];
  expect(writtenText({ ...plan, changes })).toContain(told);
  expect(changesQuestion({ changes })).toBe(asked);
});

it('says of one file, and of several, what to do with what was written', () => {
  const [change] = plan.changes;
  expect(writtenText(plan)).toContain('1 file written; commit it, and');
  expect(writtenText({ ...plan, changes: [change, change].flatMap((one) => one ?? []) })).toContain(
    '2 files written; commit them, and',
  );
});
