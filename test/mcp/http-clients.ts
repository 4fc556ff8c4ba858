/**
 * Real Claude Code and Codex over `/mcp` of `rhema serve`, each told of it by its own command and led by a scripted model:
 * `node test/mcp/http-clients.ts`, by Node 22.18 or later, after `npm run build`. They are fetched as `npm start -- --clients`
 * does (600 MB).
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as passed } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ClientProcess } from '../../src/demo/clients/client-process.ts';
import { claude, codex, type CodingClient } from '../../src/demo/clients/coding-clients.ts';
import { installed } from '../../src/demo/clients/install.ts';
import { ModelServer } from '../../src/demo/clients/model-server.ts';
import { call, inSteps, type Step } from '../../src/demo/clients/script.ts';

const cliMain = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rhema-http-clients-'));
const repository = join(folder, 'repository');
/** A client that neither calls nor listens loses its lock after so long. */
const lockTimeoutMs = 6_000;
const env = { ...process.env, HOME: folder, XDG_STATE_HOME: join(folder, 'state') };
const path = process.env['PATH'] ?? '';

const tell = (text: string): void => void process.stdout.write(`${text}\n`);

interface Player {
  readonly client: CodingClient;
  readonly program: string;
  readonly home: string;
  /** What its user has in the environment. */
  readonly own: Readonly<Record<string, string>>;
}

async function player(client: CodingClient, own: Player['own']): Promise<Player> {
  const home = join(folder, client.name);
  mkdirSync(home);
  return { client, program: await installed(client.package, tell), home, own };
}

function rhema(...words: readonly string[]): string {
  return execFileSync(process.execPath, [cliMain, ...words], { cwd: repository, env, encoding: 'utf8' });
}

function makeRepository(): void {
  execFileSync('git', ['init', '--quiet', repository]);
  mkdirSync(join(repository, 'services/auth'), { recursive: true });
  const scope = 'name: auth\nscope_type: service\nversion: 1.0.0\n';
  writeFileSync(join(repository, 'services/auth/rhema.yaml'), scope);
  const top = `name: top\nscope_type: repository\nversion: 1.0.0\nagent_coordination:\n  lock_timeout: ${lockTimeoutMs}ms\n`;
  writeFileSync(join(repository, 'rhema.yaml'), top);
}

interface Served {
  readonly child: ChildProcess;
  readonly url: string;
}

async function serve(port: number): Promise<Served> {
  const words = [cliMain, 'serve', '--port', String(port), '--json'];
  const child = spawn(process.execPath, words, { cwd: repository, env, stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, url: (JSON.parse(line) as { readonly url: string }).url };
}

/** A client's own command, in the surroundings in which it is to run. */
function configure({ client, program, home, own }: Player, words: readonly string[]): string {
  const set = { HOME: home, PATH: path, CODEX_HOME: home, ...own };
  const ended = spawnSync(program, [...words], { cwd: repository, env: set, encoding: 'utf8' });
  assert.equal(ended.status, 0, `${client.title} ${words.join(' ')}: ${ended.stdout}${ended.stderr}`);
  return ended.stdout;
}

function holders(): readonly string[] {
  const { locks } = JSON.parse(rhema('status', '--json')) as {
    readonly locks: readonly { readonly agent: string }[];
  };
  return locks.map(({ agent }) => agent);
}

async function until(what: string, isTrue: () => boolean): Promise<void> {
  const endsAt = performance.now() + 60_000;
  while (!isTrue()) {
    assert.ok(performance.now() < endsAt, `it did not come to: ${what}`);
    await passed(250);
  }
}
/** Does not end its turn. */
const never = new Promise<never>(() => undefined);

const joins = (agent: string, more: object = {}): Step => ({
  move: call('agent_join', { agent, ...more }),
  until: `as ${agent}`,
});

const acquires = (agent: string): Step => ({
  move: call('lock_acquire', { agent, scopes: ['services/auth'], wait_seconds: 3 }),
  until: 'GRANTED',
  again: 'WAITING',
});

const releases = (agent: string): Step => ({ move: call('lock_release', { agent }), until: 'RELEASED' });

/** Both are told of the server as a user does it, and say that they reach it. */
async function introduced(url: string): Promise<readonly [Player, Player]> {
  const tokenOf = (name: string): string =>
    rhema('token', 'create', name, '--role', 'agent', '--quiet').trim();
  const one = await player(claude, {});
  const header = ['--header', `Authorization: Bearer ${tokenOf('laptop-claude')}`];
  configure(one, ['mcp', 'add', '--transport', 'http', 'rhema', url, ...header]);
  assert.match(configure(one, ['mcp', 'list']), /rhema: \S+ \(HTTP\) - ✔ Connected/);
  const other = await player(codex, { RHEMA_TOKEN: tokenOf('laptop-codex') });
  configure(other, ['mcp', 'add', 'rhema', '--url', url, '--bearer-token-env-var', 'RHEMA_TOKEN']);
  assert.match(configure(other, ['mcp', 'list']), /rhema .*RHEMA_TOKEN +enabled +Bearer token/);
  return [one, other];
}

function start(
  { client, program, home, own }: Player,
  args: readonly string[],
  more: Player['own'],
): ClientProcess {
  const started = new ClientProcess(
    client.title,
    program,
    { args, env: { ...more, ...own } },
    { folder: repository, home, path },
  );
  running.push(started);
  return started;
}

const startClaude = (one: Player, steps: readonly Step[]): ClientProcess =>
  start(one, ['-p', 'go', '--allowedTools', 'mcp__rhema'], claude.env(models.play('claude', inSteps(steps))));

function startCodex(other: Player, steps: readonly Step[]): ClientProcess {
  const config = join(other.home, 'config.toml');
  const settings = codex.config(models.play('codex', inSteps(steps)), 'scripted');
  writeFileSync(config, `${settings}\n${readFileSync(config, 'utf8')}`);
  return start(other, ['exec', '--skip-git-repo-check', 'go'], codex.env(other.home));
}

/**
 * Claude Code holds a scope and says nothing: it is renewed while it listens, and no longer than that once it is killed. Codex,
 * which waited, has the scope; the server is killed; Codex goes on by a new session, as the agent that it was.
 */
async function play(first: Served): Promise<Served> {
  const [one, other] = await introduced(`${first.url}/mcp`);
  const holding = startClaude(one, [
    joins('claude'),
    acquires('claude'),
    { ...releases('claude'), after: never },
  ]);
  await until('claude holds the scope', () => holders().includes('claude'));
  await passed(3 * lockTimeoutMs);
  assert.deepEqual(holders(), ['claude']);
  tell(`ok ${claude.title} says nothing, listens, and is renewed`);

  let goOn = (): void => undefined;
  const serverIsBack = new Promise<void>((resolve) => (goOn = resolve));
  const looking = call('lock_check', { agent: 'codex', path: 'services/auth/x.ts' });
  const working = startCodex(other, [
    joins('codex'),
    acquires('codex'),
    { move: looking, until: 'resume true', after: serverIsBack },
    joins('codex', { resume: true }),
    releases('codex'),
  ]);
  await until('codex waits', () => models.heardBy('codex').some(({ text }) => text.includes('WAITING')));
  holding.kill();
  const killedAt = performance.now();
  await until('codex holds the scope', () => holders().includes('codex'));
  tell(
    `ok ${codex.title} has the scope ${Math.round(performance.now() - killedAt)} ms after ${claude.title} was killed`,
  );

  first.child.kill('SIGKILL');
  await once(first.child, 'close');
  const second = await serve(Number(new URL(first.url).port));
  goOn();
  await working.ended;
  const heard = models.heardBy('codex').map(({ text }) => text);
  assert.match(heard.at(-2) ?? '', /RESUMED as codex, where it left off/, working.said);
  assert.match(heard.at(-1) ?? '', /RELEASED "services\/auth"/);
  tell(`ok the server was killed, and ${codex.title} went on as the same agent`);
  return second;
}

const models = await ModelServer.start();
const running: ClientProcess[] = [];
try {
  for (const client of [claude, codex]) await installed(client.package, tell);
  makeRepository();
  const served = await play(await serve(0));
  served.child.kill();
  await once(served.child, 'close');
} finally {
  for (const client of running) client.kill();
  models.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}
