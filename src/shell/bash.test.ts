import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { matcherOf, pathOnDisk, readShell, type ShellWrite } from './index.ts';
import { parseExamples } from './testing/answers.ts';

/** Of the golden file those that touch nothing but files, and only where they are run. */
const text = readFileSync(new URL('testing/command-lines.txt', import.meta.url), 'utf8');
const elsewhere = /(^|[\s"'=>])[/~]|HOME|rev-parse|https?:/;
const foreign =
  /\b(sudo|git|curl|wget|npx?|npm|pnpm|prettier|eslint|oxlint|black|ruff|cargo|gofmt|rustfmt|clang-format|python3?|node|rsync|yq|gawk|unzip|apply_patch|less|make_it|build|script|env\.sh|bat|rg|ed|tail|frobnicate|while true|exec 3|pushd b)\b/;
const examples = parseExamples(text).filter(
  ({ command }) => !elsewhere.test(command) && !foreign.test(command),
);

const root = mkdtempSync(join(tmpdir(), 'rhema-shell-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const stubs = [
  'a,b,c,d,f,g,in,x,y,list,lock,ref,-f,a b,c d,e f,a.ts,b.ts,a1.ts,a2.ts,a.gz,dir/x,dst/x,fix.patch,log/b.txt',
  'src/a,src/a.ts,src/b.ts,src/x.ts,src/x.js,src/a*b1,src/lib/y,src/m/dist/z',
].flatMap((names) => names.split(','));
const before = Date.parse('2001-01-01') / 1000;

/** Paths below a folder, with what changes when they are written. */
function listed(folder: string, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
    const path = prefix + entry.name;
    const { mtimeMs, ino, size } = lstatSync(join(folder, path));
    if (!entry.isDirectory()) found.set(path, [mtimeMs, ino, size].join());
    else for (const [inner, state] of listed(folder, `${path}/`)) found.set(inner, state);
  }
  return found;
}

/** What a run of bash in a folder of stubs has changed: paths from that folder. */
function changedBy(
  command: string,
  run: number,
): { readonly changed: readonly string[]; readonly status: number | null } {
  const home = join(root, String(run));
  const folder = join(home, 'work');
  for (const [index, stub] of stubs.entries()) {
    mkdirSync(dirname(join(folder, stub)), { recursive: true });
    writeFileSync(join(folder, stub), `${stub}\n`);
    utimesSync(join(folder, stub), before + index, before + index);
  }
  const old = listed(home);
  const { status } = spawnSync('bash', ['-c', command], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: home, LC_ALL: 'C.UTF-8' },
    input: '',
    timeout: 20_000,
  });
  const now = listed(home);
  const paths = [...new Set([...old.keys(), ...now.keys()])];
  const changed = paths.filter((path) => old.get(path) !== now.get(path));
  return { changed: changed.map((path) => posix.relative('work', path)), status };
}

const foldersOnly = (path: string): boolean => stubs.some((stub) => stub.startsWith(`${path}/`));

function covers(write: ShellWrite, path: string): boolean {
  const isMatch = (place: string): boolean =>
    place === path || (write.how === 'tree' && (place === '.' || path.startsWith(`${place}/`)));
  const place = posix.relative('/s', pathOnDisk(write, { start: '/s', home: '/~', top: '/s' })) || '.';
  if (write.pattern !== null) {
    const below = place === '.' ? path : path.slice(place.length + 1);
    return (place === '.' || path.startsWith(`${place}/`)) && matcherOf(write)(below, false);
  }
  if (write.inside !== null && foldersOnly(place)) return isMatch(`${place}/${write.inside}`);
  return isMatch(place);
}

test('there is enough to run', () => {
  expect(examples.length).toBeGreaterThan(120);
  expect(existsSync(root)).toBe(true);
});

test.each(examples.map((example, run) => ({ ...example, run })))(
  'bash does so: $command',
  ({ command, run }) => {
    const { writes, unjudged } = readShell(command);
    const { changed, status } = changedBy(command, run);
    const isWhole = unjudged.length === 0;
    if (isWhole) expect(changed.filter((path) => !writes.some((write) => covers(write, path)))).toEqual([]);
    // A way that was not taken writes nothing, and what failed may have written only a part.
    if (status !== 0 || /\|\||\b(if|case|trap)\b|\(\) |^\[|^test|^!|<</.test(command)) return;
    expect(writes.filter((write) => !changed.some((path) => covers(write, path)))).toEqual([]);
  },
);
