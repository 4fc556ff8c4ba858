/** What follows from the log is told to an agent with the next answer, once, whichever process gives that. */
import { beforeEach, expect, it } from 'vitest';
import { scopePath } from '../../src/service/testing.ts';
import { openStage, type Stage, type TestClient } from './support/stage.ts';

let stage: Stage;
let alice: TestClient;
let bob: TestClient;

beforeEach(async () => {
  stage = await openStage([]);
  const define = (path: string, ...dependencies: string[]) => ({
    path: scopePath(path),
    name: path,
    type: 'package',
    dependencies: dependencies.map(scopePath),
  });
  const scopes = [define('app', 'lib'), define('base'), define('lib', 'base'), define('tool')];
  await stage.bench.service.submitInternal({ kind: 'DefineScopes', by: 'service', scopes });
  [alice, bob] = [await stage.startClient(), await stage.startClient()];
  await alice.join('alice');
  await bob.join('bob');
});

const status = (): ReturnType<TestClient['call']> => alice.call('coordination_status', { agent: 'alice' });

const release = (): ReturnType<TestClient['call']> => bob.call('lock_release', { agent: 'bob' });

it('that a scope below was given back, directly or not, is told with the next answer, and only there', async () => {
  await alice.acquire('alice', 'app');
  await bob.acquire('bob', 'base', { reason: 'new "interface"' });
  expect((await status()).text).not.toContain('CHANGED');
  await release();
  const { text } = await status();
  expect(text).toMatch(
    /^CHANGED "base", on which "app" depends: bob gave back "base" \(for: "new \\"interface\\""\).* 0 s ago\. Look at it/,
  );
  expect((await status()).text).not.toContain('CHANGED');
  await bob.acquire('bob', 'tool');
  await release();
  expect((await status()).text).not.toContain('CHANGED');
});

it('so is what is taken back, written, or changed by Git', async () => {
  await alice.acquire('alice', 'lib');
  await bob.acquire('bob', 'base');
  const { service } = stage.bench;
  const [base] = [scopePath('base')];
  await service.submit({
    requestId: 'revoke',
    command: { kind: 'RevokeLock', scope: base, by: 'olga', reason: null },
  });
  await service.submit({
    requestId: 'git',
    command: { kind: 'GitOperation', scopes: [base], by: 'hook', operation: 'merge 1f2e3d4' },
  });
  stage.digests.set('base/rhema.yaml', 'a'.repeat(64));
  await bob.acquire('bob', 'base');
  await bob.call('context_record', { agent: 'bob', path: 'base/rhema.yaml' });
  const { text } = await status();
  expect(text).toContain('"base" was taken from bob');
  expect(text).toContain('"merge 1f2e3d4" changed it');
  expect(text).toContain('bob wrote "rhema.yaml"');
});

it('that what it holds breaks a rule is told to its holder alone, while it does', async () => {
  await alice.acquire('alice', 'lib');
  const { service } = stage.bench;
  const violation = { type: 'ContextConsistency', rule: 'YAML_SYNTAX', subject: 'lib/todos.yaml' } as const;
  const report = (subject: string, path = subject): Promise<unknown> =>
    service.submitInternal({
      kind: 'ReportViolation',
      by: 'service',
      ...violation,
      subject,
      path: scopePath(path),
      evidence: 'it ends in the middle',
      remedy: 'write it anew',
    });
  await report('lib/todos.yaml');
  await report('tool/todos.yaml');
  const { text } = await status();
  expect(text).toMatch(
    /^BROKEN in "lib", for 0 s: "lib\/todos.yaml" breaks "YAML_SYNTAX": "it ends in the middle"\. Mend it: "write it anew"\.\n/,
  );
  expect(text).not.toContain('tool');
  expect((await status()).text).not.toContain('BROKEN');
  await bob.acquire('bob', 'tool');
  const end = { end: 'mended', cause: null } as const;
  await service.submitInternal({
    kind: 'SettleViolation',
    by: 'service',
    ...violation,
    subject: 'tool/todos.yaml',
    ...end,
  });
  expect((await bob.call('coordination_status', { agent: 'bob' })).text).not.toContain('BROKEN');
});

it('a call that nobody hears keeps it for the next, and a new process does not tell it again', async () => {
  await alice.acquire('alice', 'app');
  await bob.acquire('bob', 'lib');
  await release();
  const gone = new AbortController();
  const unheard = alice.call('lock_check', { agent: 'alice', path: 'app/x.ts' }, { signal: gone.signal });
  gone.abort();
  await expect(unheard).rejects.toThrow();
  expect((await status()).text).toContain('CHANGED "lib"');
  await alice.server.kill();
  const back = await stage.startClient();
  expect((await back.join('alice', { resume: true })).text).not.toContain('CHANGED');
  await bob.acquire('bob', 'lib');
  await release();
  await back.server.kill();
  const again = await stage.startClient();
  expect((await again.join('alice', { resume: true })).text).toContain('CHANGED "lib"');
  expect((await again.call('coordination_status', { agent: 'alice' })).text).not.toContain('CHANGED');
});

it('who works on other files of the scope is told below the answer', async () => {
  await alice.acquire('alice', 'app/login.ts', { reason: 'login' });
  const { text } = await bob.acquire('bob', 'app/mail.ts');
  expect(text).toMatch(
    /^GRANTED .*\nBESIDE you in "app" works alice, on "app\/login.ts" \(for: "login"\)\.$/s,
  );
  expect((await status()).text).toContain('BESIDE you in "app" works bob, on "app/mail.ts".');
  expect((await status()).text).not.toContain('BESIDE');
});

it('of much that happened an answer tells the first of it, and how much more there is', async () => {
  await alice.acquire('alice', 'app');
  for (let number = 0; number < 12; number += 1) {
    const client = await stage.startClient();
    await client.join(`agent${number}`);
    await client.acquire(`agent${number}`, 'base');
    await client.call('lock_release', { agent: `agent${number}` });
  }
  const { text } = await status();
  expect(text.match(/CHANGED/g)).toHaveLength(10);
  expect(text).toContain('... and 2 more: coordination_status with log');
});

it('a coordinator that does not answer in time keeps no call, and what it would have told comes with the next', async () => {
  await alice.acquire('alice', 'app');
  await bob.acquire('bob', 'base');
  await release();
  const inner = stage.coordinator;
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  stage.coordinator = {
    ...inner,
    query: (query) => (query.kind === 'notices' ? gate.then(() => inner.query(query)) : inner.query(query)),
  };
  const late = alice.call('lock_check', { agent: 'alice', path: 'app/x.ts' });
  await stage.pass(1_750);
  expect((await late).text).toMatch(/^You MAY write/);
  letGo();
  expect((await status()).text).toMatch(/^CHANGED "base"/);
});

it('who is granted a lock is told who had it since, for what, and which files that one changed', async () => {
  await alice.acquire('alice', 'app');
  await alice.call('lock_release', { agent: 'alice' });
  await bob.acquire('bob', 'app', { reason: 'new login' });
  const nowMs = stage.bench.clock.wallMs();
  stage.changed = [
    { path: 'app/login.ts', atMs: nowMs },
    { path: 'app/old.ts', atMs: nowMs - 60_000 },
    { path: 'base/x.ts', atMs: nowMs },
  ];
  await release();
  const granted = await alice.acquire('alice', 'app');
  expect(granted.text).toMatch(
    /^GRANTED "app" \(token \d+\).*\nBEFORE you: bob gave back "app" \(for: "new login"\) 0 s ago; 1 file changed: "app\/login\.ts"\.\nRead again what changed before you write there\.$/,
  );
  expect((await alice.acquire('alice', 'app')).text).not.toContain('BEFORE');
});

it('completing and leaving tell what was changed, too; where nobody could look, nothing is said of it', async () => {
  await bob.acquire('bob', 'app');
  stage.changed = [];
  await bob.call('agent_report', { agent: 'bob', status: 'completed' });
  expect((await alice.acquire('alice', 'app')).text).toContain(
    'bob completed, and gave back "app" 0 s ago; no file changed.',
  );
  await alice.call('lock_release', { agent: 'alice' });
  await bob.call('agent_report', { agent: 'bob', status: 'idle' });
  await bob.acquire('bob', 'app');
  stage.changed = null;
  await bob.call('agent_report', { agent: 'bob', status: 'left' });
  expect((await alice.acquire('alice', 'app')).text).toContain('bob left, and gave back "app" 0 s ago.\n');
});
