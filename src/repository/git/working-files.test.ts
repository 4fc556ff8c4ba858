import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { ScopePath } from '../../core/index.ts';
import { workingFiles } from './working-files.ts';
import { folderOfTest } from '../../../test/support/folder.ts';

const notes = 'api/notes.yaml' as ScopePath;
let [folder, worktree] = ['', ''];
beforeEach(() => {
  folder = realpathSync(folderOfTest('rhema-working-tree-'));
  worktree = join(folder, 'repository');
  mkdirSync(join(worktree, 'api'), { recursive: true });
});

const inTree = (path: string): string => join(worktree, path);
const files = (gitDir = inTree('.git')) => workingFiles({ worktree, gitDir, commonDir: gitDir });
const read = (path = notes): Promise<string | null> => files().read(path);
/** As long as those are that are given. */
const mark = `${'1'.repeat(16)}-${'2'.repeat(16)}`;
async function write(text: string, named = notes): Promise<void> {
  const path = await files().realPath(named);
  await files().stage(path, mark, text);
  await files().finish(path, mark);
}

/** What is no path to write to, and why; not an error of the system as such. */
const refused = (why: string): Error =>
  expect.objectContaining({
    code: 'INVALID_INPUT',
    message: expect.stringMatching(new RegExp(`^path: .*${why}.*[:;] `)) as string,
  }) as Error;

it('a file is written whole beside itself, and read', async () => {
  expect(await read()).toBeNull();
  await write('one');
  expect(await read()).toBe('one');
  expect(readdirSync(inTree('api'))).toEqual(['notes.yaml']);
});

it('folders that are not there yet are made', async () => {
  const path = 'api/v2/notes/today.yaml' as ScopePath;
  expect(await read(path)).toBeNull();
  await write('one', path);
  expect(await read(path)).toBe('one');
});

it('a link that leads to a file of the tree leads to it still', async () => {
  writeFileSync(inTree('real.yaml'), 'old');
  symlinkSync('../real.yaml', inTree(notes));
  expect(await files().realPath(notes)).toBe('real.yaml');
  await write('new');
  expect(lstatSync(inTree(notes)).isSymbolicLink()).toBe(true);
  expect(readFileSync(inTree('real.yaml'), 'utf8')).toBe('new');
});

it('a folder that is a link is the folder to which it leads', async () => {
  mkdirSync(inTree('web'));
  symlinkSync('../web', inTree('api/web'));
  expect(await files().realPath('api/web/new/notes.yaml' as ScopePath)).toBe('web/new/notes.yaml');
});

it.each([
  ['the file is a link', () => symlinkSync(join(folder, 'mine'), inTree(notes)), 'symbolic link'],
  [
    'its folder is a link',
    () => {
      rmSync(inTree('api'), { recursive: true });
      symlinkSync(folder, inTree('api'));
      writeFileSync(join(folder, 'notes.yaml'), 'mine');
    },
    'symbolic link by now',
  ],
])(
  'what leads out of the tree is neither read nor written, also where it does so only by now: %s',
  async (_, plant, why) => {
    writeFileSync(join(folder, 'mine'), 'mine');
    plant();
    await expect(files().realPath(notes)).rejects.toThrow('leads out of');
    await expect(read()).rejects.toThrow(refused(why));
    await files()
      .stage(notes, mark, 'theirs')
      .catch(() => undefined);
    await files()
      .finish(notes, mark)
      .catch(() => undefined);
    expect(readFileSync(join(folder, 'mine'), 'utf8')).toBe('mine');
    expect(readdirSync(folder).toSorted()).not.toContain(`.notes.yaml.${mark}`);
  },
);

it.each([
  ['a pipe', () => execFileSync('mkfifo', [inTree(notes)]), 'not a regular file'],
  ['a folder', () => mkdirSync(inTree(notes)), 'not a regular file'],
  ['bytes that are no text', () => writeFileSync(inTree(notes), Buffer.of(0xe9)), 'no text in UTF-8'],
  ['a link to nothing in the tree', () => symlinkSync('none.yaml', inTree(notes)), 'symbolic link'],
  ['a link to itself', () => symlinkSync('notes.yaml', inTree(notes)), 'symbolic link'],
])('what is no regular file of text is refused, and nobody waits for it: %s', async (_, plant, why) => {
  plant();
  await expect(read()).rejects.toThrow(refused(why));
});

it.each([
  ['a file in the place of a folder', 'real.yaml/notes.yaml', 'no folder'],
  ['a file in the place of a folder above', 'real.yaml/a/notes.yaml', 'no folder'],
  ['a name that is too long', `api/${'n'.repeat(250)}.yaml`, 'too long'],
  ['a name that leaves no room for another beside it', `api/${'n'.repeat(225)}.yaml`, 'too long'],
  ['a folder', 'api', 'folder'],
  ['a folder that is a link to nothing', 'gone/notes.yaml', 'link to nothing'],
])('what the system refuses is told with what to do: %s', async (_, named, why) => {
  writeFileSync(inTree('real.yaml'), '');
  symlinkSync('nowhere', inTree('gone'));
  await expect(write('text', named as ScopePath)).rejects.toThrow(refused(why));
});

it.each([`api/${'n'.repeat(250)}.yaml`, `${'n'.repeat(300)}/notes.yaml`])(
  'a name that is too long is told as that, also where the file is only read',
  (path) => expect(read(path as ScopePath)).rejects.toThrow(refused('too long')),
);

it("a Git folder in the tree is Git's own, whatever its name", async () => {
  mkdirSync(inTree('history/hooks'), { recursive: true });
  const path = 'history/hooks/pre-commit' as ScopePath;
  const store = files(inTree('history'));
  await expect(store.read(path)).rejects.toThrow(refused("Git's own"));
  await expect(store.stage(path, mark, 'x')).rejects.toThrow(refused("Git's own"));
  expect(readdirSync(inTree('history/hooks'))).toEqual([]);
});

it('a bare repository has no files to write', async () => {
  const bare = workingFiles({ worktree: null, gitDir: folder, commonDir: folder });
  await expect(bare.realPath('hooks/update' as ScopePath)).rejects.toThrow('bare repository');
});
