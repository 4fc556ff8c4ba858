/** `rhema top` on a real terminal, below a real shell: what a person would see there, and what is left when it has ended. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScreen, type SeenScreen } from '../support/screen.ts';
import { hasTerminal } from '../support/terminal.ts';
import { rhema, rhemaJson, startRhema, type Envelope, type Running } from './support/cli.ts';
import { cliMain } from './support/paths.ts';
import { kill, ownersOf } from './support/processes.ts';
import { Sandbox } from './support/sandbox.ts';
import { until } from './support/until.ts';

let sandbox: Sandbox;
let shell: SeenScreen;
/** The command line that is typed. */
const top = `${process.execPath} ${cliMain} top`;

beforeEach(async () => {
  if (!hasTerminal) return;
  sandbox = new Sandbox({ api: [], web: ['api'], ドキュメント: [] });
  for (const agent of ['alice', 'bob']) await done('agent', 'join', agent);
  await done('lock', 'acquire', 'api', '--agent', 'alice', '--ttl', '10m', '--reason', 'rework the login');
  shell = openShell();
});

afterEach(async () => {
  if (!hasTerminal) return;
  await shell.close();
  await sandbox.clear();
});

async function done(...args: readonly string[]): Promise<Envelope> {
  const { exitCode, envelope } = await rhemaJson(sandbox, ...args);
  expect({ exitCode, message: envelope.message }).toEqual({ exitCode: 0 });
  return envelope;
}

function openShell(env: NodeJS.ProcessEnv = {}): SeenScreen {
  const command = ['bash', '--norc', '--noprofile', '-i'];
  const all = { ...sandbox.env, TERM: 'xterm-256color', ...env };
  const screen = openScreen({ command, rows: 24, columns: 80, cwd: sandbox.worktree, env: all });
  screen.type("PS1='shell% '\r");
  return screen;
}

async function opened(...words: readonly string[]): Promise<void> {
  shell.type(`${[top, ...words].join(' ')}\r`);
  await shell.until(/revision \d+ {2}connected/);
}

let turn = 0;

/** How the last command has ended, and whether the shell's terminal is as it was: lines are edited, and keys are shown. */
async function left(): Promise<string> {
  turn += 1;
  // What is typed before the shell asks for it may still be heard by whoever is just ending.
  await shell.until((text) => !shell.isOwnScreen() && /(^|\n)shell%$/.test(text.trimEnd()));
  shell.type(`echo turn=$((${turn})) code=$? $(stty -a | grep -o -E -e '-?(icanon|echo|isig)\\b')\r`);
  const told = new RegExp(`turn=${turn} (code=\\d+ .*isig.*)\n`);
  return told.exec(await shell.until(told))?.[1] ?? '';
}

const asItWas = 'isig icanon echo';

describe.skipIf(!hasTerminal)('rhema top', () => {
  it('shows what happens, looks into it, and leaves the terminal as it was', async () => {
    await opened();
    expect(shell.lines()).toContainEqual(
      expect.stringMatching(/^> alice +working +api +(?:10|9) min +.*rework/),
    );
    await done('lock', 'acquire', 'ドキュメント', '--agent', 'bob');
    await shell.until(/^ {2}bob +working +ドキュメント {2}/m);
    shell.type('\u001b[B\r');
    await shell.until(/bob is working[^]*happened, newest first:[^]*bob was granted ドキュメント/);
    shell.type('\u001b');
    await shell.until(/^> bob/m);
    shell.resize(20, 60);
    await shell.until((text) => text.split('\n').length === 20 && /connected\n[^]*\? help[^\n]*$/.test(text));
    shell.resize(24, 30);
    await shell.until(/needs 40x10/);
    shell.resize(24, 80);
    await shell.until(/^> bob/m);
    shell.type('q');
    expect(await left()).toBe(`code=0 ${asItWas}`);
    expect(shell.lines().join('\n')).not.toContain('revision');
  });

  it('revokes a lock, and the log tells who did and why', async () => {
    await opened();
    shell.type('r');
    await shell.until(/revoke api from alice \(token \d+\)\? y\/N$/);
    shell.type('y');
    await shell.until(/reason \(may be empty\): _$/);
    shell.type('alice is gone');
    await shell.until(/alice is gone_$/);
    shell.type('\r');
    await shell.until(/revoked api from alice: its token \d+ is refused from now on$/);
    await shell.until(/LOST LATELY\n.*api was taken from alice/);
    const { entries } = (await done('log', '--event', 'lock.revoked')) as unknown as {
      entries: readonly { by: string; events: readonly { reason: string }[] }[];
    };
    expect(entries.map(({ by, events }) => [by, events[0]?.reason])).toEqual([
      [expect.stringMatching(/.+/), 'alice is gone'],
    ]);
    shell.type('\u0003');
    expect(await left()).toBe(`code=130 ${asItWas}`);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('leaves the terminal as it was when %s ends it', async (signal, code) => {
    await opened();
    expect(shell.isOwnScreen()).toBe(true);
    shell.signal(signal);
    expect(await left()).toBe(`code=${code} ${asItWas}`);
  });

  it('leaves the terminal as it was when it crashes, and the crash is seen', async () => {
    const crash = sandbox.write(
      'crash.cjs',
      `process.on('SIGUSR2', () => { throw new Error('it broke'); });`,
    );
    await shell.close();
    shell = openShell({ NODE_OPTIONS: `--require ${crash}` });
    await opened();
    shell.signal('SIGUSR2');
    const text = await left();
    expect(text).toMatch(new RegExp(`^code=[1-9]\\d* ${asItWas}$`));
    expect(shell.lines().join('\n')).toContain('Error: it broke');
  });

  it('goes back to the shell by Ctrl-Z, and on by fg', async () => {
    await opened();
    shell.type('\u001a');
    await shell.until(/Stopped/);
    expect(await left()).toMatch(new RegExp(`^code=\\d+ ${asItWas}$`));
    await done('lock', 'release', 'api', '--agent', 'alice');
    shell.type('fg\r');
    await shell.until(/connected\n[^]*0 locks/);
    expect(shell.isOwnScreen()).toBe(true);
    shell.type('q');
    expect(await left()).toBe(`code=0 ${asItWas}`);
  });

  it('goes on when the coordinator was killed', async () => {
    await opened();
    kill(ownersOf(sandbox.folder).map(({ pid }) => pid));
    await done('lock', 'release', 'api', '--agent', 'alice');
    await shell.until(/connected\n[^]*0 locks/);
  });

  it('by a server: shows that it is gone, goes on when it is back, and tells who may not revoke', async () => {
    const { server, url } = await served('0');
    const { token } = await done('token', 'create', 'wall', '--role', 'observer');
    const file = sandbox.write('token', `${String(token)}\n`);
    expect((await rhema(sandbox, 'login', url, '--token-file', file)).code).toBe(0);
    await opened('--server', url);
    expect(shell.lines()[0]).toContain(url);
    shell.type('r');
    await shell.until(/only an operator may revoke/);
    server.child.kill('SIGKILL');
    await server.ended;
    await shell.until(/no answer for \d+ s/);
    await served(new URL(url).port);
    await shell.until(/revision \d+ {2}connected/);
    shell.type('q');
    expect(await left()).toBe(`code=0 ${asItWas}`);
  });
});

/** A server that listens. */
async function served(port: string): Promise<{ readonly server: Running; readonly url: string }> {
  const server = startRhema(sandbox, 'serve', '--json', '--port', port);
  const line = await until(
    'it serves',
    () => server.said.stdout.split('\n')[0] || server.child.exitCode !== null,
  );
  if (typeof line !== 'string') throw new Error((await server.ended).stderr);
  return { server, url: (JSON.parse(line) as { url: string }).url };
}
