import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { createProgram } from './program.ts';
import { cliReference } from './reference.ts';
import { FakeCoordinator } from './testing/fake-coordinator.ts';
import { Harness } from './testing/harness.ts';

const file = fileURLToPath(new URL('../../docs/cli.md', import.meta.url));

it('docs/cli.md says what the program does (vitest -u writes it anew)', async () => {
  const { context } = new Harness({ coordinator: new FakeCoordinator({}) });
  const text = cliReference(createProgram({ context, exitCode: 0 }));
  const options = (await resolveConfig(file)) ?? {};
  await expect(await format(text, { ...options, parser: 'markdown' })).toMatchFileSnapshot(file);
});
