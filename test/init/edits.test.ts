import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeRepository, write } from '../../src/repository/testing/fixture.ts';
import { init, json, planRefresh, refresh } from './support.ts';

const names = ['a', 'b', 'c', 'd', 'e'];

/** What the code needs: for each package its dependencies, some of them for tests only. */
const codes = fc.array(
  fc.record({
    name: fc.constantFrom(...names),
    dependencies: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 3 }),
    tests: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 6 },
);
type Code = typeof codes extends fc.Arbitrary<infer T> ? T : never;

function writeCode(root: string, code: Code): void {
  for (const name of names) rmSync(join(root, name, 'package.json'), { force: true });
  const listed = (list: readonly string[]): object => Object.fromEntries(list.map((one) => [one, '*']));
  for (const { name, dependencies, tests } of code)
    write(root, {
      [`${name}/package.json`]: json({
        name,
        dependencies: listed(dependencies),
        devDependencies: listed(tests),
      }),
    });
}

/** What a person may do to a scope's file; each leaves a trace that must survive. */
const edits: readonly (readonly [trace: string, edit: (text: string) => string])[] = [
  ['# above all', (text) => `# above all\n${text}`],
  ['owner: "me"   # for now', (text) => `${text}owner: "me"   # for now\n`],
  ['name:   mine', (text) => text.replace(/^name: .*$/m, 'name:   mine')],
  ['# between', (text) => text.replace('version: 1.0.0\n', 'version: 1.0.0\n\n# between\n')],
  ['dependency_type: by-hand', (text) => withEntry(text, '  - path: ../top\n    dependency_type: by-hand\n')],
  ['# why', (text) => text.replace(/^ {2}- path: \.\.\/\w$/m, '$& # why')],
  ['# taken out', (text) => text.replace(/^ {2}- path: \.\.\/\w\n.*\n/m, '# taken out\n')],
  ['tags: [ one,two ]', (text) => text.replace(/^version/m, 'tags: [ one,two ]\nversion')],
];

function withEntry(text: string, entry: string): string {
  if (/^dependencies:\n/m.test(text)) return text.replace('dependencies:\n', `dependencies:\n${entry}`);
  return text.replace('version: 1.0.0\n', `version: 1.0.0\ndependencies:\n${entry}`);
}

const runs = process.env['RUNS'];

const works = fc.array(
  fc.record({
    file: fc.constantFrom(...names),
    edit: fc.nat({ max: edits.length - 1 }),
    crlf: fc.boolean(),
  }),
  { maxLength: 5 },
);

it('whatever a person writes survives whatever the code becomes, and the files say the graph that was shown', async () => {
  await fc.assert(
    fc.asyncProperty(codes, works, codes, async (before, work, after) => {
      const root = makeRepository({
        'package.json': json({ name: 'acme', workspaces: ['*'] }),
        'top/package.json': json({ name: 'top' }),
      });
      writeCode(root, before);
      await init(root);
      const traces = work.flatMap(({ file, edit, crlf }) =>
        editFile(join(root, file, 'rhema.yaml'), edit, crlf),
      );
      await refresh(root);
      writeCode(root, after);
      await refresh(root);
      for (const [file, trace] of traces) expect(readFileSync(file, 'utf8')).toContain(trace);
      expect((await planRefresh(root)).changes).toEqual([]);
    }),
    // RUNS=500 looks further, from another start each time.
    runs === undefined ? { numRuns: 8, seed: 20 } : { numRuns: Number(runs) },
  );
});

/** Applies an edit that applies; the file and the trace it must keep. */
function editFile(file: string, edit: number, crlf: boolean): [string, string][] {
  const [trace, change] = edits[edit] ?? ['', (text: string) => text];
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  if (text.includes(trace)) return [];
  const changed = change(text.replaceAll('\r\n', '\n'));
  if (!changed.includes(trace)) return [];
  writeFileSync(file, crlf || text.includes('\r\n') ? changed.replaceAll('\n', '\r\n') : changed);
  return [[file, trace]];
}
