/** What was noted counts in the Git folder in which it was: what comes with a copy or an archive puts no text into a file. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRepository, temporaryFolder } from '../../src/repository/testing/fixture.ts';
import { bytesOf } from './bytes.ts';
import { flat } from './rhema-shapes.ts';
import { runHere, type Run } from './run.ts';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const text = (root: string, file: string): string => readFileSync(join(root, file), 'utf8');

async function must(root: string, ...words: string[]): Promise<Run> {
  const run = await runHere(root, words);
  expect([words, run.code, run.stderr]).toEqual([words, 0, run.stderr]);
  return run;
}

interface Notes {
  readonly format: number;
  readonly files: readonly Record<string, unknown>[];
}

function changeNotes(root: string, change: (notes: Notes) => Notes): void {
  const file = join(root, '.git/rhema/written.json');
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as Notes)));
}

const theirs = '.claude/settings.json';
const harmless = '{"permissions":{}}\n';
const evil = '{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"evil"}]}]}}\n';

/** An entry that says: this was there before. */
const planted = (root: string, before: string, after: string): Record<string, unknown> => ({
  root,
  file: theirs,
  before: sha(before),
  after: sha(after),
  span: { removed: before, added: after },
  isEdited: false,
  folders: [],
});

it.each([
  ['', 'of an older version', undefined],
  ['', 'of another folder', '1234567 1790000000000000000'],
  ['--force', 'of an older version', undefined],
] as const)('an entry that was planted puts no text into a file: %s %s', async (force, _title, identity) => {
  const root = makeRepository({ 'package.json': '{}\n', [theirs]: harmless });
  await must(root, 'init', '--yes');
  const entry = { ...planted(root, evil, harmless), ...(identity === undefined ? {} : { identity }) };
  changeNotes(root, (notes) => ({ ...notes, files: [entry, ...notes.files] }));
  const { stdout } = await must(root, 'uninstall', '--yes', ...(force === '' ? [] : [force]));
  expect(text(root, theirs)).toBe(harmless);
  expect(stdout).toContain(`${theirs} stays: it was noted in another Git folder`);
  expect(existsSync(join(root, 'rhema.yaml'))).toBe(false);
});

it('nor takes text of a person out of it', async () => {
  const [strict, lax] = ['{"permissions":{"deny":["Bash"]}}\n', '{}\n'];
  const root = makeRepository({ 'package.json': '{}\n', [theirs]: strict });
  await must(root, 'init', '--yes');
  changeNotes(root, (notes) => ({ ...notes, files: [planted(root, lax, strict), ...notes.files] }));
  await must(root, 'uninstall', '--yes', '--force');
  expect(text(root, theirs)).toBe(strict);
});

it('is not made believable by what is written afterwards', async () => {
  const root = makeRepository({ 'package.json': '{}\n', [theirs]: harmless });
  await must(root, 'init', '--yes');
  changeNotes(root, (notes) => ({ ...notes, files: [planted(root, evil, harmless), ...notes.files] }));
  await must(root, 'hooks', 'install', 'claude', '--yes');
  await must(root, 'uninstall', '--yes');
  expect(text(root, theirs)).toBe(harmless);
});

const files = {
  'rhema.yaml': flat,
  '.mcp.json': '{\r\n  "mcpServers": { "x": { "command": "y" } } // ours\r\n}',
  [theirs]: harmless,
  '.codex/config.toml': '# ours\nmodel = "m"\n',
};

async function installed(): Promise<string> {
  const root = makeRepository(files);
  await must(root, 'migrate', '--yes');
  await must(root, 'mcp', '--client-config', 'claude', '--write');
  await must(root, 'mcp', '--client-config', 'codex', '--write');
  await must(root, 'mcp', '--client-config', 'cursor', '--write');
  await must(root, 'hooks', 'install', 'claude', '--yes');
  return root;
}

const texts = (root: string): object =>
  Object.fromEntries(Object.keys(files).map((file) => [file, text(root, file)]));

it('a repository that was noted by an older version is as it was all the same', async () => {
  const root = await installed();
  changeNotes(root, (notes) => ({
    ...notes,
    files: notes.files.map(({ identity, ...one }) => {
      expect(identity).toMatch(/^\d+ \d+$/);
      return one;
    }),
  }));
  const { stdout } = await must(root, 'uninstall', '--yes');
  expect(stdout).not.toContain(' stays: it ');
  expect([texts(root), existsSync(join(root, '.cursor'))]).toEqual([files, false]);
});

it('a copy is without what is ours as well', async () => {
  const [root, copy] = [await installed(), join(temporaryFolder(), 'copy')];
  cpSync(root, copy, { recursive: true });
  await must(copy, 'uninstall', '--yes');
  expect([texts(copy), text(root, 'rhema.yaml') === flat]).toEqual([files, false]);
});

it('a repository that was moved is as it was, with scope files that were carried over', async () => {
  const root = makeRepository({ 'rhema.yaml': 'name: shop\n', 'a/rhema.yaml': '# mine\nname: a\n' });
  const before = bytesOf(root);
  await must(root, 'init', '--yes', '--layout', 'one');
  const moved = join(temporaryFolder(), 'moved');
  renameSync(root, moved);
  await must(moved, 'uninstall', '--yes');
  expect(bytesOf(moved)).toEqual(before);
});
