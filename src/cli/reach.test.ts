import type { Command } from 'commander';
import { expect, it } from 'vitest';
import type { ScopeDefinition } from '../core/index.ts';
import { commandPath, explanationOf } from './declare.ts';
import { createProgram } from './program.ts';
import { hereNote, reaches, type Reach } from './reach.ts';
import { FakeCoordinator } from './testing/fake-coordinator.ts';
import { Harness, session, type Ended } from './testing/harness.ts';
import { unexpected } from './testing/empty-world.ts';
import { emptyScan, scopePath } from './testing/samples.ts';

const { ports } = new Harness({ coordinator: new FakeCoordinator({}) });
const commandsOf = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(commandsOf);
const commands = commandsOf(createProgram({ ports, exitCode: 0 }));
const pathsOf = (reach: Reach): string[] =>
  commands.map(commandPath).filter((path) => reaches[path] === reach);

const server = 'https://build.example.org';
const asked = 'the server was asked';
const root: ScopeDefinition = { path: scopePath('.'), name: 'root', type: 'service', dependencies: [] };
const local = (name: string): (() => never) => unexpected(`the state of this clone (${name})`);

/** What says at which server a clone is coordinated. */
const said = ['RHEMA_SERVER', 'rhema login'] as const;
type Said = (typeof said)[number];
const bothWays = (paths: readonly string[]): [string, Said][] =>
  paths.flatMap((path) => said.map((by): [string, Said] => [path, by]));

/** In a clone that has a log of its own; whoever asks the server is told so. */
function run(words: readonly string[], by: Said): Promise<Ended> {
  const isNoted = by === 'rhema login';
  const reached = async (): Promise<never> => Promise.reject(new Error(asked));
  return new Harness({
    coordinator: new Error(asked),
    env: { RHEMA_AGENT: 'bob', ...(isNoted ? {} : { RHEMA_SERVER: server }) },
    sessions: [session('bob')],
    owner: {
      health: local('health'),
      settings: local('settings'),
      refresh: local('refresh'),
      stop: local('stop'),
      logFile: local('logFile'),
    },
    inspection: {
      stateFiles: local('stateFiles'),
      auditLog: local('auditLog'),
      witness: local('witness'),
      committedBy: async () => ['a.ts'],
      stagedFiles: async () => ['a.ts'],
      scan: async () => ({ ...emptyScan, definitions: [root] }),
      commitsIn: async () => [],
      configuration: async () => ({ enabled: true, entries: [], problems: [], unusedFile: null }),
    },
    webhooks: { list: local('webhooks') },
    servers: {
      noted: async () => (isNoted ? server : null),
      token: reached,
      look: reached,
      commitAt: async () => null,
      rootsAt: async () => null,
    },
  }).run(...words);
}

/** What else a command needs to be understood. */
const more: Readonly<Record<string, readonly string[]>> = {
  'agent set': ['working'],
  'lock acquire': ['a'],
  'guard check': ['a'],
  run: ['--scope', 'a', '--', 'true'],
  say: ['a', '--all'],
  'token create': ['a', '--role', 'agent'],
  'webhook create': ['a', '--url', 'https://example.org/'],
  'sync complete': ['a', '--run', '1'],
  'sync fail': ['a', '--run', '1', '--error', 'a'],
  'context add': ['todos', 'title=a'],
  'context set': ['todos', 'a', 'title=a'],
  'context remove': ['todos', 'a'],
  'context write': ['todos'],
  'context record': ['todos'],
  'context history': ['todos'],
  'context restore': ['todos'],
};

/** They speak on standard input and output or the whole screen, hide what went wrong, or need files: tests of their own say how they ask. */
const inTheirOwnTests: ReadonlySet<string> = new Set([
  'mcp',
  'top',
  'hook',
  'git-hook',
  '__complete',
  'context history',
  'context restore',
]);

/** The command with all that it needs, each argument in its plainest form. */
function wordsOf(command: Command): string[] {
  const path = commandPath(command);
  const needed = command.registeredArguments.flatMap((argument) => (argument.required ? ['a'] : []));
  return [...path.split(' '), ...(more[path] ?? needed)];
}

it('every command is in a class that says whom it asks where a server is named', () => {
  expect(commands.map(commandPath).filter((path) => !(path in reaches))).toEqual([]);
  expect(Object.keys(reaches).filter((path) => !commands.map(commandPath).includes(path))).toEqual([]);
});

it.each(bothWays(pathsOf('server').filter((path) => !inTheirOwnTests.has(path))))(
  '%s asks the server that %s names, and nothing that this clone has of its own',
  async (path, by) => {
    const command = commands.find((one) => commandPath(one) === path) as Command;
    const { stdout, stderr } = await run(wordsOf(command), by);
    expect(stdout + stderr).toContain(asked);
  },
);

const there = `the machine of ${server}`;

it.each([
  ...pathsOf('refused').map((path) => [path]),
  ['log', '--export'],
  ['fit', '--from-log'],
  ['guard check', '--range', 'a..b'],
])('%s %s is refused, and said to be done where the log is', async (path, ...options) => {
  const command = commands.find((one) => commandPath(one) === path) as Command;
  const words = options.length > 0 ? [...path.split(' '), ...options] : wordsOf(command);
  for (const by of said) {
    const { code, stderr } = await run(words, by);
    const here = by === 'rhema login' ? 'after rhema logout' : 'without --server';
    expect([code, stderr.includes(there), stderr.includes(here)]).toEqual([2, true, true]);
  }
});

it.each(pathsOf('here'))('the help of %s says that it is about this clone alone', (path) => {
  const command = commands.find((one) => commandPath(one) === path) as Command;
  expect(explanationOf(command).notes).toContain(hereNote);
});
