import type { Command } from 'commander';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { formatted } from '../../test/support/formatted.ts';
import { repositoryErrorCodes } from '../repository/index.ts';
import { parseAgentId, rejectionCodes } from '../core/index.ts';
import { initErrorCodes } from '../init/index.ts';
import { failureCodes } from '../protocol/index.ts';
import { logRuleNames } from '../verify/index.ts';
import { commandCodes } from './answer/answer-codes.ts';
import { createProgram } from './program.ts';
import { cliReference } from './reference.ts';
import { FakeCoordinator } from './testing/fake-coordinator.ts';
import { Harness } from './testing/harness.ts';

const file = fileURLToPath(new URL('../../docs/cli.md', import.meta.url));

it('every code that a command may answer with is in the reference', () => {
  const { ports } = new Harness({ coordinator: new FakeCoordinator({}) });
  const text = cliReference(createProgram({ ports, exitCode: 0 }));
  const codes = [
    ...[rejectionCodes, failureCodes, repositoryErrorCodes, initErrorCodes, Object.keys(commandCodes)].flat(),
    ...logRuleNames,
  ];
  expect(codes.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
});

it('no agent has a name that is the code of an answer', () => {
  const codes = [rejectionCodes, failureCodes, Object.keys(commandCodes)].flat();
  expect(codes.filter((code) => parseAgentId(code).ok)).toEqual([]);
  // A plain word is none of them without its capitals.
  const compound = codes.filter((code) => code.includes('_')).map((code) => code.toLowerCase());
  expect(compound.filter((code) => parseAgentId(code).ok)).toEqual([]);
});

it('what a command cannot do without stands in its usage, before what may be left out', () => {
  const { ports } = new Harness({ coordinator: new FakeCoordinator({}) });
  const allOf = (command: Command): Command[] => [command, ...command.commands.flatMap(allOf)];
  const needed = allOf(createProgram({ ports, exitCode: 0 })).flatMap((command) =>
    command.options.filter(({ mandatory }) => mandatory).map((option) => ({ command, option })),
  );
  expect(needed.length).toBeGreaterThan(3);
  const untold = needed.filter(
    ({ command, option }) => !command.usage().split('[options]')[0]?.includes(option.flags),
  );
  expect(untold.map(({ command, option }) => `${command.name()} ${option.flags}`)).toEqual([]);
});

it('docs/cli.md says what the program does (vitest -u writes it anew)', async () => {
  const { ports } = new Harness({ coordinator: new FakeCoordinator({}) });
  const text = cliReference(createProgram({ ports, exitCode: 0 }));
  await expect(await formatted(file, text)).toMatchFileSnapshot(file);
});
