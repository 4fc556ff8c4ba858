import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitAll, makeRepository, write } from '../../repository/testing/fixture.ts';
import { rhemaIn } from '../testing/direct.ts';
import { shopFiles } from '../testing/hook-session.ts';

test('hooks from which the one before an edit was taken out are a problem, and doctor ends with 1', async () => {
  const root = makeRepository(shopFiles());
  commitAll(root);
  await rhemaIn(root, 'hooks', 'install', 'claude', '--yes');
  const file = '.claude/settings.json';
  const { hooks } = JSON.parse(readFileSync(join(root, file), 'utf8')) as { hooks: Record<string, unknown> };
  delete hooks['PreToolUse'];
  write(root, { [file]: JSON.stringify({ hooks }) });
  const { code, stdout } = await rhemaIn(root, 'doctor');
  expect(stdout).toMatch(/problem +hooks of Claude Code: nothing: .* no entry for PreToolUse/);
  expect(code).toBe(1);
});
