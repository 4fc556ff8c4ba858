/** What is noted beside the log may have come with an archive of a repository: it must not decide which files go. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, write } from '../../src/repository/testing/fixture.ts';
import { makeAcme } from './acme.ts';
import { bytesOf } from './bytes.ts';
import { runHere, type Run } from './run.ts';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A repository in a folder in which other things of the user's lie. */
interface Place {
  readonly around: string;
  readonly root: string;
}

async function prepared(): Promise<Place> {
  const root = makeAcme();
  const around = temporaryFolder();
  mkdirSync(join(around, 'empty'));
  writeFileSync(join(around, 'victim.txt'), 'mine\n');
  writeFileSync(join(around, 'rhema.yaml'), 'name: other\n');
  write(root, { 'src/empty.txt': '', 'src/mine.txt': 'mine\n', 'src/run.json': '{\n"a": "good"\n}\n' });
  mkdirSync(join(root, 'logs'));
  symlinkSync(around, join(root, 'out'));
  await runHere(root, ['init', '--yes']);
  return { around, root };
}

const made = (text: string): object => ({
  before: null,
  after: sha(text),
  span: { removed: '', added: '' },
  isEdited: false,
  folders: [],
});

const gone = (text: string): object => ({
  before: sha(text),
  after: null,
  span: { removed: text, added: '' },
  isEdited: false,
  folders: [],
});

function plant(root: string, ...entries: readonly object[]): void {
  const file = join(root, '.git/rhema/written.json');
  const noted = JSON.parse(readFileSync(file, 'utf8')) as { files: object[] };
  const files = [...entries.map((one) => ({ root, ...one })), ...noted.files];
  writeFileSync(file, JSON.stringify({ ...noted, files }));
}

const forced = (root: string): Promise<Run> => runHere(root, ['uninstall', '--yes', '--force']);

const climb = (around: string): string => `../${around.slice(around.lastIndexOf('/') + 1)}`;

type Planted = (place: Place) => object;

const attacks: readonly (readonly [string, Planted])[] = [
  [
    'a file beside the working tree',
    ({ around }) => ({ file: `${climb(around)}/victim.txt`, ...made('mine\n') }),
  ],
  [
    'a scope file beside it',
    ({ around }) => ({ file: `${climb(around)}/rhema.yaml`, ...made('name: other\n') }),
  ],
  [
    'a new scope file beside it',
    ({ around }) => ({ file: `${climb(around)}/empty/rhema.yaml`, ...gone('name: x\n') }),
  ],
  ['a scope file behind a link', () => ({ file: 'out/rhema.yaml', ...made('name: other\n') })],
  ['a new one behind a link', () => ({ file: 'out/empty/rhema.yaml', ...gone('name: x\n') })],
  ['a file of a person whose text is known', () => ({ file: 'src/empty.txt', ...made('') })],
  ['a file of a person, by --force', () => ({ file: 'src/mine.txt', ...made('other') })],
  [
    'a line of a file of a person',
    () => ({
      file: 'src/run.json',
      ...made(''),
      before: sha('x'),
      after: sha('y'),
      span: { removed: '"a": "bad"\n', added: '"a": "good"\n' },
    }),
  ],
  ["Git's hooks", () => ({ file: '.git/hooks/post-checkout', ...gone('#!/bin/sh\nexit 1\n') })],
  ['the folder of Git in other letters', () => ({ file: '.GIT/rhema.yaml', ...gone('name: x\n') })],
  [
    'a text that was never there',
    () => ({ file: 'src/rhema.yaml', ...gone('name: x\n'), before: sha('other') }),
  ],
  ['an absolute path', ({ around }) => ({ file: join(around, 'rhema.yaml'), ...gone('name: other\n') })],
  ['a name that no file has', () => ({ file: 'src\0/rhema.yaml', ...made('') })],
  ['no name', () => ({ file: '', ...made('') })],
  ['the tree itself', () => ({ file: '.', ...made('') })],
  ['a folder in two spellings', () => ({ file: 'src/../src/rhema.yaml', ...gone('name: x\n') })],
];

const folderAttacks: readonly (readonly [string, (place: Place) => readonly unknown[]])[] = [
  ['beside the working tree', ({ around }) => [`${climb(around)}/empty`]],
  ['behind a link', () => ['out/empty']],
  ['of a person', () => ['logs']],
  ['that is no name', () => [1, null, {}]],
];

describe('what was planted in the notes of an uninstall', () => {
  it.each(attacks)('is not done, is named, and does not hinder: %s', async (_title, planted) => {
    const place = await prepared();
    const { around, root } = place;
    const entry = planted(place) as { file: string };
    plant(root, entry);
    const mine = (): object =>
      Object.fromEntries(
        Object.entries(bytesOf(root)).filter(
          ([name]) => !name.startsWith('.git/rhema') && name !== 'rhema.yaml',
        ),
      );
    const before = [bytesOf(around), mine()];
    const { code, stderr, stdout } = await forced(root);
    expect([code, stderr]).toEqual([0, '']);
    expect([bytesOf(around), mine()]).toEqual(before);
    expect(existsSync(join(root, 'rhema.yaml'))).toBe(false);
    expect(existsSync(join(root, '.git/rhema'))).toBe(false);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/ stays: /);
  });

  it.each(folderAttacks)('removes no empty folder %s', async (_title, folders) => {
    const place = await prepared();
    const { around, root } = place;
    plant(root, { file: 'src/new/rhema.yaml', ...made(''), folders: folders(place) });
    const { code, stderr } = await forced(root);
    expect([code, stderr]).toEqual([0, '']);
    expect([existsSync(join(around, 'empty')), existsSync(join(root, 'logs'))]).toEqual([true, true]);
  });
});
