import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { occupyName } from '../../src/client/index.ts';
import type { AgentId } from '../../src/core/index.ts';
import { rhemaJson } from './support/cli.ts';
import { Sandbox } from './support/sandbox.ts';
import { surroundings } from './support/surroundings.ts';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox({ api: [] })));
afterEach(() => sandbox.clear());

/** Large enough to be moved away. */
const longLog = 'an old line\n'.repeat(500_000);

/** Does something of every kind that writes, beside an owner and without one; gives all that was told, and what was seen. */
async function workAround(): Promise<{ readonly told: string; readonly written: readonly string[] }> {
  let told = '';
  const written = new Set<string>();
  const look = (): void => {
    for (const path of pathsBelow(sandbox.commonDir)) if (path.startsWith('rhema')) written.add(path);
  };
  const words = [
    ['agent', 'join', 'alice'],
    ['--direct', 'agent', 'join', 'bob'],
    ['daemon', 'logs'],
    ['daemon', 'stop'],
  ];
  for (const each of words) {
    told += JSON.stringify((await rhemaJson(sandbox, ...each)).envelope);
    look();
  }
  try {
    occupyName(sandbox.paths, 'carol' as AgentId, 0);
  } catch (error) {
    told += String(error);
  }
  look();
  return { told, written: [...written] };
}

/** Relative, folders included. */
function pathsBelow(folder: string): string[] {
  return (
    readdirSync(folder, { recursive: true, withFileTypes: true })
      // A pipe has a name that nobody can foresee.
      .filter((found) => !found.isSymbolicLink() && !found.isFIFO())
      .map((found) => relative(folder, join(found.parentPath, found.name)))
  );
}

function layDown(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, content, { mode: 0o600 });
}

/** What somebody may have put in the place of what the program writes; it leads to what is the user's, where it can. */
interface Plant {
  readonly what: string;
  readonly put: (location: string, outside: string, isFolder: boolean) => void;
  /** What is told of it; null: what has a second name gets a copy in its place, or is refused, or is written anew. */
  readonly told: ((location: string, kind: string) => string) | null;
}

const plants: readonly Plant[] = [
  {
    what: 'a symbolic link',
    put: (location, outside, isFolder) => symlinkSync(join(outside, isFolder ? 'folder' : 'file'), location),
    told: (location) => `${location} is a symbolic link: move away what is in its place`,
  },
  {
    what: 'a pipe, for which nobody waits',
    put: (location) => void execFileSync('mkfifo', ['-m', '600', location]),
    told: (location, kind) => `${location} is not a ${kind}: move away what is in its place`,
  },
  {
    what: "a second name of a file of the user's",
    put: (location, outside, isFolder) =>
      isFolder ? mkdirSync(location, { mode: 0o700 }) : linkSync(join(outside, 'file'), location),
    told: null,
  },
];

it.each(plants)(
  'nothing that the program writes goes into what was there before: $what',
  async ({ put, told: sentence }) => {
    layDown(sandbox.paths.log, longLog);
    const { written } = await workAround();
    expect(written).toEqual(expect.arrayContaining(['rhema', 'rhema/coordinator.log.1', 'rhema/keepers']));
    expect(written.length).toBeGreaterThan(10);
    const kindOf = (path: string): string =>
      /^rhema(?:\/sessions|\/keepers)?$/.test(path) ? 'folder' : path.endsWith('.sock') ? 'socket' : 'file';
    const outside = join(sandbox.folder, 'outside');
    mkdirSync(join(outside, 'folder'), { recursive: true });
    for (const path of [...written, 'rhema/coordination.db-journal', 'rhema/owner.lock-journal']) {
      const location = join(sandbox.commonDir, path);
      for (const made of [sandbox.paths.directory, sandbox.paths.witness])
        rmSync(made, { recursive: true, force: true });
      if (path === 'rhema/coordinator.log.1') layDown(sandbox.paths.log, longLog);
      mkdirSync(dirname(location), { recursive: true, mode: 0o700 });
      writeFileSync(join(outside, 'file'), longLog, { mode: 0o600 });
      put(location, outside, kindOf(path) === 'folder');
      const before = surroundings(outside);
      const { told } = await workAround();
      expect({ path, outside: surroundings(outside) }).toEqual({ path, outside: before });
      if (sentence !== null) expect(told).toContain(sentence(location, kindOf(path)));
      expect(told).not.toContain('INTERNAL');
      rmSync(join(outside, 'file'));
    }
  },
  300_000,
);
