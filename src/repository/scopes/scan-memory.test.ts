import {
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fingerprintOnly, findRepository, ScanMemory, scanRepository, type ScanResult } from '../index.ts';
import * as listings from '../git/ls-files.ts';
import { commitAll, flat, git, graphOf, makeRepository, write } from '../testing/fixture.ts';

/** Beyond the tick within which a change leaves no trace: the memory is used at all only then. */
const later = 10_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + later);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A repository that is scanned again and again, with what was remembered and anew. */
class Scanned {
  readonly root: string;
  readonly #memory = new ScanMemory();

  constructor(root: string) {
    this.root = root;
  }

  async remembered(): Promise<ScanResult> {
    const repository = await findRepository({ cwd: this.root, env: {} });
    return scanRepository(repository, { previous: null, env: {}, memory: this.#memory });
  }

  async anew(): Promise<ScanResult> {
    const repository = await findRepository({ cwd: this.root, env: {} });
    return scanRepository(repository, { previous: null, env: {} });
  }

  async fingerprint(): Promise<string> {
    return fingerprintOnly(await findRepository({ cwd: this.root, env: {} }), this.#memory);
  }
}

/** Scanned until everything there is to remember is remembered. */
async function settled(root: string): Promise<Scanned> {
  const scanned = new Scanned(root);
  await scanned.remembered();
  await scanned.remembered();
  return scanned;
}

const files = { 'a/rhema.yaml': flat('a'), 'b/rhema.yaml': flat('b', '../a'), 'b/c/notes.txt': 'x' };

describe('a look at files that did not change', () => {
  test('asks Git for no listing, and gives the same', async () => {
    const scanned = await settled(makeRepository(files));
    const asked = vi.spyOn(listings, 'listTree');
    const before = await scanned.anew();
    asked.mockClear();
    expect(await scanned.remembered()).toEqual(before);
    expect(await scanned.fingerprint()).toBe(before.fingerprint);
    expect(asked).not.toHaveBeenCalled();
  });

  test('asks for none either when an editor has replaced a file that defines no scope', async () => {
    const root = makeRepository(files);
    const scanned = await settled(root);
    writeFileSync(join(root, 'b/c/notes.txt~'), 'y');
    renameSync(join(root, 'b/c/notes.txt~'), join(root, 'b/c/notes.txt'));
    const asked = vi.spyOn(listings, 'listTree');
    await scanned.fingerprint();
    expect(asked).not.toHaveBeenCalled();
  });

  test('finds out that they did, also while another look at the change is under way', async () => {
    const root = makeRepository(files);
    const scanned = await settled(root);
    write(root, { 'd/rhema.yaml': flat('d') });
    const { listTree } = listings;
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const asked = vi.spyOn(listings, 'listTree').mockImplementationOnce(async (...words) => {
      await held;
      return listTree(...words);
    });
    const first = scanned.fingerprint();
    await vi.waitUntil(() => asked.mock.calls.length > 0);
    const second = await scanned.remembered();
    goOn();
    expect([Object.keys(graphOf(second)), second.fingerprint]).toEqual([['a', 'b', 'd'], await first]);
  });

  test('asks again after a minute, whatever it sees', async () => {
    const scanned = await settled(makeRepository(files));
    const asked = vi.spyOn(listings, 'listTree');
    vi.setSystemTime(Date.now() + 60_001);
    await scanned.fingerprint();
    expect(asked).toHaveBeenCalled();
  });

  test('asks again as long as the last change is so young that another may hide behind it', async () => {
    vi.useRealTimers();
    const root = makeRepository(files);
    const scanned = await settled(root);
    const asked = vi.spyOn(listings, 'listTree');
    await scanned.fingerprint();
    expect(asked).toHaveBeenCalled();
  });
});

test('a file whose content changed while its size and time were kept is read again', async () => {
  const root = makeRepository(files);
  const scanned = await settled(root);
  const file = join(root, 'a/rhema.yaml');
  const time = new Date(1_000_000_000_000);
  utimesSync(file, time, time);
  await scanned.remembered();
  writeFileSync(file, flat('z'));
  utimesSync(file, time, time);
  expect((await scanned.remembered()).definitions[0]).toMatchObject({ path: 'a', name: 'z' });
});

test('a file that could not be read once is read again, though it is the same file', async () => {
  const root = makeRepository({ ...files, 'a/rhema.yaml': 'name: [\n' });
  const scanned = await settled(root);
  expect(graphOf(await scanned.remembered())).toEqual({ b: [] });
  writeFileSync(join(root, 'a/rhema.yaml'), flat('a'));
  expect(graphOf(await scanned.remembered())).toEqual({ a: [], b: ['a'] });
});

describe('is seen at the next look:', () => {
  const happenings: readonly (readonly [
    title: string,
    before: Record<string, string>,
    happens: (root: string) => void,
  ])[] = [
    [
      'a rule that was added to a .gitignore',
      { '.gitignore': '*.o\n' },
      (root) => write(root, { '.gitignore': 'a/\n' }),
    ],
    ['a rule of .git/info/exclude', {}, (root) => write(root, { '.git/info/exclude': 'a/\n' })],
    [
      'a setting of the repository',
      { mine: 'a/\n' },
      (root) => git(root, 'config', 'core.excludesFile', join(root, 'mine')),
    ],
    [
      'a scope in a folder of whose files Git ignored all',
      { '.gitignore': '*.o\n', 'objects/x.o': '' },
      (root) => write(root, { 'objects/rhema.yaml': flat('objects') }),
    ],
    ['a scope in a folder that was empty', {}, (root) => write(root, { 'empty/rhema.yaml': flat('empty') })],
    [
      'a file that is tracked from now on',
      { '.gitignore': 'out/\n', 'out/rhema.yaml': flat('out') },
      (root) => git(root, 'add', '--force', 'out'),
    ],
    ['a folder that has become a repository', {}, (root) => git(root, 'init', '--quiet', 'b')],
  ];

  test('a scope in a folder of another repository whose files this one tracks', async () => {
    const root = makeRepository(files);
    commitAll(root);
    git(root, 'init', '--quiet', 'b');
    const scanned = await settled(root);
    write(root, { 'b/c/rhema.yaml': flat('c') });
    const now = await scanned.remembered();
    expect(now).toEqual(await scanned.anew());
    expect(Object.keys(graphOf(now))).toContain('b/c');
  });

  test.each(happenings)('%s', async (_title, before, happens) => {
    const root = makeRepository({ ...files, ...before });
    mkdirSync(join(root, 'empty'));
    const scanned = await settled(root);
    const former = graphOf(await scanned.remembered());
    happens(root);
    const now = await scanned.remembered();
    expect(now).toEqual(await scanned.anew());
    expect(graphOf(now)).not.toEqual(former);
  });
});

const folders = ['a', 'b', 'b/c', 'out', 'out/x', 'deep/er/most'] as const;
const folder = fc.constantFrom(...folders);
const scopeFile = fc.constantFrom('rhema.yaml', 'scope.yaml', '.rhema/rhema.yaml');
const ignoring = fc.constantFrom('out/\n', 'out/*\n', '*.yaml\n', 'b/\n!b/rhema.yaml\n', '*.o\n', '');

type Change = (root: string) => void;
const quietly =
  (change: Change): Change =>
  (root) => {
    try {
      change(root);
    } catch {
      // It needs what is not there, or Git refuses: nothing changes.
    }
  };

/** All that may happen to a working tree between two looks. */
const changes: fc.Arbitrary<Change> = fc
  .oneof(
    fc.tuple(folder, scopeFile, fc.string({ maxLength: 3 })).map(
      ([base, name, text]): Change =>
        (root) =>
          write(root, { [`${base}/${name}`]: flat(`n${text.replaceAll(/\W/g, '')}`) }),
    ),
    fc.tuple(folder, scopeFile).map(
      ([base, name]): Change =>
        (root) =>
          rmSync(join(root, base, name), { force: true }),
    ),
    folder.map(
      (base): Change =>
        (root) =>
          rmSync(join(root, base), { recursive: true, force: true }),
    ),
    folder.map(
      (base): Change =>
        (root) =>
          mkdirSync(join(root, base), { recursive: true }),
    ),
    folder.map(
      (base): Change =>
        (root) =>
          write(root, { [`${base}/a.o`]: 'object' }),
    ),
    fc.tuple(folder, folder).map(
      ([from, to]): Change =>
        (root) =>
          renameSync(join(root, from), join(root, to)),
    ),
    fc.tuple(fc.constantFrom('', 'b/', 'out/'), ignoring).map(
      ([base, rules]): Change =>
        (root) =>
          write(root, { [`${base}.gitignore`]: rules }),
    ),
    ignoring.map(
      (rules): Change =>
        (root) =>
          write(root, { '.git/info/exclude': rules }),
    ),
    folder.map(
      (base): Change =>
        (root) =>
          git(root, 'init', '--quiet', base),
    ),
    folder.map(
      (base): Change =>
        (root) =>
          rmSync(join(root, base, '.git'), { recursive: true, force: true }),
    ),
    folder.map((base): Change => (root) => {
      rmSync(join(root, base), { recursive: true, force: true });
      symlinkSync(join(root, 'a'), join(root, base));
    }),
    fc.constant<Change>((root) => git(root, 'add', '--all')),
    fc.constant<Change>((root) => git(root, 'rm', '-r', '--quiet', '--cached', '.')),
    fc.constant<Change>((root) => commitAll(root)),
    fc.constant<Change>((root) => git(root, 'checkout', '--quiet', '--force', 'HEAD~1')),
    fc.constant<Change>((root) => git(root, 'checkout', '--quiet', '--force', '-')),
    fc.constant<Change>((root) => git(root, 'stash', '--quiet', '--include-untracked')),
    fc.constant<Change>((root) => git(root, 'stash', 'pop', '--quiet')),
    fc.constant<Change>((root) => git(root, 'clean', '-fdq')),
    folder.map((base): Change => (root) => {
      chmodSync(join(root, base), 0o755);
      readdirSync(join(root, base));
    }),
  )
  .map(quietly);

test(
  'whatever happens to the files, a scan that remembers gives what one anew gives',
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(changes, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }),
        async (story) => {
          const root = makeRepository(files);
          commitAll(root);
          const scanned = await settled(root);
          for (const [index, step] of story.entries()) {
            for (const change of step) change(root);
            // At every other step what happened lies long enough back to be remembered.
            if (index % 2 === 0) vi.setSystemTime(Date.now() + later);
            const [remembered, anew] = [await scanned.remembered(), await scanned.anew()];
            expect(remembered).toEqual(anew);
            expect(await scanned.fingerprint()).toBe(anew.fingerprint);
          }
        },
      ),
      { numRuns: 25 },
    );
  },
);
