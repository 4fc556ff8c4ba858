/** Two network namespaces stand for two hosts: each has its own network, and the cable between them can be pulled. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rhemaJson, start, type Envelope, type Running } from './support/cli.ts';
import { LogAudit } from './support/log-audit.ts';
import { cliMain } from './support/paths.ts';
import { Sandbox } from './support/sandbox.ts';
import { until } from './support/until.ts';

const [here, there] = [`rhema-here-${process.pid}`, `rhema-there-${process.pid}`];
const [cableHere, cableThere] = [`rh${process.pid}`, `rt${process.pid}`];
const address = '10.213.7.1';

const ip = (...args: readonly string[]): void => void execFileSync('ip', args, { stdio: 'pipe' });

/** Only the system's administrator may make hosts. */
function mayMakeHosts(): boolean {
  if (spawnSync('ip', ['netns', 'add', here]).status !== 0) return false;
  ip('netns', 'del', here);
  return true;
}

function makeHosts(): void {
  for (const host of [here, there]) ip('netns', 'add', host);
  ip('link', 'add', cableHere, 'netns', here, 'type', 'veth', 'peer', 'name', cableThere, 'netns', there);
  ip('-n', here, 'address', 'add', `${address}/24`, 'dev', cableHere);
  ip('-n', there, 'address', 'add', '10.213.7.2/24', 'dev', cableThere);
  for (const [host, cable] of [
    [here, cableHere],
    [there, cableThere],
  ] as const)
    for (const device of ['lo', cable]) ip('-n', host, 'link', 'set', device, 'up');
}

const pullCable = (): void => ip('-n', there, 'link', 'set', cableThere, 'down');
const plugCable = (): void => ip('-n', there, 'link', 'set', cableThere, 'up');

describe.skipIf(!mayMakeHosts())('agents on two hosts', () => {
  let sandbox: Sandbox;
  let clone: string;
  let url: string;
  let cert: string;

  beforeEach(async () => {
    sandbox = new Sandbox({ api: [], web: [] }, { max_locks_per_agent: 4 });
    clone = join(sandbox.folder, 'elsewhere');
    sandbox.git('clone', '--quiet', sandbox.worktree, clone);
    cert = join(sandbox.folder, 'cert.pem');
    const key = join(sandbox.folder, 'key.pem');
    const names = ['-subj', '/CN=rhema', '-addext', `subjectAltName=IP:${address}`];
    const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '1'];
    execFileSync('openssl', ['req', '-x509', ...made, ...names], { stdio: 'ignore' });
    makeHosts();
    const listen = ['--host', address, '--port', '0', '--tls-cert', cert, '--tls-key', key];
    const server = on(here, sandbox.worktree, ['serve', '--json', ...listen], {});
    const line = await until(
      'it serves',
      () => server.said.stdout.split('\n')[0] || server.child.exitCode !== null,
    );
    if (typeof line !== 'string') throw new Error((await server.ended).stderr);
    url = (JSON.parse(line) as { url: string }).url;
    const { envelope } = await rhemaJson(sandbox, 'token', 'create', 'far', '--role', 'agent');
    sandbox.write('token', `${envelope['token'] as string}\n`);
    await far('login', url, '--token-file', join(sandbox.folder, 'token'));
  });

  afterEach(async () => {
    try {
      const audit = new LogAudit();
      await audit.readFrom(sandbox.paths.database);
      expect(audit.faults).toEqual([]);
    } finally {
      await sandbox.clear();
      for (const host of [here, there]) spawnSync('ip', ['netns', 'del', host]);
    }
  });

  function on(host: string, folder: string, args: readonly string[], env: NodeJS.ProcessEnv): Running {
    const program = [process.execPath, cliMain, '-C', folder, ...args];
    return start(sandbox, 'ip', ['netns', 'exec', host, ...program], env);
  }

  /** A command on the other host, to its end. */
  const startFar = (...args: readonly string[]): Running =>
    on(there, clone, [...args, '--json'], {
      HOME: join(sandbox.folder, 'home'),
      RHEMA_SERVER: url,
      NODE_EXTRA_CA_CERTS: cert,
    });

  async function far(...args: readonly string[]): Promise<Envelope> {
    const { stdout, stderr } = await startFar(...args).ended;
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Envelope;
  }

  async function near(...args: readonly string[]): Promise<Envelope> {
    return (await rhemaJson(sandbox, ...args)).envelope;
  }

  it('one that is cut off loses what its lease ends, keeps its place in the queue, and is told when it is back', async () => {
    for (const agent of ['alice', 'carol']) await near('agent', 'join', agent);
    await far('agent', 'join', 'bob');
    await near('lock', 'acquire', 'web', '--agent', 'alice');
    const { token } = (await far('lock', 'acquire', 'api', '--agent', 'bob', '--ttl', '4s')) as {
      token?: number;
    };
    expect(await near('lock', 'acquire', 'api', '--agent', 'carol')).toMatchObject({ code: 'LOCK_HELD' });
    const waiting = startFar('lock', 'acquire', 'web', '--agent', 'bob', '--wait', '90s');
    await until('bob waits', async () => ((await near('status'))['waiters'] as object[]).length > 0);

    pullCable();
    expect(await near('lock', 'acquire', 'api', '--agent', 'carol', '--wait', '60s')).toMatchObject({
      ok: true,
    });
    await near('lock', 'release', 'web', '--agent', 'alice');
    plugCable();

    expect(await waiting.ended).toMatchObject({ code: 0 });
    const late = await far('lock', 'renew', 'api', '--agent', 'bob', '--token', String(token));
    expect(late).toMatchObject({ ok: false, code: 'STALE_FENCING_TOKEN' });
    const { locks } = (await near('status')) as unknown as { locks: { scope: string; agent: string }[] };
    expect(locks.map(({ scope, agent }) => `${agent} ${scope}`).toSorted()).toEqual(['bob web', 'carol api']);
  });
});
