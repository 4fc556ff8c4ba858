import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CoordinatorError } from '../protocol/index.ts';
import { createProgram } from './program.ts';
import { FakeCoordinator } from './testing/fake-coordinator.ts';
import { Harness, session } from './testing/harness.ts';
import type { HarnessOptions } from './testing/harness.ts';
import { commandPath, explanationOf } from './declare.ts';
import { displayWidth } from './format/width.ts';
import { statusAnswer } from './testing/samples.ts';
import type { Command } from 'commander';

const nobody = new FakeCoordinator({});
const harnessOf = (over: Partial<HarnessOptions> = {}): Harness =>
  new Harness({ coordinator: nobody, ...over });

function leavesOf(command: Command): Command[] {
  return command.commands.flatMap((child) => (child.commands.length === 0 ? [child] : leavesOf(child)));
}

const program = createProgram({ ports: harnessOf().ports, exitCode: 0 });
const shown = leavesOf(program).filter(
  (command) => !['__complete', 'daemon run'].includes(commandPath(command)),
);

it('where a command line is given, only what its first word names is declared, and that whole', () => {
  const { ports } = harnessOf();
  for (const command of leavesOf(program)) {
    const words = commandPath(command).split(' ');
    const asked = createProgram({ ports, exitCode: 0 }, ['-q', '-C', 'sync', '--no-color', ...words]);
    const found = leavesOf(asked).find((leaf) => commandPath(leaf) === words.join(' '));
    expect(found?.helpInformation()).toBe(command.helpInformation());
    const isWhole = asked.commands.length === program.commands.length;
    expect({ words, isWhole }).toEqual({ words, isWhole: ['help', '__complete'].includes(words[0] ?? '') });
  }
});

it.each([[[]], [['--hlep']], [['lokc']], [['--', 'lock']]])('for %j all commands are declared', (words) => {
  const asked = createProgram({ ports: harnessOf().ports, exitCode: 0 }, words);
  expect(asked.commands.length).toBe(program.commands.length);
});

const nothingNamed =
  'name what to lock (files, scopes or resources), or say --changed or --all; see rhema help lock acquire';

describe('usage', () => {
  it.each([
    [['lokc'], "there is no command 'lokc': did you mean lock? See rhema help ("],
    [['lock', 'acquir'], "there is no command 'lock acquir': did you mean acquire? See rhema help lock ("],
    [['status', '--wach'], 'there is no option --wach here: did you mean --watch? See rhema help status ('],
    [
      ['agent', 'status', 'a', '--reason', 'x'],
      'there is no option --reason here: rhema agent set has it; see',
    ],
    [['lock', 'acquire'], nothingNamed],
    [['run', '--scope', 'a', 'true'], 'the command comes after --, as in: rhema run --scope src/core -- '],
    [['run', '--scope', 'a', '--agent', 'x', 'make', '--fast'], '? The command comes after --'],
    [['run', '--scope', 'a', '--wait', 'make', 'all'], 'the command comes after --'],
    [['run', 'true'], 'the command comes after --'],
    [['run', '--', 'true'], 'rhema: --scope <scopes...> is missing; '],
    [['agent', 'list', 'more'], "nothing more is expected, but there is 'more'; see rhema help agent list ("],
    [
      ['lock', 'acquire', 'a', '--ttl'],
      'rhema: a value is missing: --ttl <duration>; see rhema help lock acquire (',
    ],
    [['hook', 'foo'], 'rhema: no client "foo": use one of claude, codex, '],
    [['help', 'nothing'], "there is no command or topic 'nothing'"],
    [['help', 'lock', 'aquire'], "there is no command or topic 'lock aquire': did you mean acquire?"],
    [['help', 'exit-code'], 'did you mean exit-codes?'],
  ])('%j ends with 2 and says what is wrong', async (words, problem) => {
    const { code, stdout, stderr } = await harnessOf().run(...words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(problem);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('tells programs the same in the envelope', async () => {
    const { code, body } = await harnessOf().json('lok');
    expect([code, body['ok'], body['code']]).toEqual([2, false, 'USAGE']);
  });

  it.each([
    [['--json'], 'a command is missing after rhema; see rhema help'],
    [['lock', '--json'], 'a command is missing after rhema lock; see rhema help lock'],
    [['--json', 'lock', 'acquire'], nothingNamed],
    [['--json', '--nonsense'], 'there is no option --nonsense here; see rhema help'],
    [['--json', 'help', 'nothing'], "there is no command or topic 'nothing': see rhema help"],
  ])('%j is told as one JSON object and nothing else', async (words, message) => {
    const { code, stdout, stderr } = await harnessOf().run(...words);
    expect([code, stderr]).toEqual([2, '']);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text) as unknown),
    ).toEqual([{ ok: false, revision: null, code: 'USAGE', message, details: {} }]);
  });

  it.each([
    [['--json', '--version'], { version: '1.2.3' }],
    [['--version', '--json'], { version: '1.2.3' }],
    [['--json', 'lock', '--help'], { help: expect.stringContaining('Usage: rhema lock') as string }],
    [['help', 'lock', '--json'], { help: expect.stringContaining('Usage: rhema lock') as string }],
    [['help', 'exit-codes', '--json'], { help: expect.stringContaining('128+n') as string }],
  ])('%j is answered by one JSON object', async (words, said) => {
    const { code, stdout, stderr } = await harnessOf().run(...words);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({ ok: true, revision: null, ...said });
  });

  it('takes --json behind -- for a word of the command that is run', async () => {
    const { stdout } = await harnessOf().run('run', '--', 'true', '--json');
    expect(stdout).toBe('');
  });

  it.each([[[]], [['lock']]])('shows help on standard error when %j names no command', async (words) => {
    const { code, stdout, stderr } = await harnessOf().run(...words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Usage: rhema/);
  });

  it.each([[['--help']], [['lock', 'acquire', '-h']], [['help', 'lock', 'acquire']]])(
    '%j is no error',
    async (words) => {
      const { code, stdout } = await harnessOf().run(...words);
      expect(code).toBe(0);
      expect(stdout).toContain('Usage: rhema');
    },
  );

  it('prints the version', async () => {
    expect(await harnessOf().run('--version')).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
  });

  it.each(['exit-codes', 'json'])('has a help topic %s', async (topic) => {
    expect((await harnessOf().run('help', topic)).stdout).not.toBe('');
  });

  it.each(shown.map((command) => [commandPath(command), command] as const))(
    '%s has an example',
    (path, command) => {
      expect(command.description()).not.toBe('');
      const { examples } = explanationOf(command);
      expect(examples.every((text) => text.includes(`rhema ${path}`))).toBe(true);
      expect(examples).not.toHaveLength(0);
    },
  );
});

describe('what goes wrong', () => {
  const failing = (error: Error, env = {}): Harness => harnessOf({ coordinator: error, env });

  it.each([
    ['UNAVAILABLE', 1],
    ['NOT_A_REPOSITORY', 1],
    ['INVALID_INPUT', 2],
    ['NOT_JOINED', 3],
  ] as const)('%s ends with %i', async (failure, code) => {
    const ended = await failing(new CoordinatorError(failure, 'so it is', { details: { path: 'x' } })).json(
      'status',
    );
    expect(ended).toEqual({
      code,
      body: { ok: false, revision: null, code: failure, message: 'so it is', details: { path: 'x' } },
    });
  });

  it('prints no stack unless RHEMA_DEBUG=1', async () => {
    const bug = new TypeError('x is not a function');
    expect((await failing(bug).run('status')).stderr).toBe('rhema: x is not a function (INTERNAL)\n');
    expect((await failing(bug, { RHEMA_DEBUG: '1' }).run('status')).stderr).toContain('    at ');
  });

  it('shows a failure without the control characters it may carry', async () => {
    const { stderr } = await failing(new CoordinatorError('UNAVAILABLE', 'bad\u001b[2J\nname')).run('status');
    expect(stderr).toBe('rhema: bad\\u001b[2J\\nname (UNAVAILABLE)\n');
  });
});

describe('where coordination is disabled', () => {
  const coordinator = new CoordinatorError('DISABLED', 'disabled');

  it('every command steps aside with 0', async () => {
    const harness = harnessOf({ coordinator, sessions: [session('bob')] });
    expect(await harness.json('lock', 'acquire', 'a', '--agent', 'bob')).toEqual({
      code: 0,
      body: { ok: true, revision: null, disabled: true },
    });
    expect((await harness.run('lock', 'acquire', 'a', '--agent', 'never-joined')).code).toBe(0);
    expect((await harness.run('status')).stdout).toMatch(/^coordination is disabled .*\n$/);
  });
});

describe('how it looks', () => {
  const coordinator = new FakeCoordinator({ answers: { status: () => statusAnswer() } });
  const isColored = async (over: Partial<HarnessOptions>, ...words: readonly string[]): Promise<boolean> =>
    (await new Harness({ coordinator, ...over }).run('status', ...words)).stdout.includes('\u001b[');

  it.each([
    [{ terminal: true }, [], true],
    [{ terminal: false }, [], false],
    [{ terminal: true, env: { NO_COLOR: '1' } }, [], false],
    [{ terminal: true, env: { CI: 'true' } }, [], false],
    [{ terminal: true, env: { TERM: 'dumb' } }, [], false],
    [{ terminal: false, env: { FORCE_COLOR: '1' } }, [], true],
    [{ terminal: true, env: { FORCE_COLOR: '0' } }, [], false],
    [{ terminal: true, env: { FORCE_COLOR: '1' } }, ['--no-color'], false],
  ])('with %j and %j colours are %s', async (over, words, expected) => {
    expect(await isColored(over, ...words)).toBe(expected);
  });

  it('prints only errors with --quiet', async () => {
    expect(await new Harness({ coordinator }).run('status', '--quiet')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });
});

describe('a refusal on a terminal', () => {
  const asked = ['lock', 'acquire'];

  it.each([40, 60, 80])('of %i columns is no wider, and says all the same', async (columns) => {
    const { stderr } = await harnessOf({ terminal: true, columns }).run(...asked);
    expect(Math.max(...stderr.split('\n').map(displayWidth))).toBeLessThanOrEqual(columns);
    const elsewhere = await harnessOf().run(...asked);
    expect(elsewhere.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stripVTControlCharacters(stderr).replaceAll(/\s+/g, '')).toBe(
      elsewhere.stderr.replaceAll(/\s+/g, ''),
    );
  });
});

describe('help on a terminal', () => {
  const words = [[], ['exit-codes'], ['json'], ...shown.map((command) => commandPath(command).split(' '))];

  it.each([30, 40, 80, 200])('of %i columns is no wider, and says all the same', async (columns) => {
    for (const topic of words) {
      const { stdout } = await harnessOf({ terminal: true, columns }).run('help', ...topic);
      expect(Math.max(...stdout.split('\n').map(displayWidth)), topic.join(' ')).toBeLessThanOrEqual(columns);
      const elsewhere = await harnessOf().run('help', ...topic);
      expect(stdout.replaceAll(/\s+/g, '')).toBe(elsewhere.stdout.replaceAll(/\s+/g, ''));
    }
  });

  it('has what is said of an option beside it, or where that is too narrow, below it', async () => {
    const helpAt = async (columns: number): Promise<string> =>
      (await harnessOf({ terminal: true, columns }).run('help', 'lock', 'renew')).stdout;
    expect(await helpAt(60)).toContain(
      '  --token <number>       the fencing token of the grant;\n                         another one is refused\n',
    );
    expect(await helpAt(40)).toContain(
      '  --token <number>\n      the fencing token of the grant;\n      another one is refused\n',
    );
  });
});
