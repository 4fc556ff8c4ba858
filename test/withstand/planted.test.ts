import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimName } from '../../src/client/index.ts';
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
    claimName(sandbox.paths, 'carol' as AgentId, 0);
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

it('nothing that the program writes is written through a symbolic link that was there before', async () => {
  layDown(sandbox.paths.log, longLog);
  const { written } = await workAround();
  expect(written).toEqual(expect.arrayContaining(['rhema', 'rhema/coordinator.log.1', 'rhema/keepers']));
  expect(written.length).toBeGreaterThan(10);
  const folders = new Set(['rhema', 'rhema/sessions', 'rhema/keepers']);
  const outside = join(sandbox.folder, 'outside');
  mkdirSync(join(outside, 'folder'), { recursive: true });
  writeFileSync(join(outside, 'file'), longLog);
  for (const path of [...written, 'rhema/coordination.db-journal', 'rhema/owner.lock-journal']) {
    const place = join(sandbox.commonDir, path);
    for (const made of [sandbox.paths.directory, sandbox.paths.witness])
      rmSync(made, { recursive: true, force: true });
    if (path === 'rhema/coordinator.log.1') layDown(sandbox.paths.log, longLog);
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
    symlinkSync(join(outside, folders.has(path) ? 'folder' : 'file'), place);
    const before = surroundings(outside);
    const { told } = await workAround();
    expect({ path, outside: surroundings(outside) }).toEqual({ path, outside: before });
    expect(told).toContain(`${place} is a symbolic link: move away what is in its place`);
    expect(told).not.toContain('INTERNAL');
  }
}, 300_000);
