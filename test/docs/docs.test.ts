import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from '../withstand/support/cli.ts';
import { cliMain, packageRoot } from '../withstand/support/paths.ts';
import { Sandbox } from '../withstand/support/sandbox.ts';
import { findBlocks, matchesOutput, type Block } from './blocks.ts';

const documents = ['README.md', ...documentsIn('docs')]
  .map((path) => ({ path, blocks: findBlocks(readFileSync(join(packageRoot, path), 'utf8')) }))
  .filter(({ blocks }) => blocks.length > 0);

function documentsIn(folder: string): string[] {
  return readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
    .sort();
}

it('runs at least the blocks of the README', () => {
  expect(documents.map(({ path }) => path)).toContain('README.md');
});

/** A reader types the blocks of one document one after the other, in one repository. */
describe.each(documents)('$path', ({ blocks }) => {
  let sandbox: Sandbox;

  beforeAll(() => {
    sandbox = new Sandbox({ api: [], web: ['api'] });
    const program = sandbox.write('bin/rhema', `#!/bin/sh\nexec "${process.execPath}" "${cliMain}" "$@"\n`);
    chmodSync(program, 0o755);
    // What `npm install rhema` would have put there.
    mkdirSync(join(sandbox.folder, 'node_modules'));
    symlinkSync(packageRoot, join(sandbox.folder, 'node_modules/rhema'));
  });

  afterAll(() => sandbox.clear());

  it.each(blocks)('does what it says at line $line', async (block) => {
    const { code, signal, stdout, stderr } = await run(sandbox, block);
    expect({ code, signal, stderr }).toMatchObject({ code: block.exitCode, signal: null });
    if (block.output !== null && !matchesOutput(stdout + stderr, block.output))
      expect(stdout + stderr).toBe(block.output);
  });
});

function run(sandbox: Sandbox, { script }: Block): ReturnType<typeof start>['ended'] {
  const path = `${join(sandbox.folder, 'bin')}:${process.env['PATH'] ?? ''}`;
  return start(sandbox, 'sh', ['-e', '-c', script], { PATH: path }).ended;
}
