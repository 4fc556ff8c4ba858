/** Somebody puts a file of his own in the place of one that was written, and has it written to again. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git, makeRepository, write } from '../../src/repository/testing/fixture.ts';
import { bytesOf } from './bytes.ts';
import { runHere, type Run } from './run.ts';

async function must(root: string, ...words: string[]): Promise<Run> {
  const run = await runHere(root, words);
  expect([words, run.code, run.stderr]).toEqual([words, 0, run.stderr]);
  return run;
}

const text = (root: string, file: string): string => readFileSync(join(root, file), 'utf8');

const writings: readonly (readonly [string, string, readonly string[]])[] = [
  ['.mcp.json', '{"mcpServers":{"x":{"command":"y"}}}', ['mcp', '--client-config', 'claude', '--write']],
  ['.codex/config.toml', 'model = "m"\n', ['mcp', '--client-config', 'codex', '--write']],
  [
    '.claude/settings.json',
    '{"permissions":{"allow":["Bash(rhema:*)"]}}\n',
    ['hooks', 'install', 'claude', '--yes'],
  ],
  ['rhema.yaml', '# rhema reads this\nname: mine\n', ['init', '--yes']],
];

describe.each(writings)('%s', (file, mine, words) => {
  const remove: Readonly<Record<string, (root: string) => void>> = {
    'that was removed': (root) => rmSync(join(root, file)),
    'that git clean has removed': (root) => void git(root, 'clean', '-fdxq'),
  };
  const first: Readonly<Record<string, string | null>> = {
    'that was made': null,
    'that was added to': mine.replace(/mine|"y"|"m"|Bash/, (word) => word.replace(/\w$/, 'z')),
  };
  const cases = Object.keys(first).flatMap((was) => Object.keys(remove).map((way) => [was, way] as const));

  it.each(cases)('%s, %s and written anew by hand is that again', async (was, way) => {
    const root = makeRepository({});
    const before = first[was] ?? null;
    if (before !== null) write(root, { [file]: before });
    await must(root, ...words);
    remove[way]?.(root);
    write(root, { [file]: mine });
    const wanted = bytesOf(root)[file];
    await must(root, ...words);
    expect(text(root, file)).not.toBe(mine);
    expect((await must(root, 'uninstall', '--yes', '--force')).stdout).toContain('1 file put back');
    expect([text(root, file), bytesOf(root)[file]]).toEqual([mine, wanted]);
  });

  it('that was written anew by hand, and not written to again, stays, whatever is asked for', async () => {
    const root = makeRepository({});
    await must(root, ...words);
    rmSync(join(root, file));
    write(root, { [file]: mine });
    const { stdout } = await must(root, 'uninstall', '--yes', '--force');
    expect(text(root, file)).toBe(mine);
    expect(stdout).not.toContain(`${file} stays: it`);
  });
});

const additions: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    '.mcp.json',
    '"mcpServers": {',
    '"mcpServers": {\n    "x": { "command": "y" },',
    ['mcp', '--client-config', 'claude', '--write'],
  ],
  [
    '.codex/config.toml',
    '[mcp_servers.rhema]',
    '[mcp_servers.x]\ncommand = "y"\n\n[mcp_servers.rhema]',
    ['mcp', '--client-config', 'codex', '--write'],
  ],
  ['.claude/settings.json', '{', '{\n  "permissions": {},', ['hooks', 'install', 'claude', '--yes']],
];

describe.each(additions)('%s that was made, and to which somebody has added', (file, at, added, words) => {
  it('is named, and --force takes out what is ours alone', async () => {
    const root = makeRepository({});
    await must(root, ...words);
    write(root, { [file]: text(root, file).replace(at, added) });
    const { stdout } = await must(root, 'uninstall', '--yes');
    expect(stdout).toContain(
      `${file} stays: it was changed since it was made: --force takes out what is ours`,
    );
  });

  it('keeps that', async () => {
    const root = makeRepository({});
    await must(root, ...words);
    write(root, { [file]: text(root, file).replace(at, added) });
    await must(root, 'uninstall', '--yes', '--force');
    expect(text(root, file)).not.toContain('rhema');
    expect(text(root, file)).toMatch(/"permissions": \{\}|"y"/);
  });

  it('goes where that is gone again', async () => {
    const root = makeRepository({});
    await must(root, ...words);
    write(root, { [file]: `${text(root, file)}\n` });
    await must(root, 'uninstall', '--yes', '--force');
    expect(existsSync(join(root, file))).toBe(false);
  });
});
