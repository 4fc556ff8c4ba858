/** Something else stands in the place of a file of the state: nothing is held up by it, and nothing is done by halves. */
import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRepository } from '../../src/repository/testing/fixture.ts';
import { runHere, type Run } from './run.ts';

const settings = '{"permissions":{}}\n';

async function installed(): Promise<string> {
  const root = makeRepository({ 'package.json': '{}\n', '.claude/settings.json': settings });
  for (const words of [
    ['init', '--yes'],
    ['agent', 'join', 'alice'],
    ['hooks', 'install', 'claude', '--yes'],
  ])
    expect((await runHere(root, words)).code).toBe(0);
  return root;
}

const things: Readonly<Record<string, (path: string) => void>> = {
  'a pipe': (path) => void execFileSync('mkfifo', [path]),
  'a device': (path) => symlinkSync('/dev/zero', path),
  'a link': (path) => symlinkSync('/nonexist/x', path),
  'a folder': (path) => mkdirSync(path),
  'a file with a second name': (path) => {
    writeFileSync(`${path}.other`, 'precious');
    linkSync(`${path}.other`, path);
  },
};

async function withThing(name: string, thing: string): Promise<string> {
  const root = await installed();
  rmSync(join(root, name), { recursive: true, force: true });
  things[thing]?.(join(root, name));
  return root;
}

const told = ({ stdout, stderr }: Run): string => `${stdout}${stderr}`.replaceAll(/\s+/g, ' ');

const lock = ['.git/rhema/owner.lock', '.git/rhema/owner.lock-journal'] as const;
const stopping = [
  ...Object.keys(things).flatMap((thing) => lock.map((name) => [name, thing] as const)),
  ...['a pipe', 'a device', 'a link', 'a folder'].flatMap((thing) =>
    ['.git/rhema/coordinator.log', '.git/rhema/written.json'].map((name) => [name, thing] as const),
  ),
];

describe.each(stopping)('%s is %s', (name, thing) => {
  it('is named with what to do before anything is put back', async () => {
    const root = await withThing(name, thing);
    const hooked = readFileSync(join(root, '.claude/settings.json'), 'utf8');
    const run = await runHere(root, ['uninstall', '--yes']);
    expect(run.code).toBe(1);
    expect(told(run)).toContain(join(root, name));
    expect(told(run)).toMatch(/: (?:move|put) .*\((?:PERMISSION|PLACE_TAKEN)\)/);
    expect(readFileSync(join(root, '.claude/settings.json'), 'utf8')).toBe(hooked);
    rmSync(join(root, name), { recursive: true });
    if (name.endsWith('written.json')) return;
    expect((await runHere(root, ['uninstall', '--yes'])).code).toBe(0);
    expect(readFileSync(join(root, '.claude/settings.json'), 'utf8')).toBe(settings);
  });

  it('is found by doctor', async () => {
    const run = await runHere(await withThing(name, thing), ['doctor']);
    expect(run.code).not.toBe(0);
    expect(told(run)).toMatch(new RegExp(`state folder: \\S*${name} .* (?:move it|move away|put a copy)`));
  });
});

it('what is damaged of what was noted is found by doctor', async () => {
  const root = await installed();
  writeFileSync(join(root, '.git/rhema/written.json'), '{');
  const run = await runHere(root, ['doctor']);
  expect(run.code).not.toBe(0);
  expect(told(run)).toMatch(/written\.json does not say what was written here .*move it away/);
});

it.each(['a pipe', 'a device', 'a link', 'a folder'])(
  'what keeps how far the log came is %s: that is named before anything is put back',
  async (thing) => {
    const root = await withThing('.git/rhema.last', thing);
    const run = await runHere(root, ['uninstall', '--yes']);
    expect([run.code, told(run)]).toEqual([1, expect.stringMatching(/rhema\.last is .*: move/)]);
    expect(existsSync(join(root, '.git/rhema'))).toBe(true);
    expect(readFileSync(join(root, '.claude/settings.json'), 'utf8')).not.toBe(settings);
  },
);
