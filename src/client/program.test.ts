import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findProgram, type ProgramLocations } from './program.ts';
import { temporaryFolder } from './testing/folder.ts';

let folder: ReturnType<typeof temporaryFolder>;
let locations: ProgramLocations;
beforeEach(() => {
  folder = temporaryFolder();
  locations = {
    node: executable('old/node', 'v22.0.0'),
    script: executable('package/main.js'),
    env: { PATH: [at('bin'), at('more')].join(':') },
    runningNode: null,
  };
});
afterEach(() => folder.remove());

const at = (path: string): string => join(folder.path, path);

/** A program that says its version, whatever it is asked. */
function executable(path: string, version = ''): string {
  mkdirSync(join(at(path), '..'), { recursive: true });
  writeFileSync(at(path), `#!/bin/sh\necho ${version}\n`);
  chmodSync(at(path), 0o755);
  return at(path);
}

it('the Node and the script that run are taken as long as they are there', () => {
  executable('bin/node', 'v24.0.0');
  expect(findProgram(locations)).toEqual({ file: locations.node, args: [locations.script] });
});

it('once its Node is gone, the first in the PATH that is new enough is taken', () => {
  rmSync(locations.node);
  executable('bin/node', 'v18.20.0');
  const newer = executable('more/node', 'v24.0.0');
  expect(findProgram(locations)).toEqual({ file: newer, args: [locations.script] });
});

it('where there is no other Node, the file that runs is taken although its name is gone', () => {
  rmSync(locations.node);
  const runningNode = '/proc/7/exe';
  expect(findProgram({ ...locations, runningNode })).toEqual({ file: runningNode, args: [locations.script] });
});

it('once its package is gone, the rhema in the PATH is taken', () => {
  rmSync(locations.script);
  const other = executable('elsewhere/cli/main.js');
  chmodSync(other, 0o644);
  mkdirSync(at('bin'));
  symlinkSync(other, at('bin/rhema'));
  expect(findProgram(locations)).toEqual({ file: locations.node, args: [other] });
});

it('a PATH relative to a folder leads to nothing', () => {
  rmSync(locations.node);
  executable('bin/node', 'v24.0.0');
  const env = { PATH: 'bin:' };
  expect(() => findProgram({ ...locations, env })).toThrow(/node is gone, and no Node .* is in the PATH/);
});

it('where nothing is left to start, it is said what is gone', () => {
  rmSync(locations.script);
  expect(() => findProgram(locations)).toThrow(
    expect.objectContaining({
      code: 'UNAVAILABLE',
      message: expect.stringContaining(`${locations.script} is gone, and no rhema is in the PATH`) as string,
    }) as Error,
  );
});
