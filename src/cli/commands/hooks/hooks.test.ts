import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { jsonHookClients } from '../../../hooks/install/index.ts';
import { folderOfTest } from '../../../../test/support/folder.ts';
import { runCli } from '../../program.ts';
import { FakeCoordinator } from '../../testing/fake-coordinator.ts';
import { Harness, type Ended } from '../../testing/harness.ts';
import { hookNames } from '../../tree/hooks.ts';
import { createRealWorld } from '../../world/real-world.ts';
import { hookTargets, targetNamed } from './hooks.ts';

let root: string;

beforeEach(() => {
  root = folderOfTest('rhema-hooks-');
  execFileSync('git', ['init', '-q', root]);
});

async function run(...args: readonly string[]): Promise<Ended> {
  const harness = new Harness({ coordinator: new FakeCoordinator({}), env: { PATH: process.env['PATH'] } });
  const { ports } = harness;
  const code = await runCli(args, { ...ports, cwd: root, world: createRealWorld(() => '1.2.3') });
  return { code, stdout: harness.stdout, stderr: harness.stderr };
}

const at = (file: string): string => join(root, file);

function put(file: string, text: string): void {
  mkdirSync(dirname(at(file)), { recursive: true });
  writeFileSync(at(file), text);
}

const textOf = (file: string): string | null =>
  existsSync(at(file)) ? readFileSync(at(file), 'utf8') : null;

/** Lines whose end or indent is not as the rest of the file has it. */
function linesUnlike(before: string, after: string): string[] {
  const isUnlike = (line: string): boolean =>
    (before.includes('\r\n') && line !== '' && !line.endsWith('\r')) ||
    (before.includes('\n\t') && line.startsWith(' '));
  return after.split('\n').filter(isUnlike);
}

describe.each(jsonHookClients)('the hooks of $name', (client) => {
  const { name, file } = client;
  const [event] = client.events;
  const foreign = JSON.stringify(
    client.shape === 'grouped'
      ? { hooks: [{ [client.commandKey]: 'theirs.sh' }] }
      : { [client.commandKey]: 'theirs.sh' },
  );

  const setUps: readonly (readonly [what: string, text: string | null])[] = [
    ['no file', null],
    ['an empty file', ''],
    ['an empty object', '{}'],
    ['an empty object of hooks', '{\n  "theme": "dark",\n  "hooks": { }\n}\n'],
    ['an empty list of an event', `{ "hooks": { "${event!.name}": [] } }`],
    [
      'hooks of others',
      `{\n  "hooks": {\n    "${event!.name}": [\n      ${foreign}\n    ],\n    "Other": []\n  }\n}\n`,
    ],
    [
      'comments',
      `{\n  // mine\n  "hooks": { // all\n    /* a */ "${event!.name}": [ // b\n      ${foreign} // c\n    ] // d\n  } // e\n}\n// f\n`,
    ],
    ['CRLF', `{\r\n  "hooks": {\r\n    "${event!.name}": [\r\n      ${foreign}\r\n    ]\r\n  }\r\n}\r\n`],
    ['tabs', `{\n\t"hooks": {\n\t\t"${event!.name}": [${foreign}]\n\t}\n}`],
    ['trailing commas', `{\n  "hooks": {\n    "${event!.name}": [\n      ${foreign},\n    ],\n  },\n}\n`],
  ];

  it.each(setUps)('come and go without a trace: %s', async (_what, before) => {
    if (before !== null) put(file, before);
    expect((await run('hooks', 'install', name, '--yes')).code).toBe(0);
    const installed = textOf(file);
    expect(installed).toContain(`hook ${name}`);
    expect(linesUnlike(before ?? '', installed!)).toEqual([]);
    expect((await run('hooks', 'install', name, '--yes')).stdout).toContain('is installed already');
    expect(textOf(file)).toBe(installed);
    expect((await run('hooks', 'uninstall', name, '--yes')).code).toBe(0);
    expect(textOf(file)).toBe(before);
    expect(existsSync(dirname(at(file)))).toBe(before !== null);
  });

  const rootKeys = Object.entries(client.root).map(
    ([key, value]) => `  "${key}": ${JSON.stringify(value)},\n`,
  );
  const some = `{\n  // theirs\n${rootKeys.join('')}  "hooks": {\n    "${event!.name}": [${foreign}]\n  }\n}\n`;

  it('come and go through a link that stays in the repository', async () => {
    put('shared/file.json', some);
    mkdirSync(dirname(at(file)), { recursive: true });
    symlinkSync(at('shared/file.json'), at(file));
    expect((await run('hooks', 'install', name, '--yes')).code).toBe(0);
    expect(textOf('shared/file.json')).toContain(`hook ${name}`);
    expect((await run('hooks', 'uninstall', name, '--yes')).code).toBe(0);
    expect([lstatSync(at(file)).isSymbolicLink(), textOf('shared/file.json')]).toEqual([true, some]);
  });

  it('are refused behind a link that leads out of the repository', async () => {
    const outside = join(folderOfTest('rhema-outside-'), 'file.json');
    writeFileSync(outside, some);
    mkdirSync(dirname(at(file)), { recursive: true });
    symlinkSync(outside, at(file));
    const { code, stdout, stderr } = await run('hooks', 'install', name, '--yes');
    expect([code, stdout, readFileSync(outside, 'utf8')]).toEqual([1, '', some]);
    expect(stderr).toContain(`${file} leads out of the working tree`);
  });

  it('are refused in a file that may not be written', async () => {
    put(file, some);
    chmodSync(at(file), 0o444);
    const { code, stderr } = await run('hooks', 'install', name, '--yes');
    expect([code, stderr, textOf(file)]).toEqual([
      1,
      expect.stringMatching(/is read-only.*chmod u\+w/),
      some,
    ]);
  });

  it('are refused in a broken file, with the line', async () => {
    put(file, '{\n  "hooks": {,\n}\n');
    const { code, stderr } = await run('hooks', 'install', name, '--yes');
    expect([code, stderr]).toEqual([3, expect.stringMatching(/cannot be changed: line 2: .*; correct it/)]);
  });

  it('leave what came later, and without a note of what was there go by their command', async () => {
    put(file, some);
    await run('hooks', 'install', name, '--yes');
    put(file, textOf(file)!.replace('// theirs', '// theirs, later'));
    execFileSync('rm', ['-r', at('.git/rhema')]);
    expect((await run('hooks', 'uninstall', name, '--yes')).code).toBe(0);
    expect(textOf(file)).toBe(some.replace('// theirs', '// theirs, later'));
  });

  it('that somebody has changed stay as they are, and it is said', async () => {
    await run('hooks', 'install', name, '--yes');
    const changed = textOf(file)!.replace(/("(?:command|bash)": ".*")/, '$1, "own": 1');
    put(file, changed);
    const { code, stdout } = await run('hooks', 'install', name, '--yes');
    expect([code, textOf(file)]).toEqual([0, changed]);
    expect(stdout).toContain(`the entry of ${event!.name} was changed, and is left as it is`);
    expect((await run('hooks', 'status')).stdout).toMatch(new RegExp(`${name} +installed, changed by hand`));
    expect((await run('hooks', 'uninstall', name, '--yes')).code).toBe(0);
    expect(textOf(file)).toBeNull();
  });

  it('that start the program in another way are installed; how they start it is said', async () => {
    const whole = (await run('hooks', 'install', name, '--print')).stdout;
    const text = whole.replaceAll(/"[^"]*hook /g, '"rhema hook ');
    expect(text).not.toBe(whole);
    put(file, text);
    expect((await run('hooks', 'status')).stdout).toMatch(new RegExp(`${name} +installed +`));
    expect((await run('hooks', 'install', name, '--yes')).stdout).toContain(
      `${file} starts rhema hook ${name}, which is left`,
    );
    expect(textOf(file)).toBe(text);
  });

  it('are gone after rhema uninstall, too', async () => {
    put(file, some);
    await run('hooks', 'install', name, '--yes');
    expect((await run('uninstall', '--yes')).code).toBe(0);
    expect(textOf(file)).toBe(some);
  });

  it('missing at an event are said by status, and put there by install', async () => {
    const whole = (await run('hooks', 'install', name, '--print')).stdout;
    const content = JSON.parse(whole) as { hooks: Record<string, unknown> };
    delete content.hooks[event!.name];
    put(file, JSON.stringify(content, null, 2));
    const { stdout } = await run('hooks', 'status');
    expect(stdout).toMatch(new RegExp(`${name} +installed in part`));
    expect(stdout).toContain(`does not ask at ${event!.name}`);
    expect((await run('hooks', 'install', name, '--yes')).code).toBe(0);
    expect(JSON.parse(textOf(file)!)).toEqual(JSON.parse(whole));
  });
});

describe('the entry that wakes an agent of Claude Code', () => {
  const file = '.claude/settings.json';
  const wakes = (entry: unknown): boolean => JSON.stringify(entry).includes('hook claude wake"');

  it('is a second one at Stop: where it is missing status says so, and install puts it there', async () => {
    const whole = JSON.parse((await run('hooks', 'install', 'claude', '--print')).stdout) as {
      hooks: Record<string, readonly unknown[]>;
    };
    expect(whole.hooks['Stop']!.map(wakes)).toEqual([false, true]);
    const without = { hooks: { ...whole.hooks, Stop: whole.hooks['Stop']!.filter((one) => !wakes(one)) } };
    const before = JSON.stringify(without, null, 2);
    put(file, before);
    expect((await run('hooks', 'status')).stdout).toContain('does not ask at Stop (wake)');
    await run('hooks', 'install', 'claude', '--yes');
    const { hooks } = JSON.parse(textOf(file)!) as typeof whole;
    expect(hooks['Stop']!.filter(wakes)).toHaveLength(1);
    expect((await run('hooks', 'status')).stdout).toMatch(/claude +installed +/);
  });

  it('is named alone where it was changed', async () => {
    await run('hooks', 'install', 'claude', '--yes');
    put(file, textOf(file)!.replace('"timeout": 600', '"timeout": 60'));
    const { stdout } = await run('hooks', 'install', 'claude', '--yes');
    expect(stdout.match(/the entry of (.*) was changed/)?.[1]).toBe('Stop (wake)');
  });
});

describe('the entry of the MCP server beside the hooks', () => {
  const file = '.gemini/settings.json';
  const server = ['mcp', '--client-config', 'gemini', '--write'];

  it('stays when the hooks go, whichever came first', async () => {
    await run(...server);
    const alone = textOf(file);
    await run('hooks', 'install', 'gemini', '--yes');
    await run('hooks', 'uninstall', 'gemini', '--yes');
    expect(textOf(file)).toBe(alone);
    await run('uninstall', '--yes');
    expect(textOf(file)).toBeNull();
    await run('hooks', 'install', 'gemini', '--yes');
    await run(...server);
    await run('hooks', 'uninstall', 'gemini', '--yes');
    expect(textOf(file)).toBe(alone);
  });

  it('goes with them at rhema uninstall', async () => {
    put(file, '{ "theme": "dark" }\n');
    await run('hooks', 'install', 'gemini', '--yes');
    await run(...server);
    await run('uninstall', '--yes');
    expect(textOf(file)).toBe('{ "theme": "dark" }\n');
  });
});

describe('the plugin of opencode', () => {
  const file = '.opencode/plugins/rhema.js';

  it('comes and goes, and is left alone where somebody has changed it', async () => {
    expect((await run('hooks', 'install', 'opencode', '--yes')).code).toBe(0);
    expect((await run('hooks', 'status')).stdout).toMatch(/opencode +installed/);
    const text = textOf(file)!;
    put(file, `${text}// mine\n`);
    expect((await run('hooks', 'install', 'opencode', '--yes')).stdout).toContain('is left as it is');
    expect((await run('hooks', 'uninstall', 'opencode', '--yes')).stdout).toContain('remove it by hand');
    put(file, text);
    expect((await run('hooks', 'uninstall', 'opencode', '--yes')).code).toBe(0);
    expect(existsSync(at('.opencode'))).toBe(false);
  });

  it('does not take the place of a file of somebody else', async () => {
    put(file, 'export {};\n');
    const { code, stderr } = await run('hooks', 'install', 'opencode', '--yes');
    expect([code, stderr, textOf(file)]).toEqual([
      3,
      expect.stringContaining('move it away'),
      'export {};\n',
    ]);
  });
});

it('the file of Kimi is its user’s: it is printed, and not written', async () => {
  const { code, stderr } = await run('hooks', 'install', 'kimi', '--yes');
  expect([code, stderr]).toEqual([3, expect.stringContaining('rhema hooks install kimi --print')]);
  expect((await run('hooks', 'install', 'kimi', '--print')).stdout).toMatch(
    /\[\[hooks\]\]\nevent = "SessionStart"\n/,
  );
});

it('without a name the clients are meant whose folders are here; where none is, they are named', async () => {
  const none = await run('hooks', 'install', '--yes');
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('name one of claude, codex')]);
  mkdirSync(at('.claude'));
  mkdirSync(at('.codex'));
  const some = await run('hooks', 'install', '--yes');
  expect(some.stdout).toContain('wrote .claude/settings.json\nwrote .codex/hooks.json\n');
  expect(some.stdout.match(/rhema is started/g)).toHaveLength(1);
});

it('without a terminal and without --yes nothing is written, and --dry-run shows a diff', async () => {
  const unasked = await run('hooks', 'install', 'claude');
  expect([unasked.code, textOf('.claude/settings.json')]).toEqual([2, null]);
  const shown = await run('hooks', 'install', 'claude', '--dry-run');
  expect([shown.code, textOf('.claude/settings.json')]).toEqual([0, null]);
  expect(shown.stdout).toContain('+++ b/.claude/settings.json');
});

it.each([false, true])('on a terminal it is shown, and asked: %s', async (answer) => {
  const asked: string[] = [];
  const confirm = async (message: string): Promise<boolean> => (asked.push(message), answer);
  const env = { PATH: process.env['PATH'] };
  const coordinator = new FakeCoordinator({});
  const harness = new Harness({ coordinator, env, terminal: true, questions: { confirm } });
  const ports = { ...harness.ports, cwd: root, world: createRealWorld(() => '1.2.3') };
  expect(await runCli(['hooks', 'install', 'claude'], ports)).toBe(0);
  expect(harness.stdout).toContain('+++ b/.claude/settings.json');
  expect([asked, textOf('.claude/settings.json') !== null]).toEqual([['Write this?'], answer]);
});

it('a command in a file that cannot be run is said by status', async () => {
  put(
    '.claude/settings.json',
    JSON.stringify({
      hooks: { Stop: [{ hooks: [{ type: 'command', command: '/gone/rhema hook claude' }] }] },
    }),
  );
  expect((await run('hooks', 'status')).stdout).toContain('there is no /gone/rhema');
});

it('a file that Git ignores is said to be here only', async () => {
  put('.gitignore', '.claude/\n');
  expect((await run('hooks', 'install', 'claude', '--yes')).stdout).toContain('is ignored by Git');
});

it('bytes that are no text are refused', async () => {
  mkdirSync(at('.claude'));
  writeFileSync(at('.claude/settings.json'), Buffer.from([0x7b, 0xff, 0x7d]));
  const { code, stderr } = await run('hooks', 'install', 'claude', '--yes');
  expect([code, stderr]).toEqual([3, expect.stringContaining('no UTF-8 text')]);
});

it('what somebody has planted as a note puts nothing into a file, and takes nothing of others out', async () => {
  const file = '.claude/settings.json';
  const theirs = '{\n  "theme": "dark"\n}\n';
  put(file, theirs);
  await run('hooks', 'install', 'claude', '--yes');
  const now = textOf(file)!;
  for (const planted of ['{ "hooks": { "Stop": [] }, "env": { "EVIL": "1" } }\n', null]) {
    put(file, now);
    const span = { removed: planted ?? '', added: planted === null ? '' : now };
    const note = { root, file, before: planted === null ? null : sha256(planted), after: sha256(now), span };
    const files = [{ ...note, isEdited: false, folders: ['.claude'] }];
    put('.git/rhema/written.json', JSON.stringify({ format: 1, files }));
    expect((await run('hooks', 'uninstall', 'claude', '--yes')).code).toBe(0);
    expect(JSON.parse(textOf(file)!)).toMatchObject({ theme: 'dark' });
    expect(textOf(file)).not.toContain('EVIL');
  }
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

it('the names that are offered are those of the targets', () => {
  expect(hookNames).toEqual(hookTargets.map(({ name }) => name));
});

it('a name that is no client is told with those that are, and without git where a client is asked for', () => {
  expect(() => targetNamed('cluade')).toThrow(
    'nothing called "cluade" has hooks: did you mean claude? There are claude',
  );
  expect(() => targetNamed('foo')).toThrow(/: use one of claude, .*, git$/);
  expect(() => targetNamed('foo', (one) => one.print !== undefined)).toThrow(
    /: use one of claude, (?!.*git$)/,
  );
});
